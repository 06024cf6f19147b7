import { deepStrictEqual } from 'node:assert';
import { cancel, CancelledError, currentTask, InvalidStateError, join, now, sleep, spawn, yieldNow } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';
import { after, failing } from '../support/work.ts';

const test = suite('join');

test('waits for the result; yield* task and a bare yield do the same', () => {
  virtually(function* () {
    const task = yield* spawn(after(10, 'result'));
    assert.equal(
      [yield* join(task), yield* task, yield task, yield join(task)],
      ['result', 'result', 'result', 'result'],
    );
    assert.is(yield* now(), 10);
  });
});

test('a task that is over answers at once: no turn passes', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = yield* spawn(after(1, 'x'));
    yield* sleep(5);
    yield* spawn(
      (function* () {
        log.push('other');
      })(),
    );
    yield* join(task);
    log.push('main');
  });
  assert.equal(log, ['main', 'other']);
});

test('throws the very error of the task, to each who joins', () => {
  const error = new Error('no');
  virtually(function* () {
    const task = yield* spawn(failing(1, error));
    const other = yield* spawn(caught(join(task)));
    assert.is(yield* caught(join(task)), error);
    assert.is(yield* caught(task), error);
    assert.is(yield* join(other), error);
  });
});

test('throws whatever was thrown, also when that is no error', () => {
  virtually(function* () {
    for (const value of ['text', 0, false, Object.freeze({ frozen: true })]) {
      assert.is(yield* caught(join(yield* spawn(failing(1, value)))), value);
    }
  });
});

test('a task that failed with undefined has failed', () => {
  virtually(function* () {
    const task = yield* spawn(failing(1, undefined));
    assert.is(yield* caught(join(task)), undefined);
    assert.is(task.state, 'failed');
  });
});

test('throws a CancelledError with the reason when the task was cancelled', () => {
  virtually(function* () {
    const task = yield* spawn(sleep(Infinity), { name: 'slow' });
    const joiner = yield* spawn(caught(join(task)));
    yield* yieldNow();
    task.cancel('enough');
    for (const error of [yield* join(joiner), yield* caught(join(task))]) {
      assert.instance(error, CancelledError);
      assert.is(error.name, 'CancelledError');
      assert.is(error.reason, 'enough');
      assert.match(error.message, /slow/);
    }
  });
});

test('those who join are served in the order in which they came', () => {
  const log: number[] = [];
  virtually(function* () {
    const task = yield* spawn(after(5, 'x'));
    for (let i = 0; i < 4; i++)
      yield* spawn(
        (function* () {
          yield* join(task);
          log.push(i);
        })(),
      );
  });
  assert.equal(log, [0, 1, 2, 3]);
});

test('cancelling the one who joins leaves the joined task alone', () => {
  virtually(function* () {
    const task = yield* spawn(after(10, 'result'));
    const joiner = yield* spawn(join(task));
    yield* yieldNow();
    yield* cancel(joiner);
    assert.is(task.state, 'waiting');
    assert.is(yield* join(task), 'result');
  });
});

test('a future is joined like a task', async () => {
  const loop = virtualLoop();
  const [good, bad, gone] = [loop.createFuture<string>(), loop.createFuture(), loop.createFuture()];
  const error = new Error('no');
  loop.callLater(1, () => good.setResult('value'));
  loop.callLater(2, () => bad.setError(error));
  loop.callLater(3, () => gone.cancel('why'));
  await loop.runUntilComplete(
    (function* () {
      assert.is(yield* join(good), 'value');
      assert.is(yield* good, 'value');
      assert.is(yield* caught(join(bad)), error);
      assert.is((yield* caught(gone)).reason, 'why');
    })(),
  );
});

test('joining oneself is an InvalidStateError with the name of the task', () => {
  virtually(
    function* () {
      const error = yield* caught(join(yield* currentTask()));
      assert.instance(error, InvalidStateError);
      assert.match(error.message, /main.*itself/);
    },
    { name: 'main' },
  );
});

for (const wrong of [undefined, null, 5, {}, Promise.resolve(1), (function* () {})(), sleep(1)]) {
  test(`join(${String(wrong)}) is a TypeError at the call that says it takes a task`, () =>
    refuses(() => join(wrong as never), /join/, /task/));
}

test('prints as it was written, and compares by its task', () => {
  virtually(function* () {
    const task = yield* spawn(sleep(1), { name: 'slow' });
    assert.match(String(join(task)), /^join\(#\d+ slow\)$/);
    deepStrictEqual(join(task), join(task));
  });
});

test.run();
