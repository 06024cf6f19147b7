// yieldNow: gives every other task that is ready a turn. Relies on the kernel.

import { Effect, SUSPENDED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';

function perform(task: Task): unknown {
  task._wake();
  return SUSPENDED;
}

const effect = /* @__PURE__ */ new Effect<void>('yieldNow', undefined, perform);

/**
 * Goes to the end of the ready queue: one turn, no timer. A cancellation that comes meanwhile is delivered at this
 * yield.
 *
 * @example
 * for (const row of rows) { work(row); yield* yieldNow(); }
 */
export function yieldNow(): Effect<void> {
  return effect;
}
