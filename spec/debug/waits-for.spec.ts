// Whom a task certainly waits for.
import { all, cancel, coroutine, currentTask, join, Lock, race, run, runSync, sleep, spawn, timeout } from 'treadle';
import type { Coroutine, Effect, Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { waitsFor } from '../../lib/debug/waits-for.ts';

const test = suite('whom a task waits for');

/** The names of those that a task waits for which does this. The other task there is `other`, and holds `lock`. */
function names(work: (other: Task, lock: Lock) => Effect<unknown> | Task | Coroutine<unknown>): string[] {
  return runSync(
    (function* () {
      const lock = new Lock({ name: 'lock' });
      const other = (yield* spawn(lock.with(slow()), { name: 'other' })) as Task;
      yield* sleep(1);
      const task = yield* spawn(work(other, lock), { name: 'task' });
      yield* sleep(1);
      const found = waitsFor(task).map(({ name }) => name);
      yield* cancel(task);
      yield* cancel(other);
      return found;
    })(),
  );
}

const slow = coroutine('slow', function* () {
  try {
    yield* sleep(1_000);
  } finally {
    yield* sleep(5);
  }
});

test('the holder of a lock', () => {
  assert.equal(
    names((_, lock) => lock.acquire()),
    ['other'],
  );
  assert.equal(
    names((_, lock) => timeout(100, lock.with(slow()))),
    ['other'],
  );
});

test('the task that it joins, or cancels', () => {
  assert.equal(
    names((other) => join(other)),
    ['other'],
  );
  assert.equal(
    names((other) => other),
    ['other'],
  );
  assert.equal(
    names((other) => cancel(other)),
    ['other'],
  );
  assert.equal(
    names((other) => cancel(other, 'because')),
    ['other'],
  );
});

test('all of its children, at its end', () => {
  const parent = function* () {
    yield* spawn(slow(), { name: 'one' });
    yield* spawn(slow(), { name: 'two' });
  };
  assert.equal(names(parent), ['one', 'two']);
});

test('the child of a combinator, if there is one only, and all of them when they are cancelled', () => {
  assert.equal(
    names((other) => all([join(other)])),
    ['join'],
  );
  assert.equal(
    names((other) => all([join(other), slow()])),
    [],
    'one of several may fail',
  );
  assert.equal(
    names((other) => race([join(other), slow()])),
    [],
  );
  assert.equal(
    names(() => race([slow(), slow(), sleep(0)])),
    ['slow', 'slow'],
    'the rest cleans up',
  );
});

test('nobody, when it waits for time, for the world, or not at all', async () => {
  assert.equal(
    names(() => sleep(1)),
    [],
  );
  assert.equal(
    runSync(
      (function* () {
        return waitsFor((yield* currentTask()) as Task);
      })(),
    ),
    [],
  );
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const main = run(
    (function* () {
      yield new Promise(() => {});
    })(),
  );
  assert.equal(waitsFor(main as Task, proxy), []);
  assert.equal(waitsFor(main as Task, undefined), []);
  assert.equal(waitsFor(main as Task, { kind: 'join', payload: ['a text'] }), []);
  const over = main.then(undefined, () => {});
  main.cancel();
  await over;
});

test.run();
