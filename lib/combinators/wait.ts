// wait: looks at tasks, without owning them. It throws none of their errors, cancels none of them, and does not count
// as having seen how they ended. Relies on the kernel.

import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { Handle, Listener } from '../kernel/handle.ts';
import { Outcome } from '../kernel/outcome.ts';
import type { Task } from '../kernel/task.ts';
import { checkDuration, checkNoHoles, checkOneOf } from '../words/check.ts';
import { mustBe } from '../words/messages.ts';

/** The options of `wait`: how long it waits, and for what. */
export interface WaitOptions {
  /** After this many milliseconds it gives what there is by then; never, by default. */
  readonly timeout?: number | undefined;
  /** `'first-failed'` is not satisfied by a task that was cancelled. `'all'` by default. */
  readonly returnWhen?: 'all' | 'first-completed' | 'first-failed' | undefined;
}

type Outcomes = readonly Outcome<unknown>[];

const reasons = ['all', 'first-completed', 'first-failed'];

function split(outcomes: Outcomes) {
  return { done: outcomes.filter((outcome) => outcome.done), pending: outcomes.filter((outcome) => !outcome.done) };
}

function performWait(task: Task, [outcomes, options]: [Outcomes, WaitOptions]): unknown {
  const { loop } = task;
  const { timeout = Infinity, returnWhen = 'all' } = options;
  const decides = ({ done, state }: Outcome<unknown>): boolean =>
    done && (returnWhen === 'first-completed' || (returnWhen === 'first-failed' && state === 'failed'));
  const { pending } = split(outcomes);
  if (pending.length === 0 || outcomes.some(decides)) return split(outcomes);

  let left = pending.length;
  const finish = () => {
    release();
    // Looked at once more in its turn: more may be over by then.
    task._wakePerforming(new Effect('wait', undefined, () => split(outcomes)));
  };
  const limit = new Handle(loop, finish);
  const listeners = pending.map((outcome) => {
    const listener = new Listener(() => {
      if (--left === 0 || decides(outcome)) finish();
    });
    outcome._park(listener);
    return listener;
  });
  const release = () => {
    limit.cancel();
    for (const listener of listeners) listener.cancel();
  };
  loop._scheduleAt(loop.now() + timeout, limit);
  task._place = { _withdraw: release };
  return SUSPENDED;
}

/**
 * Waits until all of them are over, or the first one is, or the time is: what is over and what is not, in the order in
 * which they were given. Does not throw their errors, and cancels none of them. For tasks and futures only: `spawn`
 * coroutines and effects first. Throws a `TypeError` at the call for anything else, and for none at all. Cancelling it
 * leaves the tasks alone.
 *
 * @example
 * const { done, pending } = yield* wait(tasks, { timeout: 1_000, returnWhen: 'first-completed' });
 */
export function wait<O extends Outcome<unknown>>(
  tasks: readonly O[],
  options: WaitOptions = {},
): Effect<{ done: O[]; pending: O[] }> {
  const { timeout = 0, returnWhen = 'all' } = options;
  const wanted = 'an array of tasks and futures (spawn the rest)';
  if (!Array.isArray(tasks) || tasks.length === 0) throw new TypeError(mustBe('wait', wanted, tasks));
  checkNoHoles('wait', tasks);
  for (const task of tasks) if (!(task instanceof Outcome)) throw new TypeError(mustBe('wait', wanted, task));
  checkOneOf('the option returnWhen of wait', returnWhen, reasons);
  checkDuration('wait: timeout', timeout);
  return new Effect('wait', [[...new Set(tasks)], options], performWait);
}
