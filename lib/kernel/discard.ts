// Dropping what was to be waited for. A cancellation closes a coroutine at a `yield`, and what was yielded there is not
// performed any more. If it is a promise, or an effect that was given one, nobody will look at that promise: when it is
// rejected later, the host takes it for an error that everybody overlooked, and Node ends the process. So whatever is
// dropped goes through `discard`.
// Relies on effect, words/show.

import { listedFields, valueOf } from '../words/show.ts';
import { Effect } from './effect.ts';

/** This many values are looked at; `all` of 100,000 promises is a program that somebody may write. */
const MOST = 100_000;

/**
 * The value will not be performed: a rejection of its promises is nobody's error any more. Looks for promises where the
 * functions of this library take them:
 *
 *     promise    fromPromise(promise)    timeout(5, promise)    all([promise, promise])    all({ a: promise })
 *
 * that is, in the value itself, in the arguments of an effect, and one level further in an argument that is an array or
 * an object of awaitables; and the same again in the effects that are found there. Never throws. Thenables that are no
 * promises are left alone: to call `then` may be what starts their work, and the host does not watch them.
 */
export function discard(value: unknown): void {
  // A list that grows while it is worked off, not a recursion: effects can be nested a million levels deep.
  const dropped: unknown[] = [value];
  for (let index = 0; index < dropped.length && index < MOST; index++) {
    const one = dropped[index];
    if (typeof one !== 'object' || one === null) continue;
    try {
      if (one instanceof Effect) addArguments(one, dropped);
      else if (isNativePromise(one)) ignoreRejection(one);
    } catch {
      // It cannot be looked at: a revoked proxy, a subclass of Promise that throws. The others still can.
    }
  }
}

function addArguments({ payload }: Effect<unknown>, dropped: unknown[]): void {
  const args: readonly unknown[] = Array.isArray(payload) ? payload : [payload];
  for (const argument of args) {
    dropped.push(argument);
    addWithin(argument, dropped);
  }
}

/**
 * The items of an array; the fields of an object whose fields are awaitables, which `all` and its relatives have
 * listed.
 */
function addWithin(argument: unknown, dropped: unknown[]): void {
  if (typeof argument !== 'object' || argument === null) return;
  try {
    if (Array.isArray(argument)) {
      for (let index = 0; index < argument.length && dropped.length < MOST; index++) dropped.push(argument[index]);
    } else for (const name of listedFields(argument)) dropped.push(valueOf(argument, name));
  } catch {
    // A revoked proxy.
  }
}

/** Also one of another realm (a frame, node:vm), which is an instance of that realm's Promise. */
function isNativePromise(value: object): value is Promise<unknown> {
  return value instanceof Promise || valueOf(Object.getPrototypeOf(value) as object, Symbol.toStringTag) === 'Promise';
}

function ignoreRejection(promise: Promise<unknown>): void {
  // The language's own `then`, because a subclass may have one that starts work.
  Promise.prototype.then.call(promise, undefined, () => {});
}
