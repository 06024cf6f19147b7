// What can be yielded, spawned, joined: the check, and what is said of anything else.
// Relies on effect, outcome, frame, show.

import { Effect } from './effect.ts';
import { isGenerator } from './frame.ts';
import { Outcome } from './outcome.ts';
import { show } from './show.ts';

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

/** Gives the awaitable, or throws a `TypeError` that says what cannot be done with it, and with what it can. */
export function checkAwaitable<A>(value: A, done: string): A {
  if (value instanceof Effect || value instanceof Outcome || isGenerator(value) || isPromise(value)) return value;
  const meant = typeof value === 'function' ? 'to call it' : Array.isArray(value) ? 'all(...)' : 'fromPromise(...)';
  throw new TypeError(`${show(value)} cannot be ${done}; did you mean ${meant}? Effects, coroutines, tasks, futures and promises can`);
}
