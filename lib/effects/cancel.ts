// cancel: ask a task to end, and wait until it has. Relies on the kernel.

import { CANCELLING } from '../kernel/modes.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { Handle } from '../kernel/outcome.ts';
import { mustBe } from '../words/messages.ts';
import { Task } from '../kernel/task.ts';

// Performed once more when the target is over: then it only looks at how that came.
function perform(task: Task, [target, reason]: [Task, unknown?]): unknown {
  if (!target.done) {
    target.cancel(reason);
    if (target === task) return task._close() ? SUSPENDED : false; // false: in its clean-up
    const again = new Handle(task.loop, () => task._wakePerforming(cancel(target)));
    target._park(again);
    task._place = { _withdraw: () => again.cancel() };
    return SUSPENDED;
  }
  if (target.state === 'failed' && target._flags & CANCELLING) throw target.error();
  return target.state === 'cancelled';
}

/**
 * Asks the task to end and waits until its clean-up, and that of its children, is over. True if it was
 * cancelled, false if it had ended already. Throws the error of a clean-up that failed. A task that cancels
 * itself is closed at this very yield.
 *
 * @example
 * yield* cancel(slow, 'no longer needed');
 */
export function cancel(task: Task<any>, reason?: unknown): Effect<boolean> {
  if (!(task instanceof Task)) throw new TypeError(mustBe('cancel', 'a task', task));
  return new Effect('cancel', reason === undefined ? [task] : [task, reason], perform);
}
