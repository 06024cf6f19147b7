import {
  abortSignal,
  cancel,
  coroutine,
  currentTask,
  now,
  Queue,
  run,
  sleep,
  spawn,
  timeout,
  withSignal,
} from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, rejection } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { after, breaking, failing, lasting } from '../support/work.ts';

const test = suite('withSignal');

/** A signal that a task aborts after a while. */
const abortedAfter = coroutine('abortedAfter', function* (ms: number, reason?: unknown) {
  const controller = new AbortController();
  const abort = coroutine('abort', function* () {
    yield* sleep(ms);
    controller.abort(reason);
  });
  yield* spawn(abort());
  return controller.signal;
});

test('gives the result, or throws the error, of work that is over before', () => {
  virtually(function* () {
    const signal = yield* abortedAfter(50);
    assert.is(yield* withSignal(signal, after(10, 'result')), 'result');
    const error = new Error('no');
    assert.is(yield* caught(withSignal(signal, failing(10, error))), error);
    assert.is(yield* now(), 20);
  });
});

test("throws the signal's reason, after the work was cancelled and has cleaned up", () => {
  const log: unknown[] = [];
  virtually(function* () {
    const reason = new Error('the user has left');
    const signal = yield* abortedAfter(10, reason);
    assert.is(yield* caught(withSignal(signal, lasting(log, 'work', 50))), reason);
    assert.is(yield* now(), 60);
  });
  assert.equal(log, ['work cleans up', 'work is clean']);
});

test('without a reason it is an AbortError, as everywhere on the platform', () => {
  virtually(function* () {
    const error = yield* caught(withSignal(yield* abortedAfter(10), sleep(20)));
    assert.is(error.name, 'AbortError');
    const bare = Object.assign(new EventTarget(), { aborted: true }) as unknown as AbortSignal;
    assert.is((yield* caught(withSignal(bare, sleep(20)))).name, 'AbortError');
  });
});

test('when the signal is aborted already, the work does not begin', () => {
  virtually(function* () {
    let began = false;
    const work = coroutine('work', function* () {
      began = true;
      yield* sleep(0);
    });
    assert.is(yield* caught(withSignal(AbortSignal.abort('gone'), work())), 'gone');
    assert.not(began);
  });
});

test('the task goes on behind it, and may be aborted by another signal later', () => {
  virtually(function* () {
    const me = yield* currentTask();
    assert.is(yield* caught(withSignal(yield* abortedAfter(10, 1), sleep(20))), 1);
    assert.is(yield* caught(withSignal(yield* abortedAfter(10, 2), sleep(20))), 2);
    assert.is(me.state, 'running');
    assert.is(yield* after(5, 'result'), 'result');
  });
});

test('of nested signals only the one that was aborted throws', () => {
  virtually(function* () {
    const outer = yield* abortedAfter(10, 'outer');
    const inner = yield* abortedAfter(20, 'inner');
    assert.is(yield* caught(withSignal(outer, withSignal(inner, sleep(50)))), 'outer');
    const quick = yield* abortedAfter(5, 'quick');
    const both = coroutine('both', function* () {
      assert.is(yield* caught(withSignal(quick, sleep(50))), 'quick');
      return yield* after(1, 'goes on');
    });
    assert.is(yield* withSignal(yield* abortedAfter(30), both()), 'goes on');
  });
});

test('an error of the clean-up is thrown instead of the reason', () => {
  virtually(function* () {
    const error = new Error('clean-up');
    assert.is(yield* caught(withSignal(yield* abortedAfter(10), breaking(error))), error);
  });
});

test('a task that is cancelled meanwhile never sees the reason', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const signal = yield* abortedAfter(10);
    const work = coroutine('work', function* () {
      try {
        yield* withSignal(signal, lasting(log, 'work', 50));
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
    assert.is(yield* caught(withSignal(yield* abortedAfter(10, 'reason'), work())), 'reason');
    assert.is(yield* now(), 15);
  });
  assert.equal(log, ['child cleans up', 'child is clean']);
});

test('a task is only waited for, and goes on', () => {
  virtually(function* () {
    const task = yield* spawn(after(30, 'result'));
    assert.is(yield* caught(withSignal(yield* abortedAfter(10, 'reason'), task)), 'reason');
    assert.is(yield* task, 'result');
  });
});

test('the abortSignal within it is aborted with the same reason', () => {
  virtually(function* () {
    let inner: AbortSignal | undefined;
    const work = coroutine('work', function* () {
      inner = yield* abortSignal();
      yield* sleep(50);
    });
    const reason = new Error('reason');
    yield* caught(withSignal(yield* abortedAfter(10, reason), work()));
    assert.ok(inner?.aborted);
    assert.is(inner.reason, reason);
  });
});

test('an item that was taken in the turn of the abort is not lost', () => {
  virtually(function* () {
    const queue = new Queue<string>();
    const controller = new AbortController();
    const task = yield* spawn(withSignal(controller.signal, queue.get()));
    yield* sleep(1);
    queue.putNowait('item');
    controller.abort('reason');
    assert.is(yield* caught(task), 'reason');
    assert.is(queue.getNowait(), 'item');
  });
});

test('may be aborted by the work itself, which ends at its next yield', () => {
  virtually(function* () {
    const controller = new AbortController();
    const log: unknown[] = [];
    const work = coroutine('work', function* () {
      controller.abort('myself');
      log.push('still in the same step');
      yield* sleep(0);
      log.push('never');
    });
    assert.is(yield* caught(withSignal(controller.signal, work())), 'myself');
    assert.equal(log, ['still in the same step']);
  });
});

test('may be aborted from outside of the loop', async () => {
  const controller = new AbortController();
  const task = run(withSignal(controller.signal, sleep(10_000)));
  setTimeout(() => controller.abort(new Error('from outside')), 5);
  assert.is((await rejection(task)).message, 'from outside');
});

test('leaves no listener behind, however it ends', () => {
  virtually(function* () {
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const counted = Object.assign(new EventTarget(), { aborted: false, reason: undefined }) as unknown as AbortSignal;
    counted.addEventListener = (...args: [any, any]) => {
      listeners++;
      signal.addEventListener(...args);
    };
    counted.removeEventListener = (...args: [any, any]) => {
      listeners--;
      signal.removeEventListener(...args);
    };
    yield* withSignal(counted, after(1, 'x'));
    yield* caught(withSignal(counted, failing(1, new Error('no'))));
    yield* caught(timeout(1, withSignal(counted, sleep(5))));
    const task = yield* spawn(withSignal(counted, sleep(5)));
    yield* sleep(1);
    assert.is(listeners, 1);
    yield* cancel(task);
    assert.is(listeners, 0);
  });
});

test('refuses what is no signal, and work that cannot be awaited, at the call', () => {
  for (const wrong of [undefined, null, 5, {}, new AbortController()] as never[])
    refuses(() => withSignal(wrong, sleep(1)), /withSignal takes an AbortSignal and the work, not /);
  refuses(() => withSignal(new AbortController().signal, 5 as never), /5 cannot be the work of withSignal/);
});

test.run();
