// What code can know about the worker that it runs in. One variable for each process or thread, set by
// entry.ts before it loads anything of the user's; and the signal of a call, which follows it through its
// promises. Relies on the kernel's errors and node:async_hooks.

import { AsyncLocalStorage } from 'node:async_hooks';
import { InvalidStateError } from '../words/errors.ts';

let worker = false;

export function enterWorker(): void {
  worker = true;
}

/**
 * True in a worker of a pool. A program that hands its own module to a pool (`import.meta.url`) is loaded by
 * each worker, too: it starts its main only when this is false.
 *
 * @example
 * if (!inWorker()) main(program());
 */
export function inWorker(): boolean {
  return worker;
}

type Signal = AbortSignal | undefined;

/**
 * The signal of the call whose code runs; none while the worker's event loop steps coroutines. (Typed, so that the
 * declaration names nothing of Node.)
 */
export const signals: { run<T>(signal: Signal, work: () => T): T; getStore(): Signal } =
  /* @__PURE__ */ new AsyncLocalStorage<Signal>();

const never = /* @__PURE__ */ new AbortController().signal;

/**
 * In a plain or promise-returning function that a pool runs: an `AbortSignal` that is aborted when the call is
 * cancelled. It also works behind an `await`. Outside of workers: a signal that is never aborted. A coroutine has
 * `abortSignal()` for this, and its `finally` blocks. Throws an `InvalidStateError` where it is called in one.
 *
 * @example
 * export function download(url: string) {
 *   return globalThis.fetch(url, { signal: workerSignal() }).then((response) => response.text());
 * }
 */
export function workerSignal(): AbortSignal {
  if (!worker) return never;
  const signal = signals.getStore();
  if (signal) return signal;
  throw new InvalidStateError(
    'workerSignal() is for plain and promise-returning functions, while they run: a coroutine yields abortSignal()',
  );
}
