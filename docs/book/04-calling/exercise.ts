// Exercise 4: retry(fn, attempts). Copy this file, write the function, and have it checked:
//
//   node demos book check 4 FILE
//
// - It calls the coroutine function `fn` and gives its result.
// - When `fn` fails, it is called again, until it has been called `attempts` times.
// - When the last attempt fails, too, the error of that attempt is thrown.

export function* retry<T>(fn: () => Generator<unknown, T, any>, attempts: number): Generator<unknown, T, any> {
  throw new Error(`retry(${fn.name}, ${attempts}) is not written yet`);
}
