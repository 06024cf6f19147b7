// A result that is an error is taken for a failure.
import { join } from 'treadle';
import type { Task } from 'treadle';

export function* allSettled(tasks: readonly Task[]): Generator<any, unknown[], any> {
  const all: unknown[] = [];
  for (const task of tasks) {
    let value: unknown;
    try {
      value = yield* join(task);
    } catch (error) {
      all.push({ status: 'rejected', reason: error });
      continue;
    }
    all.push(value instanceof Error ? { status: 'rejected', reason: value } : { status: 'fulfilled', value });
  }
  return all;
}
