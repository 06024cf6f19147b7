// A wait for the world outside the loop: a callback, a promise, a request. The outside may answer at once,
// twice, late or never. Relies on codes, effect, list and the scheduler's interface.

import { CLOSE, NEXT, THROW } from './modes.ts';
import { SUSPENDED } from './effect.ts';
import type { Waiter } from './waiting.ts';

interface Suspended extends Waiter {
  readonly loop: Scheduler;
  _wakeThrowing(error: unknown): void;
}
import type { Scheduler } from '../loop/scheduler.ts';

/** Starts a wait: is given `resume` and `fail`; what it returns is called when the wait is cancelled. */
export type Start<T> = (resume: (value: T) => void, fail: (error: unknown) => void) => (() => void) | void;

/**
 * Parks the task until the outside answers. Only the first answer in time counts. The clean-up is called when
 * the wait is cancelled, also by a cancellation that comes between the answer and the task's next step.
 */
export function suspendUntil(task: Suspended, start: Start<unknown>): unknown {
  let waiter: typeof task | undefined = task; // let go at the first answer: a promise that lives on keeps these functions
  let cleanUp: (() => void) | void;
  const settle = (mode: number) => (value?: unknown) => {
    const answered = waiter;
    if (!answered) return;
    waiter = undefined;
    answered.loop._outside--;
    if (mode === NEXT) answered._wake(value);
    if (mode === THROW) answered._wakeThrowing(value);
  };
  task._place = {
    _withdraw() {
      settle(CLOSE)();
      cleanUp?.();
    },
  };
  task.loop._outside++;
  try {
    cleanUp = start(settle(NEXT), settle(THROW));
  } catch (error) {
    settle(THROW)(error);
  }
  return SUSPENDED;
}
