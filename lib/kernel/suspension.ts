// A wait for the world outside the loop: a callback, a promise, a request. The outside may answer at once, twice, late
// or never. Relies on effect.
//
// Users have `suspend` (effects/suspend.ts), which stands on this and adds one thing: an answer that comes while the
// wait is being started is given inline. Here it cannot be: the task that waits is not necessarily the one that runs.

import { SUSPENDED } from './effect.ts';
import type { Task } from './task.ts';

/** Starts a wait. It receives `resume` and `fail`. A function that it returns is called when the wait is cancelled. */
export type Start<T> = (resume: (value: T) => void, fail: (error: unknown) => void) => (() => void) | void;

/**
 * Parks the task until the outside answers. Only the first answer in time counts. The clean-up is called when
 * the wait is cancelled, also by a cancellation that comes between the answer and the task's next step.
 */
export function suspendUntil(task: Task<unknown>, start: Start<unknown>): unknown {
  // Let go at the first answer: a promise that lives on keeps the two functions below, and must not keep the task.
  let waiting: Task<unknown> | undefined = task;
  let cleanUp: (() => void) | void;
  const stopWaiting = () => {
    const answered = waiting;
    waiting = undefined;
    if (answered) answered.loop._outside--;
    return answered;
  };
  task._place = {
    _withdraw() {
      stopWaiting();
      cleanUp?.();
    },
  };
  task.loop._outside++;
  const fail = (error: unknown) => stopWaiting()?._wakeThrowing(error);
  try {
    cleanUp = start((value) => stopWaiting()?._wake(value), fail);
  } catch (error) {
    fail(error);
  }
  return SUSPENDED;
}
