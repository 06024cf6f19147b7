// Running a program to its end at once. Relies on run and the virtual clock.

import { breakDeadlock } from '../host/deadlock.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { discard } from '../kernel/discard.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { InvalidStateError } from '../words/errors.ts';
import { Loop } from './loop.ts';
import { start } from './run.ts';
import type { RunOptions } from './run.ts';

/** Once is enough: a program may call runSync a thousand times. */
let warned = false;

/** A loop that never lets the host have its turn. */
class SyncLoop extends Loop {
  /** @internal */ override readonly _runsAtOnce = true;

  /** @internal */ override _refusePromise(task: Task, promise?: PromiseLike<unknown>): void {
    discard(promise); // nobody waits for it
    throw new InvalidStateError(`${task} cannot wait for the outside world in runSync: use run`);
  }

  /** @internal */ override _debugIsLate(): void {
    if (warned) return;
    warned = true;
    console.warn(
      'treadle: debug mode is loaded asynchronously, and runSync cannot wait for it: start Node with --import treadle/debug',
    );
  }

  /** @internal */ override _start(main: Task): void {
    main._observe(); // by runSync, which is about to look
    this._awake = true; // nobody need wake us
    super._start(main);
    this._slice();
  }

  /** @internal */ override _sliceIsOver(): boolean {
    this._budget = 1e6; // until we are asked again, which costs nothing
    return false;
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
