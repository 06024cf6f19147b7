// Calls a function in a worker, once: a coroutine runs on the worker's event loop, a promise is waited for, and a plain
// function blocks the worker while it runs. Relies on the kernel, engine, transfer, worker-state.

import { types } from 'node:util';
import { isPromise } from '../kernel/awaitable.ts';
import { show } from '../words/messages.ts';
import type { CallSignal } from './call-signal.ts';
import { withEngine } from './engine.ts';
import { transfersOf } from './transfer.ts';
import { workerState } from './worker-state.ts';

export type Callable = (...args: readonly unknown[]) => unknown;

/** It is over when one of the two is called, once. An aborted signal asks it to end. */
export function callFunction(
  fn: Callable,
  args: readonly unknown[],
  name: string,
  signal: CallSignal,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  try {
    signal.throwIfAborted();
    const result = workerState().signals.run(signal, () => fn(...args));
    if (!mayBeCoroutine(result)) return settle(result, name, resolve, reject);
    withEngine(({ isCoroutine, runCoroutine }) => {
      if (!isCoroutine(result)) return settle(result, name, resolve, reject);
      signal.throwIfAborted(); // while the engine was loaded
      runCoroutine(result, name, signal, resolve, reject);
    }, reject);
  } catch (error) {
    reject(error);
  }
}

/** Whether a result is a coroutine or an effect, only the engine knows. Most results are data, and not worth asking. */
function mayBeCoroutine(result: unknown): boolean {
  if (typeof result !== 'object' || result === null || !(Symbol.iterator in result)) return false;
  return !(Array.isArray(result) || ArrayBuffer.isView(result) || types.isMap(result) || types.isSet(result));
}

function settle(
  result: unknown,
  name: string,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  if (isPromise(result)) result.then(resolve, reject);
  else if (Symbol.asyncIterator in Object(result) && !transfersOf([result]))
    throw new TypeError(inPieces(result, name));
  else resolve(result);
}

/** Of what comes piece by piece: it would be cloned to an empty object. */
function inPieces(result: unknown, name: string): string {
  if (Object.prototype.toString.call(result) === '[object AsyncGenerator]')
    return `${name} must be a coroutine, a plain or a promise-returning function, and gave ${show(result)}`;
  return (
    `the result of ${name} must be one value, and is ${show(result)}, which comes piece by piece: ` +
    'collect the pieces, or transfer() a stream out of a thread'
  );
}
