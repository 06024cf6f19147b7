// join: the result of a task. Relies on the kernel.

import { Effect } from '../kernel/effect.ts';
import { Outcome } from '../kernel/outcome.ts';
import { mustBe } from '../words/messages.ts';
import type { Task } from '../kernel/task.ts';

function perform(task: Task, outcome: Outcome<unknown>): unknown {
  return task._join(outcome);
}

/**
 * Waits until the task (or future) is done and gives its result, at once if it is done already. Throws its
 * error, or a `CancelledError` if it was cancelled. Cancelling the one who joins leaves the joined task alone.
 * `yield* task` is the same. A task that joins itself is thrown an `InvalidStateError`.
 *
 * @example
 * const text = yield* join(child);
 */
export function join<T>(task: Outcome<T>): Effect<T> {
  if (!(task instanceof Outcome)) throw new TypeError(mustBe('join', 'a task or future', task));
  return new Effect('join', task, perform);
}
