// A combinator within another is cancelled by a call from within, so that those inside are first in the ready queue.
// But not at any depth: 3,000 levels would overflow the stack. From this depth on the outermost call cancels the rest,
// one level after the other. Relies on the kernel.

import type { Task } from '../kernel/task.ts';

const DEEPEST = 500;
let depth = 0;
/** Those that were too deep. Empty whenever no cancellation is under way. */
const deferred: Task[] = [];

export function cancelEach(tasks: readonly Task[], reason: unknown): void {
  if (depth === DEEPEST) {
    for (const task of tasks) deferred.push(task);
    return;
  }
  depth++;
  for (const task of tasks) task.cancel(reason);
  if (depth === 1) {
    for (const task of deferred) task.cancel(reason); // also those that are added meanwhile
    deferred.length = 0;
  }
  depth--;
}
