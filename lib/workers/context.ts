// What code can know about the worker that it runs in: whether it is one, the progress and the cancellation of its
// call, which follow it through its promises. Relies on the kernel's errors, worker-state.

import type { Task } from '../kernel/task.ts';
import { InvalidStateError } from '../words/errors.ts';
import { workerState } from './worker-state.ts';

/**
 * A module that starts its program when it is loaded would do so in every worker, and those in theirs. If a call has
 * used the pool, the error is that call's. If a program has that was started beside the calls, the error must reach the
 * real program, whatever this one does with it: so the worker dies of it.
 */
export function refuseInWorker(name: string, task: Task): void {
  const { crash, loop, signals } = workerState();
  if (!crash) return;
  const error = new InvalidStateError(
    `${name} was used in a worker, and workers have no workers of their own. A module that starts its program ` +
      'when it is loaded does so in every worker: write if (!inWorker()) before it',
  );
  if (task.loop !== loop && !signals.getStore()) crash(error);
  throw error;
}

/**
 * True in a worker of a pool. A program that hands its own module to a pool (`import.meta.url`) is loaded by
 * each worker, too: it starts its main only when this is false.
 *
 * @example
 * if (!inWorker()) main(program());
 */
export function inWorker(): boolean {
  return workerState().crash !== undefined;
}

/**
 * Tells the caller how far this call is: the option `onProgress` of the call is given the value. For coroutines, plain
 * functions and such that return a promise, also behind an `await`. Does nothing when nobody listens, outside of
 * workers, and when the call is over. Throws a `TypeError` for a value that cannot be cloned. In coroutines it needs
 * Node 20.16.
 *
 * @example
 * export function* convert(pages: readonly string[]) {
 *   for (const [i, page] of pages.entries()) {
 *     yield* render(page);
 *     progress((i + 1) / pages.length);
 *   }
 * }
 */
export function progress(value: unknown): void {
  workerState().reports.getStore()?.(value);
}

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
  if (!inWorker()) return never;
  const call = workerState().signals.getStore();
  if (call) return call.signal;
  throw new InvalidStateError(
    'workerSignal() is for plain and promise-returning functions, while they run: a coroutine yields abortSignal()',
  );
}
