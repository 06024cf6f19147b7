// A rate limit: at most `limit` tasks go on in `per` milliseconds. What it hands out is time, so nothing is released.
//
// It is a bucket with `burst` tokens, into which one more falls every `per / limit` milliseconds while there is room.
// No timer fills it: `full` is the time at which it will be full again, and each token that is taken moves that on. A
// task that must wait does so with a lock in its hands. So the others stand in line behind it, and when one is
// cancelled, the next one takes its place, and no time is lost. Relies on lock, effects.

import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import { sleep } from '../effects/sleep.ts';
import { giveBack, givenBackBy } from '../kernel/acquired.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';
import type { Awaitable, Coroutine, Result } from '../kernel/awaitable.ts';
import { Effect, inherited } from '../kernel/effect.ts';
import type { Loop } from '../loop/loop.ts';
import { checkCount, checkNumber } from '../words/check.ts';
import { Lock } from './lock.ts';
import type { NameOption } from './named.ts';

/** The options of a `RateLimit`: in which time its limit counts, and how many may come at once. */
export interface RateLimitOptions extends NameOption {
  /** Milliseconds in which there may be `limit`; 1,000 by default. */
  readonly per?: number | undefined;
  /** How many may come at once, when none came for a while; 1 by default, which spaces them evenly. */
  readonly burst?: number | undefined;
}

/** The state of the limit in one loop. Another loop has another clock. */
interface Bucket {
  readonly line: Lock;
  full: number;
}

/**
 * Lets at most `limit` through in `per` milliseconds, in the order in which they ask. Each loop that uses it has the
 * whole limit for itself.
 *
 * @example
 * const limit = new RateLimit(10, { burst: 5 }); // 10 a second, and up to 5 at once
 * const pages = yield* map(urls, (url) => limit.with(page(url)));
 */
export class RateLimit {
  /** Shown in reports: what its effects are printed with. */
  readonly name: string;
  private readonly _interval: number;
  private readonly _burst: number;
  private readonly _acquire: Effect<void>;
  private readonly _buckets = new WeakMap<Loop, Bucket>();

  /**
   * Throws a `TypeError` or `RangeError` when `limit` or `burst` is not a whole number of 1 or more, or `per` is not a
   * number of milliseconds above 0.
   */
  constructor(limit: number, { per = 1_000, burst = 1, name = 'rateLimit' }: RateLimitOptions = {}) {
    checkCount('a RateLimit', limit, 'a limit', 1);
    checkCount('a RateLimit', burst, 'a burst', 1);
    checkNumber('a RateLimit', per, 'a time of more than 0 milliseconds as per', (ms) => ms > 0 && ms < Infinity);
    this.name = name;
    this._interval = per / limit;
    this._burst = burst;
    this._acquire = new Effect(
      `${name}.acquire`,
      undefined,
      frameOf('acquire', () => this._waiting()),
    );
  }

  /**
   * Waits until the limit lets this task through; tasks are let through in the order in which they came. Cancelled, it
   * was not let through, and takes nothing from those behind it.
   *
   * @example
   * yield* limit.acquire();
   * yield* fetch(url);
   */
  acquire(): Effect<void> {
    return this._acquire;
  }

  /**
   * Waits for the limit, runs the work, and gives its result. Throws a `TypeError` at the call when the work cannot be
   * awaited.
   *
   * @example
   * const response = yield* limit.with(fetch(url));
   */
  with<A extends Awaitable<unknown>>(work: A): Effect<Result<A>> {
    checkAwaitable(work, `run with ${this.name}`);
    return new Effect(`${this.name}.with`, [this, work], performWith, inherited(work));
  }

  private *_waiting(): Coroutine<void> {
    const { loop } = yield* currentTask();
    let bucket = this._buckets.get(loop);
    if (bucket === undefined) this._buckets.set(loop, (bucket = { line: new Lock(), full: 0 }));
    yield* bucket.line.with(this._take(loop, bucket));
  }

  private *_take(loop: Loop, bucket: Bucket): Coroutine<void> {
    const now = loop.now();
    const wait = bucket.full - (this._burst - 1) * this._interval - now;
    if (wait > 0) yield* sleep(wait);
    // A timer is late, never early. Those that wait are spaced from the time that was meant, so that they do not fall
    // behind.
    else if (bucket.full < now) bucket.full = now;
    bucket.full += this._interval;
  }
}

const performWith = /* @__PURE__ */ givenBackBy(
  /* @__PURE__ */ frameOf('with', function* (limit: RateLimit, work: Awaitable<unknown>) {
    yield limit.acquire();
    return yield work;
  }),
  ([, work]: [RateLimit, Awaitable<unknown>], answer, task) => giveBack(work, answer, task),
);
