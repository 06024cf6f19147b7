// The table of an interleaving: a column a task, a line a step, in 80 columns.
import { all, coroutine, Lock, sleep, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { explore, table } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('table');

/** The table of a program that fails, whose tasks are given by their names. */
function tableOf(main: () => Coroutine<unknown>): string {
  const { failure } = explore(main, { strategy: 'exhaustive', check: () => false });
  return failure!.table;
}

const worker = (name: string, turns: number) =>
  coroutine(name, function* (lock: Lock) {
    yield* lock.acquire();
    for (let turn = 0; turn < turns; turn++) yield* yieldNow();
    lock.release();
    yield* sleep(5);
    return turns;
  });

test('two tasks: what they yield, what is answered, what they wait for, and how they end', () => {
  const text = tableOf(function* () {
    const lock = new Lock({ name: 'lock' });
    return yield* all([worker('left', 1)(lock), worker('right', 0)(lock)]);
  });
  assert.is(
    `\n${text}\n`,
    `
step    ms  #1 main                #2 left                #3 right
-------------------------------------------------------------------------------
   1     0  all([left(a Lock),
              right(a Lock)]) ...
   2     0                         left(a Lock)
                                   lock.acquire()
                                   yieldNow() ...
   3     0                                                right(a Lock)
                                                          lock.acquire() ...
   4     0                         sleep(5) ...
   5     0                                                sleep(5) ...
   6     5                         returned 1
   7     5                                                returned 0
   8     5  returned [1, 0]
`,
  );
});

for (const count of [2, 3, 4, 5, 6, 30]) {
  test(`${count} tasks fit in 80 columns`, () => {
    const text = tableOf(function* () {
      const lock = new Lock({ name: 'lock' });
      const names = Array.from({ length: count - 1 }, (_, at) => `a worker with a long name ${at}`);
      return yield* all(names.map((name) => worker(name, 1)(lock)));
    });
    const lines = text.split('\n');
    for (const line of lines) assert.ok(line.length <= 80, line);
    assert.match(lines[0]!, count <= 5 ? /#1 main +#2 a w/ : /^step +ms +task +what it does$/);
  });
}

test('of a long run the last steps are shown, and how many there were before', () => {
  const text = tableOf(function* () {
    for (let turn = 0; turn < 500; turn++) yield* yieldNow();
  });
  assert.match(text, /\n  \.\.\. 401 steps before\n/);
  assert.ok(text.split('\n').length < 110);
});

test('no steps are an empty table', () => {
  assert.match(table([]), /^step/);
});

test.run();
