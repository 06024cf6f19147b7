// It looks at the tasks, and does not wait for them.
import { join } from 'treadle';
import type { Task } from 'treadle';

export function* allSettled(tasks: readonly Task[]): Generator<any, unknown[], any> {
  const all: unknown[] = [];
  for (const task of tasks) {
    try {
      all.push({ status: 'fulfilled', value: task.done ? yield* join(task) : undefined });
    } catch (reason) {
      all.push({ status: 'rejected', reason });
    }
  }
  return all;
}
