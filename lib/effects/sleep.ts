// Timers as effects: sleep, sleepUntil, now. Relies on the kernel.

import { checkDuration, checkTime } from '../words/check.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';

function performSleep(task: Task, ms: number): unknown {
  task.loop._scheduleAt(ms && task.loop.now() + ms, task);
  return SUSPENDED;
}

function performSleepUntil(task: Task, time: number): unknown {
  task.loop._scheduleAt(time, task);
  return SUSPENDED;
}

/**
 * Waits at least `ms` milliseconds (whole ones: 0.5 is rounded up). `sleep(0)` waits one turn of the ready
 * queue, like `yieldNow()`; `sleep(Infinity)` waits until it is cancelled. Throws a `TypeError` for what is
 * not a number and a `RangeError` for a negative one, at the call. Cancellation takes the timer back.
 *
 * @example
 * yield* sleep(100);
 */
export function sleep(ms: number): Effect<void> {
  return new Effect('sleep', checkDuration('sleep', ms), performSleep);
}

/**
 * Waits until the loop's clock (`now()`) shows `time`; a time that has passed is one turn of the ready queue. Work that
 * is due every 100 ms does not drift with it. Throws a `TypeError` at the call for what is not a number. Cancellation
 * takes the timer back.
 *
 * @example
 * for (let next = yield* now(); ; ) { yield* sleepUntil((next += 100)); tick(); }
 */
export function sleepUntil(time: number): Effect<void> {
  return new Effect('sleepUntil', checkTime('sleepUntil', time), performSleepUntil);
}

/**
 * The loop's time: milliseconds since the loop was made. A virtual clock starts at 0. It is answered at once, so that
 * no cancellation can come in between.
 *
 * @example
 * const before = yield* now();
 * yield* sleep(100);
 * console.log(`${(yield* now()) - before} ms`);
 */
export function now(): Effect<number> {
  return new Effect('now', undefined, performNow);
}

function performNow(task: Task): number {
  return task.loop.now();
}
