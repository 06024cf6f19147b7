// step: walks a coroutine by hand. No loop runs, and no effect is performed: the test looks at what the coroutine
// yields and gives the answers. Relies on the kernel.

import { checkAwaitable } from '../kernel/awaitable.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { isGenerator } from '../kernel/frame.ts';
import { InvalidStateError } from '../words/errors.ts';
import { mustBe, show } from '../words/messages.ts';

/**
 * Walks a coroutine by hand, for tests of what it does in which order. Nothing is performed. The coroutine has run to
 * its first yield when this returns; from then on it goes on when you give an answer. Takes a coroutine, or a call of a
 * function that was made with `coroutine`. What it calls in turn is one effect for you, as it was written:
 * `page('/a')`. Throws a `TypeError` for anything else.
 *
 * @example
 * const walk = step(order(cart));
 * assert.deepEqual(walk.yielded, reserve(cart));
 * walk.answer({ id: 7 });
 * assert.deepEqual(walk.yielded, charge(7));
 * walk.fail(new Error('card refused'));
 * assert.deepEqual(walk.yielded, release(7)); // it is given back
 */
export function step<T>(work: Coroutine<T> | Effect<T>): Walk<T> {
  return new Walk(generatorOf(checkAwaitable(work, 'walked', 'step')) as Coroutine<T>);
}

/** A coroutine that was made with `coroutine` hands its generator to the task. This one only takes it. */
function generatorOf(work: unknown): Generator<unknown, unknown, unknown> {
  if (isGenerator(work)) return work as Generator<unknown, unknown, unknown>;
  const refuse = () => new TypeError(mustBe('step', 'a coroutine, or a call of one', work));
  if (!(work instanceof Effect)) throw refuse();
  let generator: Generator<unknown, unknown, unknown> | undefined;
  const take = (called: Generator<unknown, unknown, unknown>) => {
    generator = called;
    return SUSPENDED;
  };
  const standIn = new Proxy(Object.create(null) as object, {
    get(_target, name) {
      if (name === '_call') return take;
      throw refuse(); // an effect that needs a real task
    },
  });
  work._handler(standIn as never, work.payload as never);
  if (generator === undefined) throw refuse();
  return generator;
}

/** A coroutine that is walked by hand: what it has yielded, and the ways to answer. `step` makes it. */
export class Walk<T> {
  private readonly generator: Coroutine<T>;
  private last: IteratorResult<unknown, unknown> = { done: true, value: undefined };
  private failure: (() => never) | undefined = undefined;

  /** @internal Use `step`. */
  constructor(generator: Coroutine<T>) {
    this.generator = generator;
    this.go(() => generator.next());
  }

  /** True when the coroutine has returned, has thrown, or was closed to its end. */
  get done(): boolean {
    return this.last.done === true;
  }

  /** What the coroutine has yielded, and waits for. Throws an `InvalidStateError` when it is over. */
  get yielded(): unknown {
    if (this.done) throw new InvalidStateError(`the coroutine is over: it yields nothing any more`);
    return this.last.value;
  }

  /** What it has returned. Throws the error that it threw, and an `InvalidStateError` while it is not over. */
  get result(): T {
    this.failure?.();
    if (!this.done) throw new InvalidStateError(`the coroutine is not over: it waits for ${show(this.last.value)}`);
    return this.last.value as T;
  }

  /** It goes on with this answer, to its next yield or its end. Throws an `InvalidStateError` when it is over. */
  answer(value?: unknown): this {
    return this.goOn(() => this.generator.next(value));
  }

  /** It goes on with this error, thrown at its yield. Throws an `InvalidStateError` when it is over. */
  fail(error: unknown): this {
    return this.goOn(() => this.generator.throw(error));
  }

  /**
   * It is cancelled: closed with `return()`, so that only its `finally` blocks run. What they yield is there to be
   * answered. Throws an `InvalidStateError` when it is over.
   */
  cancel(): this {
    return this.goOn(() => this.generator.return(undefined as T));
  }

  private goOn(resume: () => IteratorResult<unknown, unknown>): this {
    void this.yielded; // throws when it is over
    return this.go(resume);
  }

  private go(resume: () => IteratorResult<unknown, unknown>): this {
    try {
      this.last = resume();
    } catch (error) {
      this.last = { done: true, value: undefined };
      this.failure = () => {
        throw error;
      };
    }
    return this;
  }
}
