// What can be awaited: yielded, joined, spawned, given to combinators. The types, the check, and the error for anything
// else. Relies on effect, frame, outcome and words.

import { cannotBe } from '../words/messages.ts';
import { Effect } from './effect.ts';
import { isGenerator, isPlainGenerator } from './frame.ts';
import { Outcome } from './outcome.ts';

/**
 * A generator that yields effects. What is sent into it has no one type (each `yield*` has its own),
 * so the language forces `any` for TNext.
 */
export interface Coroutine<T> extends Generator<Awaitable<unknown>, T, any> {}

/** Everything that ends with a T: every function of this library that waits for something takes any of them. */
export type Awaitable<T> = Effect<T> | Coroutine<T> | Outcome<T> | PromiseLike<T>;

/** The T of an awaitable. */
export type Result<A> =
  A extends Effect<infer T> ? T
  : A extends Outcome<infer T> ? T
  : A extends Generator<any, infer T, any> ? T
  : A extends PromiseLike<infer T> ? T
  : never;

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === 'function';
}

export function isAwaitable(value: unknown): boolean {
  // Plain generators first: any other question about one goes up the whole chain of its prototypes in vain.
  return (
    isPlainGenerator(value) ||
    value instanceof Effect ||
    value instanceof Outcome ||
    isGenerator(value) ||
    isPromise(value)
  );
}

/**
 * Gives the awaitable, or throws a `TypeError` that says what cannot be done with it, and what can. `where` is the
 * function that it was given to: a coroutine function that was not called is then answered with `run(work())`.
 */
export function checkAwaitable<A>(value: A, done: string, where?: string): A {
  if (isAwaitable(value)) return value;
  throw new TypeError(cannotBe(done, value, where));
}
