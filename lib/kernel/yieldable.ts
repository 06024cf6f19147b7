// What can be yielded, spawned, joined: the check, and what is said of anything else.
// Relies on effect, outcome, frame, explain.

import { Effect } from './effect.ts';
import { cannotBe } from '../words/messages.ts';
import { isGenerator } from './frame.ts';
import { Outcome } from './outcome.ts';

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

export function isAwaitable(value: unknown): boolean {
  return value instanceof Effect || value instanceof Outcome || isGenerator(value) || isPromise(value);
}

/** Gives the awaitable, or throws a `TypeError` that says what cannot be done with it, and with what it can. */
export function checkAwaitable<A>(value: A, done: string): A {
  if (isAwaitable(value)) return value;
  throw new TypeError(cannotBe(done, value));
}
