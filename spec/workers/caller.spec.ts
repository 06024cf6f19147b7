// The task that waits for the answer of a call, and what becomes of both when it is cancelled. The carrier is the
// spec's own, so that each moment is there.
import { cancel, coroutine, run, shield, sleep, spawn, timeout, yieldNow } from 'treadle';
import type { Awaitable, Coroutine, Effect, Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Carrier } from '../../lib/workers/carrier.ts';
import { Executor } from '../../lib/workers/executor.ts';
import { Job } from '../../lib/workers/job.ts';

const test = suite('the caller of a call');

/** What was submitted, and which cancellations were asked for, with their reasons. */
class HandCarrier implements Carrier {
  readonly name = 'hand';
  readonly room = 1;
  readonly state = 'open';
  readonly idle = true;
  readonly jobs: Job[] = [];
  readonly cancelled: unknown[] = [];
  /** What becomes of a job at once, when it is submitted. */
  atOnce: ((job: Job) => void) | undefined = undefined;

  check(): void {}
  submit(_task: Task, call: Job['call']): Job {
    const job = new Job(this.jobs.length + 1, call, 0);
    this.jobs.push(job);
    this.atOnce?.(job);
    return job;
  }
  adopt(): void {}
  cancel(job: Job, reason: unknown): void {
    job.cancelling = { reason };
    this.cancelled.push(reason);
  }
  close(): void {}
  terminate(): void {}
  until(): Effect<void> {
    return sleep(0);
  }
}

const hand = (): { carrier: HandCarrier; call: Effect<unknown> } => {
  const carrier = new HandCarrier();
  return { carrier, call: new Executor(carrier).apply('file:///jobs.js', 'square', [3]) };
};

const job = ({ jobs }: HandCarrier, number = 1): Job => jobs[number - 1] as Job;

const inFrame = coroutine('inFrame', function* (call: Effect<unknown>): Coroutine<unknown> {
  return yield* call;
});

/** Where a call can stand on the stack of its task. */
const places: Readonly<Record<string, (call: Effect<unknown>) => Awaitable<unknown>>> = {
  'as all that the task does': (call) => call,
  'in the outermost frame': function* (call): Coroutine<unknown> {
    return yield* call;
  },
  'in an inner frame': (call) => inFrame(inFrame(call)),
  'within a limit': (call) => timeout(1_000, call),
  'in a frame within a limit': (call) => timeout(1_000, inFrame(call)),
};

for (const [where, place] of Object.entries(places)) {
  test(`gets the result, or the error: ${where}`, () =>
    run(
      (function* () {
        const { carrier, call } = hand();
        const got = yield* spawn(place(call));
        const failed = yield* spawn(place(call));
        yield* yieldNow();
        job(carrier, 1).settle('value', 9);
        job(carrier, 2).settle('error', new Error('no'));
        assert.is(yield* got, 9);
        try {
          yield* failed;
          assert.unreachable();
        } catch (error) {
          assert.is((error as Error).message, 'no');
        }
        assert.equal(carrier.cancelled, []);
      })(),
    ));

  test(`that is cancelled cancels the call, and is over when that has cleaned up: ${where}`, () =>
    run(
      (function* () {
        const { carrier, call } = hand();
        const task = yield* spawn(place(call));
        yield* yieldNow();
        task.cancel('enough');
        yield* yieldNow();
        assert.equal(carrier.cancelled, ['enough']);
        assert.is(task.done, false);
        task.cancel('once more');
        yield* sleep(5);
        assert.is(task.done, false);
        job(carrier).settle('cancelled');
        yield* yieldNow();
        assert.is(task.state, 'cancelled');
        assert.equal(carrier.cancelled, ['enough']);
        assert.is(task.loop._outside, 0); // nobody waits any more: a deadlock would be seen
      })(),
    ));

  test(`fails with the error of a clean-up: ${where}`, () =>
    run(
      (function* () {
        const { carrier, call } = hand();
        const task = yield* spawn(place(call));
        yield* yieldNow();
        task.cancel();
        yield* yieldNow();
        job(carrier).settle('error', new Error('not cleaned up'));
        yield* yieldNow();
        assert.is(task.state, 'failed');
        assert.is((task.error() as Error).message, 'not cleaned up');
      })(),
    ));

  test(`that is cancelled when the answer was given lets the call alone: ${where}`, () =>
    run(
      (function* () {
        const { carrier, call } = hand();
        const task = yield* spawn(place(call));
        yield* yieldNow();
        job(carrier).settle('value', 9);
        yield* cancel(task);
        assert.is(task.state, 'cancelled');
        assert.equal(carrier.cancelled, []);
      })(),
    ));

  test(`that is cancelled before its first step submits nothing: ${where}`, () =>
    run(
      (function* () {
        const { carrier, call } = hand();
        const task = yield* spawn(place(call));
        yield* cancel(task);
        assert.equal(carrier.jobs, []);
      })(),
    ));

  test(`goes on at once with what is there when the call is submitted: ${where}`, () =>
    run(
      (function* () {
        const { carrier, call } = hand();
        carrier.atOnce = (one) => one.settle('value', 9);
        const task = yield* spawn(place(call));
        yield* yieldNow();
        assert.is(yield* task, 9);
      })(),
    ));
}

test('a limit that expires cancels the call, and throws when that has cleaned up', () =>
  run(
    (function* () {
      const { carrier, call } = hand();
      const task = yield* spawn(timeout(5, call));
      yield* sleep(20);
      assert.equal(carrier.cancelled, [undefined]);
      assert.is(task.done, false);
      job(carrier).settle('cancelled');
      yield* yieldNow();
      assert.is((task.error() as Error).name, 'TimeoutError');
    })(),
  ));

test('a shield keeps the cancellation from the call', () =>
  run(
    (function* () {
      const { carrier, call } = hand();
      const seen: unknown[] = [];
      const task = yield* spawn(
        shield(
          (function* () {
            seen.push(yield* call);
          })(),
        ),
      );
      yield* yieldNow();
      task.cancel();
      yield* yieldNow();
      assert.equal(carrier.cancelled, []);
      job(carrier).settle('value', 9);
      yield* yieldNow();
      assert.equal(seen, [9]);
      assert.is(task.state, 'cancelled');
    })(),
  ));

test('the clean-ups around a call run when that has cleaned up, from the inside out', () =>
  run(
    (function* () {
      const { carrier, call } = hand();
      const seen: string[] = [];
      const noted = coroutine('noted', function* (name: string, work: Effect<unknown>): Coroutine<unknown> {
        try {
          return yield* work;
        } finally {
          yield* sleep(1);
          seen.push(name);
        }
      });
      const task = yield* spawn(noted('outer', noted('inner', call)));
      yield* yieldNow();
      task.cancel();
      yield* sleep(10);
      assert.equal(seen, []);
      job(carrier).settle('cancelled');
      yield* sleep(20);
      assert.equal(seen, ['inner', 'outer']);
      assert.is(task.state, 'cancelled');
    })(),
  ));

test('says what it waits for, also while the call cleans up', () =>
  run(
    (function* () {
      const { carrier, call } = hand();
      const task = yield* spawn(call);
      yield* yieldNow();
      assert.match(String(task), /waiting on hand\.apply\(square\(3\)\)>$/);
      task.cancel();
      yield* yieldNow();
      assert.match(String(task), /waiting on job\(square\(3\)\), cancelling>$/);
      job(carrier).settle('cancelled');
      yield* cancel(task);
    })(),
  ));

test.run();
