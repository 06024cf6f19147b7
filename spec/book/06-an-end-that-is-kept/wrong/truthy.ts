// An error that is undefined is taken for a success.
import { join } from 'treadle';
import type { Task } from 'treadle';

export function* allSettled(tasks: readonly Task[]): Generator<any, unknown[], any> {
  const all: unknown[] = [];
  for (const task of tasks) {
    let value: unknown;
    let reason: unknown;
    try {
      value = yield* join(task);
    } catch (error) {
      reason = error;
    }
    all.push(reason ? { status: 'rejected', reason } : { status: 'fulfilled', value });
  }
  return all;
}
