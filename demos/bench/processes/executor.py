# The same calls with the standard library of Python: concurrent.futures' ProcessPoolExecutor with two processes.
# It reads a line of JSON, `["in turn", n, argument]` for example, and answers with the seconds that the calls took.
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor


def echo(value):
    return value


def in_turn(executor, items):
    return [executor.submit(echo, item).result() for item in items]


def at_once(executor, items):
    return [future.result() for future in [executor.submit(echo, item) for item in items]]


def mapped(executor, items):
    return list(executor.map(echo, items))


if __name__ == "__main__":
    calls = {"in turn": in_turn, "at once": at_once, "map": mapped}
    executor = None
    for line in sys.stdin:
        kind, n, argument = json.loads(line)
        items = [argument] * n
        begin = time.perf_counter()
        executor = executor or ProcessPoolExecutor(max_workers=2)
        results = calls[kind](executor, items)
        seconds = time.perf_counter() - begin
        if results != items:
            sys.exit("an answer is missing")
        print(seconds, flush=True)
    if executor:
        executor.shutdown()
