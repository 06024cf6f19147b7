// The first failure ends the wait.
import { join } from 'treadle';
import type { Task } from 'treadle';

export function* allSettled(tasks: readonly Task[]): Generator<any, unknown[], any> {
  const all: unknown[] = [];
  try {
    for (const task of tasks) all.push({ status: 'fulfilled', value: yield* join(task) });
  } catch (reason) {
    all.push({ status: 'rejected', reason });
  }
  return all;
}
