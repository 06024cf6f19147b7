// The reason is the message, and not the error.
import { join } from 'treadle';
import type { Task } from 'treadle';

export function* allSettled(tasks: readonly Task[]): Generator<any, unknown[], any> {
  const all: unknown[] = [];
  for (const task of tasks) {
    try {
      all.push({ status: 'fulfilled', value: yield* join(task) });
    } catch (error) {
      all.push({ status: 'rejected', reason: error instanceof Error ? error.message : error });
    }
  }
  return all;
}
