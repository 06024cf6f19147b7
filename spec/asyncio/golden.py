"""Runs the programs in programs/*.json on real asyncio and writes what they do to traces.json.

    python3 spec/asyncio/golden.py            makes traces.json (with CPython 3.11)
    python3 spec/asyncio/golden.py --check    says whether it would come out the same
    python3 spec/asyncio/golden.py --show W   prints the traces of the programs whose name contains W
    python3 spec/asyncio/golden.py --stdin    reads a JSON list of programs, writes a JSON list of traces
    python3 spec/asyncio/golden.py --names    prints asyncio's public names, which docs/asyncio.md must have

What the steps of a program mean is told in programs/README.md; interpreter.ts does the same with treadle.
The loop is asyncio's own with a virtual clock: its selector does not wait, it moves the time. One second of
asyncio's is one millisecond of the trace. Sets of tasks have no order in CPython, so each program is run with
several hashes of tasks, and one whose trace depends on them is refused: asyncio does not promise it.
"""

import asyncio
import contextvars
import hashlib
import json
import os
import pathlib
import platform
import re
import selectors
import sys

HERE = pathlib.Path(__file__).parent
TRACES = HERE / "traces.json"
MODES = {"all": asyncio.ALL_COMPLETED, "first-completed": asyncio.FIRST_COMPLETED, "first-failed": asyncio.FIRST_EXCEPTION}
COMPARE = {"<": lambda a, b: a < b, ">=": lambda a, b: a >= b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b}


# Programs that wait for ever are never collected: their clean-ups would run then.
KEPT = []


class Stuck(BaseException):
    """Nothing is ready and no timer is set: asyncio would wait for ever."""


class Named(Exception):
    """What `raise NAME` raises."""


class VirtualSelector(selectors.SelectSelector):
    loop = None
    passes = 0

    def select(self, timeout=None):
        self.passes += 1
        if timeout is None or self.passes > 10_000:
            raise Stuck
        self.loop.clock += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    clock = 0

    def __init__(self):
        selector = VirtualSelector()
        super().__init__(selector)
        selector.loop = self
        self._clock_resolution = 1e-9

    def time(self):
        return self.clock


def task_class(order):
    """Tasks whose place in a set is decided by `order` and not by their address."""
    count = iter(range(1, 1_000_000))

    class OrderedTask(asyncio.Task):
        def __init__(self, *args, **options):
            self.sequence = order(next(count))
            super().__init__(*args, **options)

        def __hash__(self):
            return self.sequence

    return OrderedTask


def show(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(show, value))}]"
    if isinstance(value, tuple):
        return " ".join(map(show, value))
    return kind(value) if isinstance(value, BaseException) else str(value)


def kind(error):
    """The name by which both sides know an error."""
    if isinstance(error, Named):
        return str(error)
    if isinstance(error, BaseExceptionGroup):
        return f"[{', '.join(map(kind, error.exceptions))}]"
    if isinstance(error, asyncio.BrokenBarrierError):
        return "BrokenBarrier"
    if isinstance(error, (RuntimeError, ValueError, TypeError, asyncio.InvalidStateError)):
        return "misuse"
    return type(error).__name__


def matches(name, error):
    if name == "Exception":
        return isinstance(error, Exception)
    return name == "group" and isinstance(error, BaseExceptionGroup) or name == kind(error)


def outcome(future):
    if not future.done():
        return "pending"
    if future.cancelled():
        return "cancelled"
    return f"raised {kind(future.exception())}" if future.exception() else f"returned {show(future.result())}"


def parse(word):
    return int(word) if re.fullmatch(r"-?\d+", word) else {"true": True, "false": False}.get(word, word)


def value_of(words):
    return None if not words else parse(words[0]) if len(words) == 1 else tuple(map(parse, words))


class Env:
    """Whose steps these are, with which arguments, and which error is being handled."""

    def __init__(self, who, args=(), error=None):
        self.who, self.args, self.error = who, args, error


