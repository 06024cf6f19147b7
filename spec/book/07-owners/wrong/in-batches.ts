// The next calls begin when a whole batch is over.
import { join, spawn } from 'treadle';

type Coroutine<T> = Generator<any, T, any>;

export function* map<A, T>(items: readonly A[], most: number, fn: (item: A) => Coroutine<T>): Coroutine<T[]> {
  const results: T[] = [];
  for (let i = 0; i < items.length; i += most) {
    const batch = [];
    for (const item of items.slice(i, i + most)) batch.push(yield* spawn(fn(item)));
    for (const task of batch) results.push(yield* join(task));
  }
  return results;
}
