// cancel: ask a task to end, and wait until it has. Relies on the kernel.

import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { Handle } from '../kernel/handle.ts';
import { CANCELLING } from '../kernel/modes.ts';
import { Task } from '../kernel/task.ts';
import { mustBe } from '../words/messages.ts';

function performCancel(task: Task, [target, reason]: [Task, unknown?]): unknown {
  if (target.done) return howItEnded(target);
  target.cancel(reason);
  // A task that cancels itself is closed at this very yield, unless it is in its clean-up, or in a shield.
  if (target === task) return task._mustClose() ? SUSPENDED : false;
  // Performed once more when the target is over: then it only looks at how that came.
  const again = new Handle(task.loop, () => task._wakePerforming(cancel(target)));
  target._park(again);
  task._place = { _withdraw: () => again.cancel() };
  return SUSPENDED;
}

/**
 * Was it cancelled? The error of a clean-up that failed is thrown; one that came before the cancellation is not ours.
 */
function howItEnded(target: Task): boolean {
  if (target.state === 'failed' && target._flags & CANCELLING) throw target.error();
  return target.state === 'cancelled';
}

/**
 * Asks the task to end and waits until its clean-up, and that of its children, is over. True if it was
 * cancelled, false if it had ended already. Throws the error of a clean-up that failed. A task that cancels
 * itself is closed at this very yield. Throws a `TypeError` at the call for what is no task.
 *
 * @example
 * yield* cancel(slow, 'no longer needed');
 */
export function cancel(task: Task<any>, reason?: unknown): Effect<boolean> {
  if (!(task instanceof Task)) throw new TypeError(mustBe('cancel', 'a task', task));
  return new Effect('cancel', reason === undefined ? task : [task, reason], performCancelOf);
}

/** One argument is the payload itself, two are an array of them. */
function performCancelOf(task: Task, payload: Task | [Task, unknown]): unknown {
  return performCancel(task, Array.isArray(payload) ? payload : [payload]);
}
