// An effect: an immutable description of one request to the scheduler. It does nothing until a task
// yields it; then the task calls its handler. All effects are of this ONE class, whatever their kind,
// so that the trampoline sees one shape: 25 ns a dispatch over 8 mixed kinds, against 43 for a method
// overridden in subclasses.
// Relies on explain.

import { inspect, show } from '../words/messages.ts';

/** What a handler returns when the task must wait. It has then seen to it that the task will be woken. */
export const SUSPENDED: unique symbol = /* @__PURE__ */ Symbol() as never;

/**
 * Performs an effect for a task: returns the answer, throws an error into the coroutine, or arranges
 * the wake-up and returns SUSPENDED. `never`, because only the effect's constructor knows the kind of
 * task and payload.
 */
export type Handler = (task: never, payload: never) => unknown;

// `yield* effect` asks the effect for an iterator and then calls next() twice: at once, to get the effect
// out to the scheduler, and later with the answer. The effect is its own iterator (31 ns; a fresh one 37),
// and yet any number of tasks may share it, because the only state is between [Symbol.iterator]() and
// the first next(), and the language runs no other code between those two. Hence one variable for all.
let entered: unknown;

export class Effect<T> {
  /** The name of the function that made it: `'sleep'`. */
  declare readonly kind: string;
  /** An array: the arguments. Undefined: none. Anything else: the only argument. */
  declare readonly payload: unknown;
  declare readonly _handler: Handler;

  constructor(kind: string, payload: unknown, handler: Handler) {
    this.kind = kind;
    this.payload = payload;
    this._handler = handler;
  }

  // `any`: what is sent into a generator has no type in the language; the answer's type is T.
  [Symbol.iterator](): Iterator<Effect<unknown>, T, any> {
    entered = this;
    return this as never;
  }

  /** @internal */
  next(value: unknown): unknown {
    const done = entered !== this || value !== undefined;
    entered = undefined;
    return { value: done ? value : this, done };
  }

  /** @internal Without it, throwing into a generator at its `yield*` would be a TypeError of the language. */
  throw(error: unknown): never {
    throw error;
  }

  /** As it was written: `sleep(100)`, `page('http://localhost/')`, `jobs.get()`. */
  toString(): string {
    const { kind, payload } = this;
    return `${kind}(${payload === undefined ? '' : [payload].flat().map(show).join(', ')})`;
  }

  /** @internal */
  [inspect](): string {
    return `${this}`;
  }
}
