// Exercise 6: allSettled(tasks). Copy this file, write the function, and have it checked:
//
//   node demos book check 6 FILE
//
// - It waits until each of these tasks is over, and gives an array with one object for each, in the order of `tasks`:
//   `{ status: 'fulfilled', value }` for one that has succeeded, and `{ status: 'rejected', reason }` for one that has
//   failed. So it never throws.
// - Some of them may be over when it is called. The same task may be there twice. The array may be empty.
import type { Task } from './engine.ts';

export type Settled<T> = { status: 'fulfilled'; value: T } | { status: 'rejected'; reason: unknown };

export function* allSettled<T>(tasks: readonly Task<T>[]): Generator<any, Settled<T>[], any> {
  throw new Error(`allSettled of ${tasks.length} tasks is not written yet`);
}
