// The virtual clock of `treadle/testing`: the one of the core, which can also be driven by hand.
//
// By itself a virtual clock moves on as soon as every task waits. By hand it stands still until it is told how far to
// go, so that a test can look at the program in between. It goes in small steps: from deadline to deadline, and before
// each of them all that is ready runs, and all promises that are settled by then are heard.
//
//     advance(100):   settle ─▶ to 30, wake ─▶ settle ─▶ to 80, wake ─▶ settle ─▶ to 100 ─▶ settle
//
// To settle takes turns of the host (a turn runs all microtasks there are), until the loop is asleep after one of them.
// Relies on time and the host.

import { afterHost } from '#host';
import type { Place, Waiter } from '../kernel/waiting.ts';
import type { Loop } from '../loop/loop.ts';
import { VirtualClock as CoreClock } from '../time/virtual-clock.ts';
import { checkCount, checkDuration } from '../words/check.ts';

/** The options of a `VirtualClock`: what moves it. */
export interface VirtualClockOptions {
  /** The clock stands still from the beginning, and moves only by `advance`, `advanceToNext` and `runUntilIdle`. */
  readonly manual?: boolean | undefined;
}

/** A deadline of the clock's own, at the end of an `advance`: the clock goes there, and wakes nobody. */
class Arrival implements Waiter {
  /** @internal */ _previous: Waiter | undefined = undefined;
  /** @internal */ _next: Waiter | undefined = undefined;
  /** @internal */ _place: Place | undefined = undefined;
  reached = false;

  /** @internal */ _wake(): void {
    this.reached = true;
  }

  /** @internal It never stands in the ready queue. */
  _run(): void {}
}

/**
 * Time that passes only when every task waits, and then at once: `run(main(), { clock: new VirtualClock() })`. While a
 * task waits for the world outside (a promise, a request), it stands still. Starts at 0. One clock serves one loop.
 *
 * With `{ manual: true }`, or from the first call of one of its methods on, it is driven by hand: it moves only when
 * they say so, also past tasks that wait for the world outside.
 *
 * @example
 * const clock = new VirtualClock({ manual: true });
 * const task = run(main(), { clock });
 * clock.advance(100).then(() => console.log(`${task}`)); // 100 ms later, and everything that follows from it
 */
export class VirtualClock extends CoreClock {
  private manual: boolean;
  private loop: Loop | undefined = undefined;
  /** One call after the other, in the order in which they came. */
  private last: Promise<unknown> = Promise.resolve();

  constructor({ manual = false }: VirtualClockOptions = {}) {
    super();
    this.manual = manual;
  }

  /**
   * Moves on by `ms` milliseconds, and wakes the tasks that become due on the way, each at its own time. The promise
   * gives the new time, when all that follows from it has run. `advance(0)` lets everything run that needs no time.
   * Throws a `TypeError` or `RangeError` at the call for anything but a finite duration.
   */
  advance(ms: number): Promise<number> {
    checkDuration('advance', ms);
    if (ms === Infinity) throw new RangeError('advance takes a finite time; runUntilIdle() goes to the last timer');
    return this.enqueue(() => {
      const arrival = new Arrival();
      if (ms > 0) this._park(this.now() + ms, arrival);
      else arrival.reached = true;
      const go = (): Promise<unknown> => (arrival.reached ? Promise.resolve() : this.step().then(go));
      return go();
    });
  }

  /** Moves on to the next deadline. Without one, the time stays. The promise gives the time, as `advance` does. */
  advanceToNext(): Promise<number> {
    return this.enqueue(() => this.step());
  }

  /**
   * Moves on from deadline to deadline until no task waits for a time any more. Tasks that are left wait for the
   * outside world, or for ever. The promise resolves with the time. It is rejected when there are still timers after
   * `limit` deadlines (100,000 by default): the program sets new ones for ever.
   */
  runUntilIdle({ limit = 100_000 }: { readonly limit?: number | undefined } = {}): Promise<number> {
    checkCount('runUntilIdle', limit, 'a limit', 1);
    return this.enqueue(() => {
      let moves = 0;
      const go = (): Promise<unknown> => {
        if (!this._hasTimers()) return Promise.resolve();
        if (moves++ === limit)
          throw new Error(`runUntilIdle: after ${limit} deadlines there are still timers, at ${this.now()} ms`);
        return this.step().then(go);
      };
      return go();
    });
  }

  // ---- One after the other

  private enqueue(work: () => Promise<unknown>): Promise<number> {
    this.manual = true;
    const mine = this.last.then(() => this.settle()).then(work);
    this.last = mine.then(undefined, () => {}); // a failure is its caller's, and not that of the next one
    return mine.then(() => this.now());
  }

  /** To the next deadline, if there is one, and all that follows from it. */
  private step(): Promise<void> {
    super._moveOn();
    return this.settle();
  }

  /** Waits until the loop is asleep after a turn of the host, in which all promises that are settled were heard. */
  private settle(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => (this.loop?._running && this.loop._awake ? afterHost(look) : resolve());
      afterHost(look);
    });
  }

  // ---- What the loop asks

  /** @internal By hand the host does not move it either, when it has nothing else left to do. */
  override _moveOn(): boolean {
    return !this.manual && super._moveOn();
  }

  /** @internal By hand, nothing moves it from within, and the code that holds the clock may still wake a task. */
  override _whenIdle(loop: Loop): boolean {
    return !this.manual && super._whenIdle(loop);
  }

  /** @internal */ override _serve(loop?: Loop): void {
    this.loop = loop;
  }
}
