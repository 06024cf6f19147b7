import { abortSignal, cancel, coroutine, deadline, now, Queue, sleep, spawn, TimeoutError, yieldNow } from 'treadle';
import type { Limit } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { after, breaking, failing, lasting } from '../support/work.ts';

const test = suite('deadline');

/** Work in parts, each of which gives the limit its time again. */
const parts = coroutine('parts', function* (limit: Limit, durations: readonly number[], each: number) {
  for (const ms of durations) {
    yield* sleep(ms);
    limit.reschedule(each);
  }
  return 'all parts';
});

test('gives the result, or throws the error, of work that is quick enough', () => {
  virtually(function* () {
    assert.is(yield* deadline(20, () => after(10, 'result')), 'result');
    const error = new Error('no');
    assert.is(yield* caught(deadline(20, () => failing(10, error))), error);
    assert.is(yield* now(), 20);
  });
});

test('throws a TimeoutError that says when, after the work was cancelled and has cleaned up', () => {
  const log: unknown[] = [];
  virtually(function* () {
    yield* sleep(5);
    const error = yield* caught(deadline(10, () => lasting(log, 'work', 50)));
    assert.instance(error, TimeoutError);
    assert.match(error.message, "was not over at its limit of 15 ms on the loop's clock");
    assert.is(yield* now(), 65);
  });
  assert.equal(log, ['work cleans up', 'work is clean']);
});

test('work that makes progress may take as long as it likes', () => {
  virtually(function* () {
    assert.is(yield* deadline(10, (limit) => parts(limit, [9, 9, 9, 9], 10)), 'all parts');
    assert.is(yield* now(), 36);
  });
});

test('and is cancelled when it makes none', () => {
  virtually(function* () {
    assert.instance(yield* caught(deadline(10, (limit) => parts(limit, [9, 9, 11, 9], 10))), TimeoutError);
    assert.is(yield* now(), 28);
  });
});

test('the limit can be brought forward, taken away, and set again', () => {
  virtually(function* () {
    assert.instance(yield* caught(deadline(100, (limit) => (limit.reschedule(5), sleep(50)))), TimeoutError);
    assert.is(yield* now(), 5);
    assert.is(yield* deadline(5, (limit) => (limit.reschedule(Infinity), after(50, 'result'))), 'result');
    const later = coroutine('later', function* (limit: Limit) {
      assert.is(limit.when, Infinity);
      yield* sleep(10);
      limit.reschedule(5);
      assert.is(limit.when, (yield* now()) + 5);
      yield* sleep(10);
    });
    assert.instance(yield* caught(deadline(Infinity, later)), TimeoutError);
    assert.is(yield* now(), 70);
  });
});

test('with 0 the work runs to its next suspension, and what needs none succeeds', () => {
  virtually(function* () {
    const queue = new Queue<string>();
    queue.putNowait('item');
    assert.is(yield* deadline(0, () => queue.get()), 'item');
    assert.instance(yield* caught(deadline(0, () => queue.get())), TimeoutError);
    assert.instance(yield* caught(deadline(50, (limit) => (limit.reschedule(0), sleep(10)))), TimeoutError);
    assert.is(yield* now(), 0);
  });
});

test('once it has expired it cannot be moved: the clean-up sees that, and is not cut', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const work = coroutine('work', function* (limit: Limit) {
      try {
        log.push(limit.expired);
        yield* sleep(50);
      } finally {
        log.push(limit.expired, limit.reschedule(100));
        yield* sleep(5);
        log.push('clean');
      }
    });
    assert.instance(yield* caught(deadline(10, work)), TimeoutError);
    assert.is(yield* now(), 15);
  });
  assert.equal(log, [false, true, false, 'clean']);
});

test('when the work is over, its limit means nothing any more', () => {
  virtually(function* () {
    let kept: Limit | undefined;
    yield* deadline(10, (limit) => ((kept = limit), after(5, 'x')));
    assert.is(kept?.reschedule(1), false);
    yield* sleep(100);
    assert.is(kept?.expired, false);
  });
});

test('another task may move it', () => {
  virtually(function* () {
    let limit: Limit | undefined;
    const task = yield* spawn(deadline(10, (own) => ((limit = own), after(30, 'result'))));
    yield* sleep(9);
    assert.is(limit?.reschedule(50), true);
    assert.is(yield* task, 'result');
  });
});

test('an error of a clean-up, and of the function itself, is thrown', () => {
  virtually(function* () {
    const error = new Error('clean-up');
    assert.is(yield* caught(deadline(10, () => breaking(error))), error);
    assert.is(
      yield* caught(
        deadline(10, () => {
          throw error;
        }),
      ),
      error,
    );
  });
});

test('a task that is cancelled meanwhile never sees the TimeoutError', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const work = coroutine('work', function* () {
      try {
        yield* deadline(10, () => lasting(log, 'work', 50));
      } catch (error) {
        log.push(error);
      }
    });
    const task = yield* spawn(work());
    yield* sleep(20);
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
  });
  assert.equal(log, ['work cleans up', 'work is clean']);
});

test('what is spawned in the work is waited for, and cancelled with it', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const work = coroutine('work', function* () {
      yield* spawn(lasting(log, 'child', 5));
    });
    assert.instance(yield* caught(deadline(10, work)), TimeoutError);
    assert.is(yield* now(), 15);
  });
  assert.equal(log, ['child cleans up', 'child is clean']);
});

test('the abortSignal within it is aborted when it expires', () => {
  virtually(function* () {
    let signal: AbortSignal | undefined;
    const work = coroutine('work', function* () {
      signal = yield* abortSignal();
      yield* sleep(50);
    });
    yield* caught(deadline(10, work));
    assert.instance(signal?.reason, TimeoutError);
  });
});

test('an item that was taken in the turn of the limit is not lost', () => {
  virtually(function* () {
    const queue = new Queue<number>();
    const task = yield* spawn(deadline(10, () => queue.get()));
    yield* sleep(10);
    queue.putNowait(1);
    yield* yieldNow();
    const error = yield* caught(task);
    assert.instance(error, TimeoutError);
    assert.is(queue.getNowait(), 1);
  });
});

test('refuses a wrong duration, and work that is no function, at the call', () => {
  refuses(() => deadline(-1, () => sleep(1)), /deadline takes 0 or more milliseconds, not -1/);
  refuses(() => deadline(10, sleep(1) as never), /deadline takes a function that is given the limit, not sleep\(1\)/);
  virtually(function* () {
    const error = yield* caught(deadline(10, (limit) => sleep(Number(limit.reschedule(NaN)))));
    assert.match(error.message, /reschedule takes 0 or more milliseconds, not NaN/);
  });
});

test.run();
