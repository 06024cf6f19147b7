// retry: again, after a while, until it succeeds. Relies on effects.

import { random } from '../effects/random.ts';
import { sleep } from '../effects/sleep.ts';
import { giveBackNoted, givenBackBy, noteAnswer, wayBack } from '../kernel/acquired.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { checkDuration, checkFunction, checkLimit, checkNumber } from '../words/check.ts';
import { ACQUIRES, Effect } from '../kernel/effect.ts';
import { isGenerator } from '../kernel/frame.ts';
import type { Task } from '../kernel/task.ts';

/**
 * The options of `retry`: how often it tries, how long it waits in between, and which errors are worth another attempt.
 */
export interface RetryOptions {
  /** How often in all; 3 by default. */
  readonly attempts?: number | undefined;
  /**
   * Milliseconds before the second attempt; 0 by default. A function is asked before each further attempt, with the
   * error and the number of the attempt that failed, and says how long to wait: a server's `Retry-After`, for instance.
   */
  readonly delay?: number | ((error: unknown, attempt: number) => number) | undefined;
  /** Each further delay is this many times as long; 2 by default. Not used when `delay` is a function. */
  readonly backoff?: number | undefined;
  /** No delay is longer than this many milliseconds. */
  readonly maxDelay?: number | undefined;
  /**
   * From 0 to 1: each delay is shortened by a random part of up to this much (`random()`), so that many tasks that
   * retry do not do it at once; 0 by default.
   */
  readonly jitter?: number | undefined;
  /** Is it worth another attempt? Always, by default. */
  readonly when?: ((error: unknown, attempt: number) => boolean) | undefined;
}

type Arguments = [fn: (attempt: number) => Awaitable<unknown>, options?: RetryOptions];

function* retrying(task: Task, [fn, options = {}]: Arguments): Generator<unknown, unknown, unknown> {
  const { attempts = 3, delay = 0, backoff = 2, maxDelay = Infinity, jitter = 0, when = () => true } = options;
  let work: Awaitable<unknown> | undefined;
  for (let attempt = 1; ; attempt++) {
    const previous = work;
    let pause: number;
    try {
      noteAnswer(task);
      work = fn(attempt);
      const answer = yield work;
      noteAnswer(task, wayBack(work, answer, task));
      return answer;
    } catch (error) {
      // The same coroutine object again is a mistake of the program: no further attempt will mend it.
      const reused = work === previous && isGenerator(work);
      if (attempt >= attempts || reused || !when(error, attempt)) throw error;
      pause =
        typeof delay === 'function' ? checkDelay(delay(error, attempt)) : delay && delay * backoff ** (attempt - 1);
    }
    const shortened = jitter > 0 ? jitter * (yield* random()) : 0;
    yield sleep(Math.min(pause, maxDelay) * (1 - shortened));
  }
}

function checkDelay(ms: number): number {
  return checkNumber("retry's delay", ms, 'a function that returns 0 or more milliseconds', (n) => n >= 0);
}

const performRetry = /* @__PURE__ */ givenBackBy(
  (task: Task, given: Arguments) => task._call(retrying(task, given)),
  giveBackNoted,
);

/**
 * Runs `fn(1)`, and when that throws, after a delay, `fn(2)`, and so on; gives the first result or throws the last
 * error. Cancellation is no error and is never retried. A cancellation ends the attempt, or the delay, that is under
 * way. Throws a `TypeError` or `RangeError` at the call for wrong options.
 *
 * @example
 * const text = yield* retry(() => page(url), { attempts: 5, delay: 100, jitter: 0.5 });
 */
export function retry<A extends Awaitable<unknown>>(
  fn: (attempt: number) => A,
  options?: RetryOptions,
): Effect<Result<A>> {
  checkFunction('retry', fn, 'a function that starts each attempt');
  const { attempts = 1, delay = 0, maxDelay = 0, backoff = 1, jitter = 0, when } = options ?? {};
  checkLimit('retry', attempts, 'attempts', 1);
  checkNumber('retry', backoff, 'a backoff of 0 or more', (n) => n >= 0);
  checkNumber('retry', jitter, 'a jitter from 0 to 1', (n) => n >= 0 && n <= 1);
  if (when !== undefined) checkFunction('retry', when, 'a function as when');
  if (typeof delay !== 'function') checkDuration('retry: delay', delay);
  checkDuration('retry: maxDelay', maxDelay);
  return new Effect('retry', options ? [fn, options] : [fn], performRetry, ACQUIRES);
}
