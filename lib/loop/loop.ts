// The machine under EventLoop: runs what is ready until nothing is, then waits for the clock or the host.
// It lives on the host's own loop (Node cannot be blocked in a select of ours), in slices: when one has
// lasted a quarter of a millisecond the host gets its turn, so that I/O and timers go on whatever the tasks do.
// Relies on everything else in the kernel.

import { SystemClock } from '../time/clock.ts';
import type { Clock } from '../time/clock.ts';
import { attachDebug, checkDebug, debugMode } from './debug-mode.ts';
import type { Debug } from './debug-mode.ts';
import { afterHost, hostActive, reportError, unwatchHost, watchHost } from '#host';
import type { Waiter } from '../kernel/waiting.ts';
import { Scope } from '../kernel/scope.ts';
import type { Task } from '../kernel/task.ts';
import type { VirtualClock } from '../time/virtual-clock.ts';

/** The budget: after so many steps the loop looks at the time, */
const STEPS = 32;
/** and when the slice has lasted so many milliseconds, the host gets its turn: 1 to 10 thousand quick steps, or few slow ones. */
const SLICE = 0.25;

export interface LoopOptions {
  /** Where time comes from: the system's monotonic clock by default, or a `VirtualClock`. */
  readonly clock?: SystemClock | VirtualClock | undefined;
  /** Is told of errors that no task can receive: a callback threw, a clean-up hangs. By default they are printed, and the exit code becomes 1. It must not throw. */
  readonly onError?: ((error: unknown, where: string) => void) | undefined;
  /**
   * Warns of effects that were made and never yielded, and of steps that take longer
   * than 100 ms, and says where tasks were spawned. Warnings are printed, or given to a function. Debug mode is an entry
   * of its own, `import 'treadle/debug'`; without it, `debug` is a `TypeError`. `node --import treadle/debug` and the
   * environment's `TREADLE_DEBUG=1` turn it on for all loops.
   */
  readonly debug?: Debug | undefined;
}

export class Loop {
  _budget = STEPS;
  _outside = 0;
  _ids = 0;
  /** It owns the tasks that no task owns. */
  readonly _scope = new Scope(undefined, undefined);
  /** The task whose end is the program's. */
  _main: Task | undefined;
  declare readonly _clock: Clock;
  declare readonly _report: (error: unknown, where: string) => void;
  declare readonly _debug: Debug;
  /** The ready queue: linked one way only, because who is in it leaves at the head. */
  _first: Waiter | undefined;
  _last: Waiter | undefined;
  /** What `_scheduleFirst` has put to the front. */
  private _urgent: Waiter | undefined = undefined;
  _running = false;
  /** A slice runs, or the host was asked for one. */
  _awake = false;
  private _turnStart = 0;

  constructor(options: LoopOptions) {
    const { clock = new SystemClock(), onError = reportError } = options;
    this._clock = clock;
    this._report = onError;
    this._debug = checkDebug(options.debug);
  }

  /** Milliseconds since the loop was made; a virtual clock starts at 0. */
  now(): number {
    return this._clock.now();
  }

  _schedule(waiter: Waiter): void {
    if (this._last) this._last._next = waiter;
    else this._first = waiter;
    this._last = waiter;
    this._wakeUp();
  }

  /** At the front of the ready queue: directly after the step that runs now. */
  _scheduleFirst(waiter: Waiter): void {
    waiter._next = this._first;
    this._first = waiter;
    this._last ??= waiter;
    this._urgent = waiter;
    this._wakeUp();
  }

  _scheduleAt(time: number, waiter: Waiter): void {
    if (time <= this.now()) waiter._wake();
    else if (time < Infinity) this._clock._park(time, waiter);
  }

  /** Runs until the main task is over. */
  _start(main?: Task): void {
    this._running = true;
    this._main = main;
    watchHost(this);
    const loading = attachDebug(this);
    if (loading) this._startAfter(loading);
    else this._wakeUp();
  }

  /** Debug mode is being loaded: the first slice waits for it. */
  _startAfter(loading: Promise<void>): void {
    this._awake = true;
    void loading.then(() => {
      void attachDebug(this);
      this._turn();
    });
  }

  /** The program is over, or the loop was stopped: nobody need watch it any more. */
  _unwatch(): void {
    unwatchHost(this);
    debugMode.installed?.detach(this);
  }

  // A microtask, not a turn of the host: what comes from outside goes on as promptly as a promise would.
  // It does not renew the slice, so that a storm of ready promises cannot starve the host.
  _wakeUp(): void {
    if (this._awake || !this._running) return;
    this._awake = true;
    queueMicrotask(this._slice);
  }

  readonly _turn = (): void => {
    this._turnStart = performance.now();
    this._awake = true;
    this._slice();
  };

  readonly _slice = (): void => {
    hostActive();
    do {
      for (let waiter; this._running && (waiter = this._first);) {
        this._first = waiter._next;
        if (!this._first) this._last = undefined;
        waiter._next = undefined;
        waiter._run();
        // Nothing may come between the step that decides a combinator and the next step of its task, not even the host.
        if (this._budget <= 0 && !this._isUrgent() && this._spent()) return;
      }
    } while (this._idle());
  };

  /** Must the next waiter run before anything else? True once for each time that it was put to the front. */
  private _isUrgent(): boolean {
    const urgent = this._urgent;
    this._urgent = undefined;
    return urgent !== undefined && urgent === this._first;
  }

  /** The budget is spent. True when the slice is over, too. */
  _spent(): boolean {
    this._budget = STEPS;
    if (performance.now() - this._turnStart < SLICE) return false;
    afterHost(this._turn);
    return true;
  }

  /** Under `runSync`, where the host never gets a turn: throws. */
  _refusePromise?(task: Task, promise?: PromiseLike<unknown>): void;

  /** No owner can be told of the failure of a loop's own task. If nobody has looked by the host's next turn, the host is told. */
  _reportUnseen(task: Task): void {
    task.addDoneCallback(() => afterHost(() => void (task._isLost && Promise.reject(task.error()))));
  }

  /** Nothing is ready. True when something is now; else the host will call when it has something. */
  _idle(): boolean {
    const over = this._main?.done; // but still running: a callback may be added to a task that is over
    if (over) this._unwatch();
    return (this._awake = !over && this._running && !!this._clock._advance?.(this));
  }
}
