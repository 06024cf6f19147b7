// Those that have failed are left out.
import { join } from 'treadle';
import type { Task } from 'treadle';

export function* allSettled(tasks: readonly Task[]): Generator<any, unknown[], any> {
  const all: unknown[] = [];
  for (const task of tasks) {
    try {
      all.push({ status: 'fulfilled', value: yield* join(task) });
    } catch {
      continue;
    }
  }
  return all;
}
