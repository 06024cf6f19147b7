// shield: work that cancellation must wait for. Relies on the kernel, coroutine, spawn.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { CANCELLING } from '../kernel/codes.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/yieldable.ts';
import { frameOf } from './coroutine.ts';
import { currentTask } from './current-task.ts';
import { startChild } from './spawn.ts';

const perform = /* @__PURE__ */ frameOf('shield', function* (work: Awaitable<unknown>) {
  const task = yield* currentTask();
  const child = startChild(task, work);
  try {
    return yield new Effect('shield', [child], performJoin);
  } catch (error) {
    // Only a deadlock breaks the shield, and then the task is being closed, too: there is nobody to tell.
    if (child.state === 'cancelled' && task._flags & CANCELLING) return undefined;
    throw error;
  }
});

/** Joins, but does not let go when the joiner is cancelled. */
function performJoin(task: Task, [child]: [Task]): unknown {
  if (child.done) return child.result();
  child._park(task);
  task._place = { _leave: () => true };
  return SUSPENDED;
}

/**
 * Runs the work to its end, even if this task is cancelled meanwhile: the cancellation is delivered at the
 * task's next yield after it, so that the result is not lost.
 *
 * @example
 * yield* shield(commit(transaction));
 */
export function shield<A extends Awaitable<unknown>>(work: A): Effect<Result<A>> {
  return new Effect('shield', [checkAwaitable(work, 'shielded')], perform);
}
