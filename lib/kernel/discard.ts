// Dropping what was to be waited for. A cancellation closes a coroutine at a `yield`, and what was yielded there is not
// performed any more. If it is a promise, or an effect that was given one, nobody will look at that promise: when it is
// rejected later, the host takes it for an error that everybody overlooked, and Node ends the process. So whatever is
// dropped goes through `discard`.
// Relies on effect, words/show.

import { listedFields } from '../words/show.ts';
import { Effect } from './effect.ts';

/** This many values are looked at; `all` of 100,000 promises is a program that somebody may write. */
const MOST = 100_000;

/**
 * The value will not be performed: a rejection of its promises is nobody's error any more. Looks for promises where the
 * functions of this library take them:
 *
 *     promise    fromPromise(promise)    timeout(5, promise)    all([promise, promise])    all({ a: promise })
 *
 * that is, in the value itself and in the arguments of effects, also in arrays and in objects of awaitables. Never
 * throws. Thenables that are no promises are left alone: to call `then` may be what starts their work, and the host
 * does not watch them.
 */
export function discard(value: unknown): void {
  // A list that grows while it is worked off, not a recursion: effects can be nested a million levels deep.
  const dropped: unknown[] = [value];
  for (let index = 0; index < dropped.length && index < MOST; index++) {
    try {
      lookInto(dropped[index], dropped);
    } catch {
      // It cannot be looked at: a revoked proxy, a subclass of Promise that throws. The others still can.
    }
  }
}

function lookInto(value: unknown, dropped: unknown[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof Effect) dropped.push(value.payload);
  // The language's own `then`, because a subclass may have one that starts work.
  else if (value instanceof Promise) Promise.prototype.then.call(value, undefined, () => {});
  else if (Array.isArray(value)) {
    for (let index = 0; index < value.length && dropped.length < MOST; index++) dropped.push(value[index]);
  } else {
    for (const name of listedFields.get(value) ?? []) dropped.push((value as Record<string, unknown>)[name]);
  }
}
