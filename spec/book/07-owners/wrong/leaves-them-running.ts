// It throws at once, and leaves the other calls running.
import { join, spawn } from 'treadle';

type Coroutine<T> = Generator<any, T, any>;

export function* map<A, T>(items: readonly A[], most: number, fn: (item: A) => Coroutine<T>): Coroutine<T[]> {
  const results: T[] = [];
  let next = 0;
  let failed = false;
  function* worker(): Coroutine<void> {
    while (next < items.length && !failed) {
      const i = next++;
      try {
        results[i] = yield* fn(items[i]!);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  const workers = [];
  for (let i = 0; i < most; i++) workers.unshift(yield* spawn(worker()));
  for (const one of workers) yield* join(one);
  return results;
}
