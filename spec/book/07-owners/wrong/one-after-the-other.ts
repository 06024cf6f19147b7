// One call at a time.
import { join, spawn } from 'treadle';

type Coroutine<T> = Generator<any, T, any>;

export function* map<A, T>(items: readonly A[], _most: number, fn: (item: A) => Coroutine<T>): Coroutine<T[]> {
  const results: T[] = [];
  for (const item of items) results.push(yield* join(yield* spawn(fn(item))));
  return results;
}
