// Running a program to its end at once. Relies on run and the virtual clock.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { discard } from '../kernel/discard.ts';
import { InvalidStateError } from '../words/errors.ts';
import { Loop } from './loop.ts';
import { startMain } from './run.ts';
import type { RunOptions } from './run.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';
import { VirtualClock } from '../time/virtual-clock.ts';

/** Once is enough: a program may call runSync a thousand times. */
let warned = false;

/** A loop that never lets the host in. */
class SyncLoop extends Loop {
  override _refusePromise(task: Task, promise?: PromiseLike<unknown>): void {
    discard(promise); // nobody waits for it
    throw new InvalidStateError(`${task} cannot wait for the outside world in runSync: use run`);
  }

  override _startAfter(): void {
    if (warned) return;
    warned = true;
    console.warn(
      'treadle: debug mode is loaded asynchronously, and runSync cannot wait for it: start Node with --import treadle/debug',
    );
  }

  override _start(main: Task): void {
    main._observe(); // by runSync, which is about to look
    super._start(main);
    this._slice();
  }

  override _spent(): boolean {
    this._budget = 1000;
    return false;
  }

  override _idle(): boolean {
    if (this._running && !this._main?.done && this._clock._advance?.(this, true)) return true;
    return super._idle();
  }
}

/**
 * Runs a program on a virtual clock, to its end, before it returns: hours of `sleep` take no time. Returns
 * the result or throws the error. To wait for a promise or a request is an error here, and so is what cannot be
 * awaited.
 *
 * @example
 * runSync((function* () { yield* sleep(3_600_000); return 'an hour later'; })());
 */
export function runSync<A extends Awaitable<unknown>>(main: A, options: Omit<RunOptions, 'clock'> = {}): Result<A> {
  checkAwaitable(main, 'run', 'runSync');
  return startMain(new SyncLoop({ ...options, clock: new VirtualClock() }), main, options).result();
}
