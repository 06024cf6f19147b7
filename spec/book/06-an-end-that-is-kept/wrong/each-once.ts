// A task that is there twice is waited for once, and answered once.
import { join } from 'treadle';
import type { Task } from 'treadle';

export function* allSettled(tasks: readonly Task[]): Generator<any, unknown[], any> {
  const all = new Map<Task, unknown>();
  for (const task of tasks) {
    try {
      all.set(task, { status: 'fulfilled', value: yield* join(task) });
    } catch (reason) {
      all.set(task, { status: 'rejected', reason });
    }
  }
  return [...all.values()];
}
