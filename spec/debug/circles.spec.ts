// Debug mode: tasks that wait for each other are told of in the moment in which the circle closes.
import { all, coroutine, currentTask, join, Lock, map, race, run, runSync, sleep, spawn, timeout } from 'treadle';
import type { Coroutine, Task } from 'treadle';
import 'treadle/debug';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lineHere } from '../support/lines.ts';

const test = suite('debug mode: circles');

/** The warnings of a program, but those of slow steps. An error that it ends with does not matter here. */
function warnings(main: () => Coroutine<unknown>): string[] {
  const told: string[] = [];
  try {
    runSync(main(), { debug: (warning) => warning.startsWith('a step') || told.push(warning) });
  } catch {
    // A deadlock, after the warning.
  }
  return told;
}
const first = (warning = '') => warning.split('\n')[0]!.replace(/^these tasks wait for each other: |\. Only.*/g, '');

let line = 0;
const take = coroutine('take', function* (one: Lock, other: Lock) {
  yield* one.acquire();
  try {
    yield* sleep(1);
    line = lineHere() + 1;
    yield* other.with(sleep(1));
  } finally {
    one.release();
  }
});

test('of holders of locks are told while a time limit can still break them, once, with the lines', () => {
  const told: string[] = [];
  const ends = runSync(
    (function* () {
      const [a, b] = [new Lock({ name: 'a' }), new Lock({ name: 'b' })];
      yield* spawn(take(a, b), { name: 'save' });
      const spend = yield* spawn(
        (function* () {
          try {
            yield* timeout(100, take(b, a));
          } catch {
            return 'was broken';
          }
          return 'was none';
        })(),
        { name: 'spend' },
      );
      yield* sleep(50);
      assert.is(told.length, 1, 'at once');
      return yield* join(spend);
    })(),
    { debug: (warning) => void (warning.startsWith('a step') || told.push(warning)) },
  );
  assert.is(ends, 'was broken');
  assert.is(told.length, 1);
  const [warning, ...rest] = told[0]!.split('\n');
  assert.is(
    warning,
    'these tasks wait for each other: #3 spend -> #2 save -> #3 spend. Only a time limit or a cancellation breaks that',
  );
  assert.is(rest[0], '  #3 spend waits on a.acquire()');
  assert.match(rest[1]!, new RegExp(`^ {6}at \\S*circles\\.spec\\.ts:${line}:\\d+$`));
  assert.is(rest[3], '  #2 save waits on b.acquire()');
});

test('of three', () => {
  const told = warnings(function* () {
    const [a, b, c] = [new Lock({ name: 'a' }), new Lock({ name: 'b' }), new Lock({ name: 'c' })];
    yield* all([take(a, b), take(b, c), take(c, a)]);
  });
  assert.equal(told.map(first), ['#4 take -> #2 take -> #3 take -> #4 take']);
});

test('of joins, and of owners that wait for their children at their end', () => {
  const told = warnings(function* () {
    const tasks: Task[] = [];
    const joiner = function* (which: number): Coroutine<void> {
      yield* sleep(1);
      yield* join(tasks[which]!);
    };
    tasks.push(yield* spawn(joiner(1), { name: 'one' }));
    tasks.push(yield* spawn(joiner(0), { name: 'two' }));
  });
  assert.equal(told.map(first), ['#3 two -> #2 one -> #3 two']);

  const owner = warnings(function* (): Coroutine<void> {
    yield* spawn(
      (function* (): Coroutine<void> {
        yield* sleep(1);
        yield* join((yield* currentTask()).parent!);
      })(),
      { name: 'child' },
    );
  });
  assert.equal(owner.map(first), ['#2 child -> #1 main -> #2 child']);
});

test('of a task that waits for itself: it takes a lock twice, or its only child wants it', () => {
  const twice = warnings(function* () {
    const lock = new Lock({ name: 'lock' });
    yield* lock.with(lock.with(sleep(1)));
  });
  assert.equal(twice.map(first), ['#1 main -> #1 main']);
  const child = warnings(function* () {
    const lock = new Lock({ name: 'lock' });
    yield* lock.with(map([1], () => lock.with(sleep(1))));
  });
  assert.equal(child.map(first), ['#2 item -> #1 main -> #2 item']);
});

test('has nothing to say where somebody will go on: a holder that sleeps, a race with another child', () => {
  const told = warnings(function* () {
    const lock = new Lock({ name: 'lock' });
    yield* all([lock.with(sleep(5)), lock.with(sleep(5)), lock.with(sleep(5))]);
    yield* lock.with(race([lock.with(sleep(1)), sleep(20)]));
    const child = yield* spawn(sleep(5));
    yield* all([join(child), join(child)]);
  });
  assert.equal(told, []);
});

test('that wait for a promise or a value that refuses to be looked at are none', async () => {
  const told: string[] = [];
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  await run(
    (function* () {
      yield Promise.resolve(1);
      yield* sleep(1);
      yield* all([sleep(1), Promise.resolve(proxy === undefined)]);
    })(),
    { debug: (warning) => void (warning.startsWith('a step') || told.push(warning)) },
  );
  assert.equal(told, []);
});

test.run();
