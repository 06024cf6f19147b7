// Exercise 6, answered: join one after the other. All of them run anyway, and those that are over answer at once.
import { join } from 'treadle';
import type { Task } from 'treadle';

type Settled<T> = { status: 'fulfilled'; value: T } | { status: 'rejected'; reason: unknown };

export function* allSettled<T>(tasks: readonly Task<T>[]): Generator<any, Settled<T>[], any> {
  const all: Settled<T>[] = [];
  for (const task of tasks) {
    try {
      all.push({ status: 'fulfilled', value: yield* join(task) });
    } catch (reason) {
      all.push({ status: 'rejected', reason });
    }
  }
  return all;
}
