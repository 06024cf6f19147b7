// Exercise 8: timeout(ms, work). Copy this file, write the function, and have it checked:
//
//   node demos book check 8 FILE
//
// - It runs the coroutine `work`, and gives its result or throws its error, if that is there within `ms` milliseconds.
// - If it is not, the work is cancelled, and when its clean-up is over, a `TimeoutError` is thrown.
// - If the clean-up fails, its error is thrown instead.
// - When it is over, nothing is left behind: no work, and no timer for which somebody would wait.

export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

export function* timeout<T>(ms: number, work: Generator<unknown, T, any>): Generator<any, T, any> {
  throw new Error(`a limit of ${ms} ms for ${work} is not written yet`);
}
