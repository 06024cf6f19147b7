// shield: work that cancellation must wait for. Relies on the kernel, spawn.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/yieldable.ts';
import { startChild } from './spawn.ts';

// Starting the child and waiting for it is one effect: no cancellation can come in between.
function perform(task: Task, [work]: [Awaitable<unknown>]): unknown {
  const child = startChild(task, work);
  child.addDoneCallback(() => {
    task._place = undefined;
    if (!task._due) return task._wakePerforming(child);
    // The cancellation that waited is delivered now, at this very yield: at the next one, which may be in a `finally`, it
    // would cut that clean-up short.
    if (child.state === 'failed') task._addError(child.error());
    task._close();
  });
  task._place = { _withdraw: () => true }; // does not let go when the task is cancelled
  return SUSPENDED;
}

/**
 * Runs the work to its end, even if this task is cancelled meanwhile: the cancellation comes when the work is over, and
 * its result is dropped then. If the work fails then, that error makes the task fail.
 * Throws a `TypeError` at the call for what cannot be awaited.
 *
 * @example
 * yield* shield(commit(transaction));
 */
export function shield<A extends Awaitable<unknown>>(work: A): Effect<Result<A>> {
  return new Effect('shield', [checkAwaitable(work, 'shielded')], perform);
}
