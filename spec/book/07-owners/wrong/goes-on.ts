// After a failure the other workers go on with further items.
import { join, spawn } from 'treadle';

type Coroutine<T> = Generator<any, T, any>;

export function* map<A, T>(items: readonly A[], most: number, fn: (item: A) => Coroutine<T>): Coroutine<T[]> {
  const results: T[] = [];
  const errors: unknown[] = [];
  let next = 0;
  function* worker(): Coroutine<void> {
    while (next < items.length) {
      const i = next++;
      try {
        results[i] = yield* fn(items[i]!);
      } catch (error) {
        errors.push(error);
      }
    }
  }
  const workers = [];
  for (let i = 0; i < most; i++) workers.push(yield* spawn(worker()));
  for (const one of workers) yield* join(one);
  if (errors.length > 0) throw errors[0];
  return results;
}