class Program:
    def __init__(self, source, order):
        self.bodies = source["tasks"]
        self.loop = VirtualLoop()
        self.loop.set_task_factory(lambda loop, coro, cls=task_class(order): cls(coro, loop=loop))
        self.loop.set_exception_handler(self.on_error)
        self.lines = []
        self.tasks = []
        self.names = {"loop": self.loop}
        self.callbacks = {}
        self.vars = {}
        for name, words in source.get("objects", {}).items():
            constructor, *sizes = words.split()
            self.names[name] = (
                self.loop.create_future() if constructor == "Future"
                else contextvars.ContextVar(name, default=sizes[0]) if constructor == "Context"
                else getattr(asyncio, constructor)(*map(int, sizes))
            )

    # ---- the trace

    def log(self, who, text):
        self.lines.append(f"{self.loop.time():g} {who} {text}")

    def on_error(self, _loop, context):
        if "handle" in context:  # a callback threw; what else asyncio reports, it does when it collects garbage
            self.log("!", kind(context["exception"]))

    def run(self):
        main = self.start("main", "main")
        try:
            try:
                self.loop.run_until_complete(main)
            except (Exception, asyncio.CancelledError):
                pass
            # As asyncio.run does, but in the order of their creation.
            left = [task for task in sorted(asyncio.all_tasks(self.loop), key=lambda task: abs(task.sequence)) if not task.done()]
            for task in left:
                task.cancel()
            if left:
                self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            self.loop.close()
        except Stuck:
            self.log("=", "waits for ever")
            KEPT.append(self)
        self.log("=", "end")
        self.lines.extend(f"= {name} {outcome(task)}" for name, task in self.tasks)
        return self.lines

    # ---- coroutines and tasks

    def start(self, item, name, create=None):
        coroutine = self.awaitable(item, name)
        try:
            task = (create or self.loop.create_task)(coroutine)
        except RuntimeError:
            coroutine.close()
            raise
        self.names[name] = task
        self.tasks.append((name, task))
        return task

    def awaitable(self, item, label=None):
        """`@x` is what exists under that name, `body(1,2)` a new coroutine."""
        if item.startswith("@"):
            return self.names[item[1:]]
        name, _, args = item.rstrip(")").partition("(")
        return self.body(name, Env(label or item, args.split(",") if args else []))

    async def body(self, name, env):
        done = await self.steps(self.bodies[name], env)
        return done[0] if done else None

    async def steps(self, steps, env):
        """None, or what was returned, in a tuple."""
        for step in steps:
            done = await (self.step(step, env) if isinstance(step, str) else self.block(step, env))
            if done is not None:
                return done

    def now(self, steps, env):
        """Steps in a callback: none of them may wait."""
        running = self.steps(steps, env)
        try:
            running.send(None)
        except StopIteration:
            return
        raise AssertionError(f"a callback waits: {steps}")

    # ---- steps

    def words(self, text, env):
        value = lambda match: env.args[int(match[1]) - 1] if match[1].isdigit() else show(self.vars[match[1]])
        return re.sub(r"\$(\w+)", value, str(text)).split()

    def true(self, words):
        name, operator, other = words
        return COMPARE[operator](self.vars[name], int(other))

    async def step(self, text, env):
        words = self.words(text, env)
        op, *rest = words
        says = lambda *values: self.log(env.who, " ".join([text_of(words), *map(show, values)]))
        text_of = " ".join
        if op == "log":
            self.log(env.who, " ".join(rest))
        elif op == "sleep":
            await asyncio.sleep(int(rest[0]))
        elif op == "yield":
            await asyncio.sleep(0)
        elif op == "return":
            return (value_of(rest),)
        elif op == "raise":
            raise Named(rest[0]) if rest else env.error
        elif op in ("spawn", "detach"):
            self.start(rest[0], rest[2] if len(rest) > 1 else rest[0])
        elif op.endswith(".spawn"):
            self.start(rest[0], rest[2] if len(rest) > 1 else rest[0], self.names[op[:-6]].create_task)
        elif op == "call":
            says(await self.awaitable(rest[0], env.who))
        elif op == "join":
            says(await self.names[rest[0]])
        elif op in ("outcome", "stop"):
            task = self.names[rest[0]]
            if op == "stop":
                task.cancel()
            try:
                await task
            except (Exception, asyncio.CancelledError):
                if not task.done():
                    raise
            says(outcome(task))
        elif op == "cancel":
            self.names[rest[0]].cancel(*rest[1:])
        elif op == "reason":
            try:
                await self.names[rest[0]]
            except asyncio.CancelledError as error:
                says(*error.args)
        elif op == "state":
            says(outcome(self.names[rest[0]]))
        elif op == "gather":
            says(await asyncio.gather(*map(self.awaitable, rest)))
        elif op == "settled":
            says(await asyncio.gather(*map(self.awaitable, rest), return_exceptions=True))
        elif op == "wait":
            await self.wait(rest, says)
        elif op == "waitFor":
            says(await asyncio.wait_for(self.awaitable(rest[1]), int(rest[0])))
        elif op == "asCompleted":
            for future in asyncio.as_completed([self.awaitable(item) for item in rest]):
                says(await future)
        elif op == "shield":
            says(await asyncio.shield(self.awaitable(rest[0])))
        elif op in ("soon", "later", "at", "onDone"):
            self.callback(op, rest[:1] if op != "soon" else [], [" ".join(["log", *rest[op != "soon":]])], " ".join(rest[op != "soon":]))
        elif op == "offDone":
            says(self.names[rest[0]].remove_done_callback(self.callbacks[" ".join(rest[1:])]))
        elif op == "drop":
            self.callbacks[" ".join(rest)].cancel()
        elif op == "set":
            self.vars[rest[0]] = int(rest[1])
        elif op == "add":
            self.vars[rest[0]] += int(rest[1])
        else:
            await self.method(op, rest, says)

    async def method(self, op, rest, says):
        """A method of a lock, an event, a semaphore, a condition, a barrier, a queue, a future."""
        name, _, method = op.partition(".")
        on = self.names[name]
        if method == "waitFor":
            says(await on.wait_for(lambda: self.true(rest)))
        elif method in ("acquire", "wait", "get", "join", "put", "reset", "abort"):
            result = await getattr(on, method)(*([value_of(rest)] if method == "put" else []))
            says(*([result] if method == "get" or isinstance(on, asyncio.Barrier) and method == "wait" else []))
        elif method in ("release", "set", "clear", "notify", "notifyAll", "putNowait", "taskDone", "setResult", "setError"):
            argument = [Named(rest[0])] if method == "setError" else [] if not rest else [value_of(rest)]
            if method == "setResult" and not rest:
                argument = [None]
            getattr(on, {"notifyAll": "notify_all", "putNowait": "put_nowait", "taskDone": "task_done", "setResult": "set_result", "setError": "set_exception"}.get(method, method))(*argument)
        elif method == "getNowait":
            says(on.get_nowait())
        elif method == "value":
            says(on.get())
        else:
            found = getattr(on, {"isSet": "is_set", "size": "qsize", "waiting": "n_waiting"}.get(method, method))
            says(found() if callable(found) else found)

    async def wait(self, rest, says):
        mode, limit = "all", None
        names = []
        for word in rest:
            if word in MODES:
                mode = word
            elif word.isdigit():
                limit = int(word)
            else:
                names.append(word)
        done, pending = await asyncio.wait([self.names[name] for name in names], timeout=limit, return_when=MODES[mode])
        among = lambda some: ["[" + " ".join(name for name in names if self.names[name] in some) + "]"]
        says(*among(done), *among(pending))

    def callback(self, op, at, steps, name):
        env = Env("-")
        run = lambda *_: self.now(steps, env)
        if op == "onDone":
            self.names[at[0]].add_done_callback(run)
            self.callbacks[name] = run
        else:
            call = {"soon": self.loop.call_soon, "later": self.loop.call_later, "at": self.loop.call_at}[op]
            self.callbacks[name] = call(*map(int, at), run)

    # ---- blocks

    async def block(self, step, env):
        op, argument = next(iter(step.items()))
        inner = step.get("do")
        words = [] if isinstance(argument, list) else self.words(argument, env)
        if op == "try":
            return await self.attempt(step, env)
        if op == "with":
            async with self.names[words[0]]:
                return await self.steps(inner, env)
        if op == "timeout":
            async with asyncio.timeout(int(words[0])):
                return await self.steps(inner, env)
        if op == "waitFor":
            return await asyncio.wait_for(self.steps(inner, env), int(words[0]))
        if op == "shield":
            return await asyncio.shield(self.steps(argument, env))
        if op == "group":
            try:
                async with asyncio.TaskGroup() as self.names[words[0]]:
                    return await self.steps(inner, env)
            except BaseExceptionGroup as group:
                # One error is thrown as it is by treadle. So it is here, unless a program asks for the difference.
                if len(group.exceptions) > 1 or "raw" in words:
                    raise
                raise group.exceptions[0] from None
        elif op == "let":
            variable = self.names[words[0]]
            token = variable.set(words[1])
            try:
                return await self.steps(inner, env)
            finally:
                variable.reset(token)
        elif op == "repeat":
            for _ in range(int(words[0])):
                done = await self.steps(inner, env)
                if done is not None:
                    return done
        elif op == "while":
            while self.true(words):
                done = await self.steps(inner, env)
                if done is not None:
                    return done
        elif op in ("soon", "later", "at", "onDone"):
            self.callback(op, [] if op == "soon" else words, argument if op == "soon" else inner, step.get("as", ""))
        else:
            raise AssertionError(f"no such block: {op}")

    async def attempt(self, step, env):
        try:
            return await self.steps(step["try"], env)
        except BaseException as error:
            for name, handler in step.get("except", {}).items():
                if matches(name, error):
                    self.log(env.who, f"caught {kind(error)}")
                    return await self.steps(handler, Env(env.who, env.args, error))
            raise
        finally:
            done = await self.steps(step.get("finally", []), env)
            if done is not None:
                return done


