// Dropping what was to be waited for. A cancellation closes a coroutine at a `yield`, and what was yielded there is not
// performed any more. If it is a promise, or an effect that was given one, nobody will look at that promise: when it is
// rejected later, the host takes it for an error that everybody overlooked, and Node ends the process. So whatever is
// dropped goes through `discard`.
// Relies on effect, words/show.

import { listedFields } from '../words/show.ts';
import { Effect } from './effect.ts';

/** At most this many values are looked at: `all` of 100,000 promises is a program that somebody may write. */
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
  for (let index = 0; index < dropped.length; index++) {
    let one = dropped[index];
    try {
      while (one instanceof Effect) one = one.payload;
      // The language's own `then`, because a subclass may have one that starts work.
      if (one instanceof Promise) Promise.prototype.then.call(one, undefined, () => {});
      const parts = partsOf(one as Record<string, unknown>) ?? [];
      for (let at = 0; at < parts.length && dropped.length < MOST; at++)
        if (typeof parts[at] === 'object') dropped.push(parts[at]);
    } catch {
      // It cannot be looked at: a revoked proxy, a subclass of Promise that throws. The others still can.
    }
  }
}

/** The items of an array, and the values of an object of awaitables. */
function partsOf(value: Record<string, unknown>): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : listedFields.get(value)?.map((name) => value[name]);
}
