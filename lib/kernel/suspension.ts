// A wait for the world outside the loop: a callback, a promise, a request. The outside may answer at once,
// twice, late or never; only the first answer in time counts. Relies on effect and list.

import { SUSPENDED } from './effect.ts';
import type { Waiter } from './list.ts';
import type { Scheduler } from './scheduler.ts';

/** Starts a wait: is given `resume` and `fail`; what it returns is called when the wait is cancelled. */
export type Start<T> = (resume: (value: T) => void, fail: (error: unknown) => void) => (() => void) | void;

interface Suspendable extends Waiter {
  readonly loop: Scheduler;
  _throw(error: unknown): void;
}

/** Parks the waiter until the outside answers. */
export function suspendUntil(waiter: Suspendable, start: Start<never>): unknown {
  const { loop } = waiter;
  let parked = false;
  let over = false;
  /** Set when the answer came while `start` was running: the task was, too, and there was nobody to wake. */
  let early: (() => unknown) | undefined;
  const end = () => {
    if (parked && !over) loop._outside--;
    over = true;
    waiter._place = undefined;
  };
  const settle = (wake: () => void, answer: () => unknown) => {
    if (over) return;
    end();
    if (parked) wake();
    else early = answer;
  };
  const cleanUp = start(
    (value) => settle(() => waiter._wake(value), () => value),
    (error) => settle(() => waiter._throw(error), () => { throw error; }),
  );
  if (early) return early();
  parked = true;
  loop._outside++;
  waiter._place = {
    _leave() {
      end();
      cleanUp?.();
    },
  };
  return SUSPENDED;
}
