// shield: work that cancellation must wait for. Relies on the kernel, spawn.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { CANCELLING, PERFORM } from '../kernel/codes.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/yieldable.ts';
import { startChild } from './spawn.ts';

// Starting the child and waiting for it is one effect: no cancellation can come in between.
function perform(task: Task, [work]: [Awaitable<unknown>]): unknown {
  const child = startChild(task, work);
  child.addDoneCallback(() => {
    if (child.state === 'succeeded' || !(task._flags & CANCELLING)) return task._wake(child, PERFORM);
    // There is no result to hand over: the cancellation that waited is delivered now, and no catch comes in between.
    if (child.state === 'failed') task._addError(child.error());
    task._place = undefined;
    task._close();
  });
  task._place = { _leave: () => true }; // does not let go when the task is cancelled
  return SUSPENDED;
}

/**
 * Runs the work to its end, even if this task is cancelled meanwhile: the cancellation is delivered at the
 * task's next yield after it, so that the result is not lost. If the work fails then, that error makes the task fail.
 * Throws a `TypeError` at the call for what cannot be awaited.
 *
 * @example
 * yield* shield(commit(transaction));
 */
export function shield<A extends Awaitable<unknown>>(work: A): Effect<Result<A>> {
  return new Effect('shield', [checkAwaitable(work, 'shielded')], perform);
}
