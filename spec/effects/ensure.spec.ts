// ensure: a clean-up that no cancellation can cut, however it was entered.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cancel, currentTask, ensure, Lock, now, sleep, spawn, timeout, wait, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { caught, refuses } from '../support/errors.ts';
import { same } from '../support/lists.ts';
import { virtually } from '../support/virtual.ts';
import { after, failing } from '../support/work.ts';

/** Notes its beginning, takes 10 ms, notes its end. */
const cleaning = (log: string[]) =>
  function* (): Coroutine<void> {
    log.push('cleans up');
    yield* sleep(10);
    log.push(`is clean at ${yield* now()}`);
  };

const test = suite('ensure');

test('gives the result of the work, after the clean-up', () => {
  const log: string[] = [];
  virtually(function* () {
    assert.is(yield* ensure(after(5, 'result'), cleaning(log)), 'result');
    log.push('goes on');
  });
  assert.equal(log, ['cleans up', 'is clean at 15', 'goes on']);
});

test('throws the error of the work, after the clean-up', () => {
  const log: string[] = [];
  const error = new Error('no');
  virtually(function* () {
    assert.is(yield* caught(ensure(failing(5, error), cleaning(log))), error);
  });
  assert.equal(log, ['cleans up', 'is clean at 15']);
});

test('work that is cancelled is closed, and the clean-up runs', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        yield* ensure(
          (function* () {
            try {
              yield* sleep(Infinity);
            } finally {
              log.push('work is closed');
            }
          })(),
          cleaning(log),
        );
        log.push('WENT ON');
      })(),
    );
    yield* sleep(5);
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
  });
  assert.equal(log, ['work is closed', 'cleans up', 'is clean at 15']);
});

test('a clean-up that was entered normally, or by an error, is whole when a cancellation comes during it', () => {
  const error = new Error('no');
  for (const [work, state] of [
    [() => sleep(5), 'cancelled'],
    [() => failing(5, error), 'failed'],
  ] as const) {
    const log: string[] = [];
    virtually(function* () {
      const task = yield* spawn(
        (function* () {
          try {
            yield* ensure(work(), cleaning(log));
            log.push('WENT ON');
          } catch {
            log.push('CAUGHT');
          } finally {
            log.push('closed');
          }
        })(),
      );
      yield* sleep(8);
      task.cancel();
      yield* wait([task]);
      assert.is(task.state, state);
      if (state === 'failed') assert.is(task.error(), error, 'and that error is not lost');
    });
    assert.equal(log, ['cleans up', 'is clean at 15', 'closed']);
  }
});

test('a bare finally is cut there, which is why there is ensure', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          yield* sleep(5);
        } finally {
          yield* cleaning(log)();
        }
      })(),
    );
    yield* sleep(8);
    yield* cancel(task);
  });
  assert.equal(log, ['cleans up']);
});

test('whatever the moment of the cancellation, what was acquired is released', () => {
  for (let ms = 0; ms < 30; ms++) {
    const lock = new Lock();
    virtually(function* () {
      const task = yield* spawn(
        (function* () {
          yield* sleep(5);
          yield* lock.acquire();
          yield* ensure(sleep(5), function* () {
            yield* sleep(5);
            lock.release();
          });
          yield* sleep(5);
        })(),
      );
      yield* sleep(ms);
      yield* cancel(task);
    });
    assert.not(lock.locked, `cancelled at ${ms}`);
  }
});

test('a time limit around it expires only when it is clean', () => {
  const log: string[] = [];
  virtually(function* () {
    const error = yield* caught(timeout(8, ensure(sleep(5), cleaning(log))));
    log.push(`${error.name} at ${yield* now()}`);
  });
  assert.equal(log, ['cleans up', 'is clean at 15', 'TimeoutError at 15']);
});

test('the clean-up may be an awaitable, or a function that gives one or does it at once', () => {
  const log: string[] = [];
  virtually(function* () {
    yield* ensure(yieldNow(), cleaning(log)());
    yield* ensure(yieldNow(), () => void log.push('at once'));
    yield* ensure(yieldNow(), () => after(1, 'dropped'));
    log.push(`at ${yield* now()}`);
  });
  assert.equal(log, ['cleans up', 'is clean at 10', 'at once', 'at 11']);
});

test('an error of the clean-up is thrown; with one of the work as an AggregateError', () => {
  const [first, second] = [new Error('work'), new Error('clean-up')];
  const breaking = () => {
    throw second;
  };
  virtually(function* () {
    assert.is(yield* caught(ensure(sleep(1), failing(1, second))), second);
    assert.is(yield* caught(ensure(sleep(1), breaking)), second);
    const error = yield* caught(ensure(failing(1, first), breaking));
    assert.instance(error, AggregateError);
    same(error.errors, [first, second]);
  });
});

test('an error of the clean-up of cancelled work is not lost', () => {
  const error = new Error('clean-up');
  virtually(function* () {
    const task = yield* spawn(ensure(sleep(Infinity), failing(5, error)));
    yield* sleep(1);
    assert.is(yield* caught(cancel(task)), error);
    assert.is(task.state, 'failed');
  });
});

test('they nest: the inner clean-up is over before the outer one begins', () => {
  const log: string[] = [];
  const noting = (name: string) =>
    function* (): Coroutine<void> {
      log.push(`${name} begins`);
      yield* sleep(5);
      log.push(`${name} ends`);
    };
  virtually(function* () {
    const task = yield* spawn(ensure(ensure(sleep(Infinity), noting('inner')), noting('outer')));
    yield* sleep(1);
    yield* cancel(task);
  });
  assert.equal(log, ['inner begins', 'inner ends', 'outer begins', 'outer ends']);
});

test('a task that was cancelled before it comes to it does neither', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = yield* spawn(ensure(sleep(1), cleaning(log)));
    yield* cancel(task);
  });
  assert.equal(log, []);
});

test('in a task that has just cancelled itself it cleans up, and does not begin the work', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        (yield* currentTask()).cancel();
        yield* ensure(
          (function* () {
            log.push('WORKS');
          })(),
          cleaning(log),
        );
        log.push('BEHIND');
      })(),
    );
    yield* wait([task]);
    assert.is(task.state, 'cancelled');
  });
  assert.equal(log, ['cleans up', 'is clean at 10']);
});

test('work and clean-up that cannot be awaited are refused at the call', () => {
  refuses(() => ensure(5 as never, () => {}), /work of ensure/);
  for (const wrong of [undefined, null, 5, {}]) refuses(() => ensure(sleep(1), wrong as never), /ensure/, /clean-up/);
});

test.run();
