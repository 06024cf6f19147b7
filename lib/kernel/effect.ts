// An effect: an immutable description of one request to the scheduler. It does nothing until a task
// yields it; then the task calls its handler. All effects are of this ONE class, whatever their kind,
// so that the trampoline sees one shape: 25 ns a dispatch over 8 mixed kinds, against 43 for a method
// overridden in subclasses.
// Relies on words.

import { brief, inspect, showCall } from '../words/show.ts';

/** What a handler returns when the task must wait. It has then seen to it that the task will be woken. */
export const SUSPENDED: unique symbol = /* @__PURE__ */ Symbol() as never;

/**
 * Performs an effect for a task: returns the answer, throws an error into the coroutine, or arranges
 * the wake-up and returns SUSPENDED. `never`, because only the effect's constructor knows the kind of
 * task and payload.
 */
export type Handler = (task: never, payload: never) => unknown;

// An effect's flags. ENTERED is its only state that ever changes, and never for longer than between two calls that the
// language makes one right after the other, see `next`.
const ENTERED = 1;
/** Its answer is something acquired, which can be given back: see acquired.ts. */
export const ACQUIRES = 2;
/**
 * It is performed in the very step in which it is yielded: it is not put off, and not dropped for a cancellation. For
 * what begins a shield, because a clean-up that was reached must not be lost; and for the waits of combinators. What it
 * leads to is another yield, and that can be put off.
 */
export const AT_ONCE = 4;
/** It was given a promise, itself or within the works that it is made of. */
export const PROMISED = 8;
/** Its answer always comes from outside of the program, also when it is there at once: a journal keeps it. */
export const OUTSIDE = 16;
/**
 * It begins to listen to the world outside, and what it listens for may be on its way already. So it is not put off
 * until the host has had its turn: the event would come before it listens.
 */
export const LISTENS = 32;

/**
 * A request to the scheduler, described and not yet made: `sleep(100)`. It does nothing before it is yielded, prints as
 * it was written, and may be yielded twice, or by two tasks. `yield*` gives its answer, which is a `T`.
 */
export class Effect<T> {
  /** The name of the function that made it: `'sleep'`. */
  declare readonly kind: string;
  /** An array: the arguments. Undefined: none. Anything else: the only argument. */
  declare readonly payload: unknown;
  /** @internal */ declare readonly _handler: Handler;
  /** @internal */ declare _flags: number;

  constructor(kind: string, payload: unknown, handler: Handler, flags = 0) {
    this.kind = kind;
    this.payload = payload;
    this._handler = handler;
    this._flags = flags;
  }

  // `yield* effect` asks the effect for an iterator and then calls next() twice: at once, to get the effect out to the
  // scheduler, and later with the answer. It is as if this were
  //
  //   *[Symbol.iterator]() { return yield this; }
  //
  // but that takes 52 ns, a fresh iterator object 37, and the effect as its own iterator 31. Any number of tasks may
  // share it, because the only state is between [Symbol.iterator]() and the first next(), and the language runs no
  // other code between those two. `any`: what is sent into a generator has no type in the language; the answer is a T.
  [Symbol.iterator](): Iterator<Effect<unknown>, T, any> {
    // Opened twice at once: a comparison of an effect with itself does that (in vitest and jest). The second one must
    // not see the state of the first.
    if (this._flags & ENTERED) return yieldOnce(this);
    this._flags |= ENTERED;
    return this as never;
  }

  /** @internal */
  next(value: unknown): unknown {
    if (!(this._flags & ENTERED)) return { value, done: true };
    this._flags &= ~ENTERED;
    return value === undefined ? { value: this, done: false } : { value, done: true };
  }

  /** @internal Without it, throwing into a generator at its `yield*` would be a TypeError of the language. */
  throw(error: unknown): never {
    throw error;
  }

  /** As it was written: `sleep(100)`, `page('http://localhost/')`, `jobs.get()`. */
  toString(): string {
    const { kind, payload } = this;
    const given =
      payload === undefined ? []
      : Array.isArray(payload) ? payload
      : [payload];
    return showCall(kind, given);
  }

  /** @internal */
  [inspect](): string {
    return `${this}`;
  }

  /** @internal */
  [brief](): string {
    return `${this}`;
  }
}

/** The flags that an effect has because of a work that it is made of. */
export function inherited(work: unknown): number {
  if (work instanceof Effect) return work._flags & (ACQUIRES | PROMISED | LISTENS);
  return work instanceof Promise ? PROMISED : 0;
}

/** Must what was yielded here be performed in this step? */
export function isAtOnce(yielded: unknown): boolean {
  return yielded instanceof Effect && (yielded._flags & AT_ONCE) !== 0;
}

/** Does it begin to listen, so that it should not be put off? */
export function listens(yielded: unknown): boolean {
  return yielded instanceof Effect && (yielded._flags & LISTENS) !== 0;
}

function* yieldOnce<T>(effect: Effect<T>): Generator<Effect<T>, T, any> {
  return yield effect;
}
