// The virtual clock: time that passes only when every task waits, and then at once. Relies on timers, seeded and
// deadlock.

import { breakDeadlock, mayBeWokenElsewhere } from '../host/deadlock.ts';
import type { Waiter } from '../kernel/waiting.ts';
import type { Loop } from '../loop/loop.ts';
import type { Clock } from './clock.ts';
import { seeded } from './seeded.ts';
import { Timers } from './timers.ts';

/** What `random()` starts from, so that a program on a virtual clock does the same each time. Any number would do. */
const SEED = 1;

/**
 * A program that sleeps for an hour ends in milliseconds, and always in the same order. Starts at 0. While
 * a task waits for the world outside (a promise, a request), time stands still. One clock serves one loop.
 *
 * @example
 * run(main(), { clock: new VirtualClock() })
 */
export class VirtualClock implements Clock {
  /** @internal */ readonly _random = seeded(SEED);
  /** @internal For instruments: called with the new time, before the waiters that are due are woken. */
  _onMove: ((time: number) => void) | undefined = undefined;
  private _time = 0;
  private readonly _timers = new Timers();

  now(): number {
    return this._time;
  }

  /** @internal */ _park(time: number, waiter: Waiter): void {
    this._timers._add(time, waiter);
  }

  /** @internal */ _hasTimers(): boolean {
    return this._timers._next() < Infinity;
  }

  /** @internal */ _moveOn(): boolean {
    const due = this._timers._next();
    if (due === Infinity) return false;
    this._time = due;
    this._onMove?.(due);
    this._timers._fire(due);
    return true;
  }

  /** @internal On to the next deadline. If there is none, tasks that still wait are woken by another loop, or never. */
  _whenIdle(loop: Loop): boolean {
    if (loop._outside > 0) return false;
    return this._moveOn() || (!mayBeWokenElsewhere(loop) && breakDeadlock(loop));
  }

  /** @internal */ _serve(): void {}
}
