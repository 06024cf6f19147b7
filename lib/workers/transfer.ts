// What is handed over to a thread, and not copied. A value keeps its list in a table beside it: so it stays what it is,
// for the compiler too, and arguments, items and results need no other form for it. Relies on
// worker-state, words and Node.

import { types } from 'node:util';
import { show } from '../words/messages.ts';
import { workerState } from './worker-state.ts';

/**
 * Says that a value's memory is handed over to the other thread, and not copied: as an argument or an item of a call,
 * or as the result of a function in a worker. By default all of the value is, or give the buffers, ports and streams
 * within it that are. Afterwards they are empty here; so a call with them is not tried again when its thread dies.
 * Gives the value back. Between processes nothing can be handed over: there it is copied like any other. Throws a
 * `TypeError` for what cannot be transferred.
 *
 * @example
 * const pixels = new Uint8Array(4_000_000);
 * const smaller = yield* pool.apply(new URL('./jobs.js', import.meta.url), 'shrink', [transfer(pixels)]);
 */
export function transfer<T extends object>(value: T, list: readonly object[] = [value]): T {
  if (typeof value !== 'object' || value === null)
    throw new TypeError(`transfer takes an object, such as a typed array, not ${show(value)}`);
  if (!Array.isArray(list)) throw new TypeError(`transfer takes a list of what is in the value, not ${show(list)}`);
  workerState().transfers.set(value, list.map(transferable));
  workerState().usesTransfers = true;
  return value;
}

/** Was anything ever handed over? Most programs never do it. */
export function usesTransfers(): boolean {
  return workerState().usesTransfers;
}

function transferable(one: unknown): object {
  const memory: unknown = ArrayBuffer.isView(one) ? one.buffer : one;
  const isHandle = typeof memory === 'object' && memory !== null && !Array.isArray(memory) && !isPlain(memory);
  if (!isHandle || types.isSharedArrayBuffer(memory))
    throw new TypeError(`transfer takes ArrayBuffers, typed arrays, ports and streams in its list, not ${show(one)}`);
  return memory;
}

const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype;

/** All that is to be handed over with these values, each once; `undefined` when there is nothing. */
export function transfersOf(values: readonly unknown[]): Set<object> | undefined {
  if (!usesTransfers()) return undefined;
  let all: Set<object> | undefined;
  for (const value of values) {
    const list = typeof value === 'object' && value !== null ? workerState().transfers.get(value) : undefined;
    if (list) for (const one of list) (all ??= new Set()).add(one);
  }
  return all;
}
