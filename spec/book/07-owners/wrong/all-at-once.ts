// All calls at the same time.
import { join, spawn } from 'treadle';

type Coroutine<T> = Generator<any, T, any>;

export function* map<A, T>(items: readonly A[], _most: number, fn: (item: A) => Coroutine<T>): Coroutine<T[]> {
  const tasks = [];
  for (const item of items) tasks.push(yield* spawn(fn(item)));
  const results: T[] = [];
  for (const task of tasks) results.push(yield* join(task));
  return results;
}
