// The types of what can be yielded, joined, spawned and given to combinators.

import type { Effect } from './effect.ts';
import type { Outcome } from './outcome.ts';

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
