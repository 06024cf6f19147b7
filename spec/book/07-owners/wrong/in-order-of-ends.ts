// The results come in the order in which the calls end.
import { join, spawn } from 'treadle';

type Coroutine<T> = Generator<any, T, any>;

export function* map<A, T>(items: readonly A[], most: number, fn: (item: A) => Coroutine<T>): Coroutine<T[]> {
  const results: T[] = [];
  const rest = [...items];
  function* worker(): Coroutine<void> {
    while (rest.length > 0) results.push(yield* fn(rest.shift()!));
  }
  const workers = [];
  for (let i = 0; i < most; i++) workers.push(yield* spawn(worker()));
  for (const one of workers) yield* join(one);
  return results;
}
