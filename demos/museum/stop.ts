// Cancels a task and does not wait for it. Unlike `task.cancel()` it is an effect, so it stands in the table.
import { coroutine } from 'treadle';
import type { Task } from 'treadle';

/** False when the task was over already. */
export const stop = coroutine('stop', function* (task: Task, reason: string) {
  return task.cancel(reason);
});
