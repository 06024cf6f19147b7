// ensure: a clean-up that nothing cuts short. Relies on the kernel, coroutine, shield.

import { giveBack, givenBackBy } from '../kernel/acquired.ts';
import type { Awaitable, Coroutine, Result } from '../kernel/awaitable.ts';
import { checkAwaitable, isAwaitable } from '../kernel/awaitable.ts';
import { AT_ONCE, Effect, inherited, PROMISED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { combine } from '../words/combine.ts';
import { mustBe } from '../words/messages.ts';
import { shieldedFunction } from './shield.ts';
import type { Restore } from './shield.ts';

/** What is to be done at the end: an awaitable, or a function that gives one or does it at once. */
export type CleanUp = Awaitable<unknown> | (() => Awaitable<unknown> | void);

type Arguments = [work: Awaitable<unknown>, cleanUp: CleanUp];

const performEnsure = /* @__PURE__ */ givenBackBy(
  (task: Task, [work, cleanUp]: Arguments) => {
    const giveBackAnswer = (answer: unknown) => giveBack(work, answer, task);
    const fn = (restore: Restore) => ensured(restore, work, cleanUp, giveBackAnswer);
    return task._call(shieldedFunction(task, fn, giveBackAnswer));
  },
  ([work]: Arguments, answer, task) => giveBack(work, answer, task),
);

/**
 * The two halves of `ensure` and `use`, within a shield: the work can be cancelled, the clean-up cannot. When that
 * fails, nobody gets the answer of the work.
 */
export function* ensured(
  restore: Restore,
  work: Awaitable<unknown>,
  cleanUp: CleanUp,
  giveBackAnswer: (answer: unknown) => void,
): Coroutine<unknown> {
  const errors: unknown[] = [];
  let answer: unknown;
  let answered = false;
  let closed = true; // by return(): then nothing behind the last block runs
  try {
    answer = yield restore(work);
    answered = true;
    closed = false;
  } catch (error) {
    errors.push(error);
    closed = false;
  } finally {
    try {
      const last = typeof cleanUp === 'function' ? cleanUp() : cleanUp;
      if (isAwaitable(last)) yield last as Awaitable<unknown>;
    } catch (error) {
      if (closed) throw error;
      errors.push(error);
    }
  }
  if (errors.length > 0) {
    if (answered) giveBackAnswer(answer);
    throw combine(errors);
  }
  return answer;
}

/**
 * Runs the work, and then, however it ends, the clean-up: whole, because no cancellation can cut it. A bare `finally`
 * that waits is cut when it was entered without a cancellation, and one comes then; the language gives no way to tell.
 * A cancellation that comes during the clean-up is delivered at its end, at this very yield. Gives the result of the
 * work. Two errors, the work's and the clean-up's, are thrown as one `AggregateError`. Throws a `TypeError` at the
 * call for what cannot be awaited.
 *
 * @example
 * yield* lock.acquire();
 * yield* ensure(pay(), function* () {
 *   yield* log('paid, or not');
 *   lock.release();
 * });
 */
export function ensure<A extends Awaitable<unknown>>(work: A, cleanUp: CleanUp): Effect<Result<A>> {
  checkAwaitable(work, 'the work of ensure');
  if (typeof cleanUp !== 'function' && !isAwaitable(cleanUp)) {
    throw new TypeError(mustBe('ensure', 'as its clean-up an awaitable or a function', cleanUp));
  }
  const flags = inherited(work) | (inherited(cleanUp) & PROMISED) | AT_ONCE;
  return new Effect('ensure', [work, cleanUp], performEnsure, flags);
}
