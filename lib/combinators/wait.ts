// wait: looks at tasks, without owning them. It throws none of their errors, cancels none of them, and has not
// seen how they ended. Relies on the kernel.

import { checkDuration } from '../words/check.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { mustBe } from '../words/messages.ts';
import { Handle, Outcome } from '../kernel/outcome.ts';
import type { Task } from '../kernel/task.ts';

export interface WaitOptions {
  /** After so many milliseconds it gives what there is by then; never, by default. */
  readonly timeout?: number | undefined;
  /** `'first-failed'` is not satisfied by a task that was cancelled. `'all'` by default. */
  readonly returnWhen?: 'all' | 'first-completed' | 'first-failed' | undefined;
}

const reasons = ['all', 'first-completed', 'first-failed'];

function perform(
  task: Task,
  [outcomes, { timeout = Infinity, returnWhen = 'all' }]: [Outcome<unknown>[], WaitOptions],
): unknown {
  const { loop } = task;
  const pending = () => outcomes.filter((outcome) => !outcome.done);
  const split = () => ({ done: outcomes.filter((outcome) => outcome.done), pending: pending() });
  const decides = ({ done, state }: Outcome<unknown>) =>
    done && (returnWhen === 'first-completed' || (returnWhen === 'first-failed' && state === 'failed'));
  let left = pending().length;
  if (left === 0 || outcomes.some(decides)) return split();
  const release = () => {
    for (const handle of handles) handle.cancel();
  };
  const finish = () => {
    release();
    task._wakePerforming(new Effect('wait', undefined, split)); // in its turn: more may be over by then
  };
  const limit = new Handle(loop, finish);
  const handles = pending().map((outcome) => {
    const handle = new Handle(loop, finish);
    // Told at once, not through the queue: as joiners are.
    handle._wake = () => {
      if (--left === 0 || decides(outcome)) finish();
    };
    outcome._park(handle);
    return handle;
  });
  handles.push(limit);
  loop._scheduleAt(loop.now() + timeout, limit);
  task._place = { _withdraw: release };
  return SUSPENDED;
}

/**
 * Waits until all of them are over, or the first one is, or the time is: what is over and what is not, in the
 * order in which they were given. Does not throw their errors, and cancels none of them. For tasks and futures only:
 * `spawn` coroutines and effects first. Throws a `TypeError` at the call for anything else, and for none at all.
 *
 * @example
 * const { done, pending } = yield* wait(tasks, { timeout: 1_000, returnWhen: 'first-completed' });
 */
export function wait<O extends Outcome<unknown>>(
  tasks: readonly O[],
  options: WaitOptions = {},
): Effect<{ done: O[]; pending: O[] }> {
  const { timeout = 0, returnWhen = 'all' } = options;
  const wrong =
    !Array.isArray(tasks) || tasks.length === 0 ? [tasks] : tasks.filter((task) => !(task instanceof Outcome));
  if (wrong.length > 0) throw new TypeError(mustBe('wait', 'an array of tasks and futures (spawn the rest)', wrong[0]));
  if (!reasons.includes(returnWhen))
    throw new RangeError(mustBe('wait', `as returnWhen one of ${reasons.join(', ')}`, returnWhen));
  checkDuration('wait: timeout', timeout);
  return new Effect('wait', [[...new Set(tasks)], options], perform);
}
