// Running a program to its end at once. Relies on at-once, run and the virtual clock.

import { breakDeadlock } from '../host/deadlock.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { AtOnceLoop } from './at-once.ts';
import { start } from './run.ts';
import type { RunOptions } from './run.ts';

class SyncLoop extends AtOnceLoop {
  /** @internal */ override readonly _whereAndInstead = 'runSync: use run';

  /** @internal */ override _start(main: Task): void {
    super._start(main);
    this._slice();
  }

  /** @internal No other loop can wake a task, because none of them runs meanwhile. */
  override _idle(): boolean {
    const over = this._main?.done !== false;
    if (!over && (this._clock._moveOn?.() || breakDeadlock(this))) return true;
    return super._idle();
  }
}

/**
 * Runs a program on a virtual clock, to its end, before it returns: hours of `sleep` take no time. Returns the result
 * or throws the error. Throws a `TypeError` for what cannot be awaited. To wait for a promise or a request throws an
 * `InvalidStateError` into the coroutine.
 *
 * @example
 * runSync((function* () { yield* sleep(3_600_000); return 'an hour later'; })());
 */
export function runSync<A extends Awaitable<unknown>>(main: A, options: Omit<RunOptions, 'clock'> = {}): Result<A> {
  checkAwaitable(main, 'run', 'runSync');
  return start(new SyncLoop({ ...options, clock: new VirtualClock() }), main, options).result();
}