ORDERS = {"as made": lambda n: n, "reversed": lambda n: -n, "scattered": lambda n: n * 5}


def trace(name, source):
    traces = []
    for order in ORDERS.values():
        traces.append(Program(source, order).run())
    if any(other != traces[0] for other in traces):
        raise SystemExit(f"{name}: asyncio promises no order here: it depends on the order of a set\n" + "\n\n".join(map("\n".join, traces)))
    return traces[0]


def digest(source):
    """By which the specs see that a trace was made of this very program."""
    text = json.dumps([source.get("objects", {}), source["tasks"]], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def programs():
    for path in sorted((HERE / "programs").glob("*.json")):
        for name, source in json.loads(path.read_text()).items():
            yield f"{path.stem}/{name}", source


def names():
    """What asyncio exports, the methods of the loop, and the members of the classes that programs use."""
    found = {*asyncio.__all__, "TaskGroup", *(f"loop.{name}" for name in dir(asyncio.AbstractEventLoop))}
    classes = "Task Future Handle TimerHandle Timeout TaskGroup Runner Lock Event Condition Semaphore BoundedSemaphore Barrier Queue StreamReader StreamWriter Server"
    for owner in [*(getattr(asyncio, name) for name in classes.split()), asyncio.subprocess.Process]:
        found.update(f"{owner.__name__.lstrip('_')}.{name}" for name in dir(owner))
    return sorted(name for name in found if not re.search(r"\._", name))


def main():
    option = sys.argv[1] if len(sys.argv) > 1 else ""
    if option == "--stdin":
        print(json.dumps([trace("a program", source) for source in json.load(sys.stdin)]))
        return
    if option == "--names":
        print(*names(), sep="\n")
        return
    if option == "--show":
        for name, source in programs():
            if sys.argv[2] in name:
                print(name, "-", source["says"], *trace(name, source), "", sep="\n")
        return
    if sys.version_info[:2] != (3, 11):
        raise SystemExit("the golden traces are those of CPython 3.11")
    traces = {name: {"of": digest(source), "trace": trace(name, source)} for name, source in programs()}
    text = json.dumps({"python": platform.python_version(), "programs": traces}, indent=1, ensure_ascii=False) + "\n"
    if option == "--check":
        raise SystemExit(0 if TRACES.read_text() == text else "traces.json is not what asyncio does")
    TRACES.write_text(text)
    print(f"{len(traces)} traces, CPython {platform.python_version()}")


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # see KEPT
