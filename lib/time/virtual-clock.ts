// The virtual clock: time that passes only when every task waits, and then at once. Relies on clock,
// timers and deadlock.

import type { Clock } from './clock.ts';
import { breakDeadlock, waitsElsewhere } from '../host/deadlock.ts';
import type { Waiter } from '../kernel/waiting.ts';
import { Timers } from './timers.ts';

import type { Loop } from '../loop/loop.ts';

/**
 * A program that sleeps for an hour ends in milliseconds, and always in the same order. Starts at 0. While
 * a task waits for the world outside (a promise, a request), time stands still. One clock serves one loop.
 *
 * @example
 * run(main(), { clock: new VirtualClock() })
 */
export class VirtualClock implements Clock {
  private _time = 0;
  private readonly _timers = new Timers();

  now(): number {
    return this._time;
  }

  _park(time: number, waiter: Waiter): void {
    this._timers._add(time, waiter);
  }

  /** On to the next deadline, unless the host is still busy for the loop; with none, whoever still waits waits for ever. */
  _advance(loop: Loop, alone = false): boolean {
    if (loop._outside > 0 && !alone) return false;
    const due = this._timers._next();
    if (due === Infinity) return (alone || !waitsElsewhere(loop)) && breakDeadlock(loop);
    this._time = due;
    this._timers._fire(due);
    return true;
  }
}
