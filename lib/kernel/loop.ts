// The machine under EventLoop: takes what is ready and runs it, in passes, until nothing is; then waits
// for the next timer or for the host. It lives on the host's own loop (Node cannot be blocked in a select
// of ours), in slices: after at most 1,024 steps or a few milliseconds the host gets its turn.
// Relies on everything else in the kernel.

import { SystemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { DeadlockError, InvalidStateError } from './errors.ts';
import { afterHost, hostActive, offHostIdle, onHostIdle, reportError } from './host.ts';
import { List } from './list.ts';
import type { Waiter } from './list.ts';
import { FAILED } from './outcome.ts';
import type { Scheduler } from './scheduler.ts';
import { Scope } from './scope.ts';
import { Task } from './task.ts';
import { Timers } from './timers.ts';

/** A slice is CHUNKS chunks of CHUNK steps; between chunks the loop looks at the clock. */
const CHUNK = 64;
const CHUNKS = 16;
/** Slow steps make the slice shorter: it ends when it has lasted this many milliseconds. */
const LONGEST_SLICE = 4;
/** The longest time a host's timer can wait; one that is set longer fires at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

export interface LoopOptions {
  /** Where time comes from; the system's monotonic clock by default. */
  readonly clock?: Clock | undefined;
  /** Is told of errors that no task can receive: a callback threw, a clean-up hangs. By default they are printed, and the exit code becomes 1. */
  readonly onError?: ((error: unknown, where: string) => void) | undefined;
}

export class Loop implements Scheduler {
  _budget = CHUNK;
  _outside = 0;
  _sync = false;
  /** The tasks that no task owns. */
  readonly _roots = new Scope<Task>();
  /** The task that the loop runs to its end. */
  private _main: Task | undefined = undefined;
  private readonly _clock: Clock;
  readonly _report: (error: unknown, where: string) => void;
  private readonly _ready = new List();
  private readonly _timers = new Timers();
  private _ids = 0;
  protected _running = false;
  private _stopping = false;
  /** A slice runs, or the host was asked for one. */
  private _awake = false;
  private _passLeft = 0;
  private _chunks = 0;
  private _turnStart = 0;
  private _hostTimer: ReturnType<typeof setTimeout> | undefined = undefined;
  private _hostTimerDue = Infinity;

  constructor({ clock, onError }: LoopOptions = {}) {
    this._clock = clock ?? new SystemClock();
    this._report = onError ?? reportError;
  }

  /** Milliseconds since the loop was made; a virtual clock starts at 0. */
  now(): number {
    return this._clock.now();
  }

  /** All tasks that are not over: the loop's own and, after each, its children. */
  tasks(): Task[] {
    const tasks = this._roots._children.filter((task) => !task.done);
    for (const task of tasks) tasks.push(...task.children);
    return tasks;
  }

  /** The loop stops after the pass it is in. What is queued by then waits for the next run. */
  stop(): void {
    this._stopping = true;
    this._wakeUp();
  }

  _nextId(): number {
    return ++this._ids;
  }

  _schedule(waiter: Waiter): void {
    this._ready._push(waiter);
    if (!this._awake) this._wakeUp();
  }

  _scheduleAt(time: number, waiter: Waiter): void {
    if (time <= this.now()) waiter._wake();
    else if (time < Infinity) this._timers._add(time, waiter);
    if (!this._awake) this._wakeUp(); // the host's timer may have to be set anew
  }

  /** Runs until `stop`, or until the main task is over. */
  _start(main?: Task): void {
    if (this._running) throw new InvalidStateError('the event loop is already running: spawn a task in it, or make another loop');
    this._running = true;
    this._main = main;
    main?.addDoneCallback(() => this.stop());
    if (this._sync) return this._slice();
    onHostIdle(this._hostIdle);
    this._wakeUp();
  }

  // A microtask, not a turn of the host: what comes from outside goes on as promptly as a promise would.
  // It does not renew the slice, so that a storm of ready promises cannot starve the host.
  private _wakeUp(): void {
    if (this._awake || !this._running || this._sync) return;
    this._awake = true;
    queueMicrotask(this._slice);
  }

  private readonly _turn = (): void => {
    this._chunks = 0;
    this._turnStart = performance.now();
    this._awake = true;
    this._slice();
  };

  private readonly _slice = (): void => {
    hostActive();
    this._fire();
    for (;;) {
      if (!this._passLeft) {
        if (this._stopping) return this._finish();
        this._passLeft = this._ready._size;
        if (!this._passLeft) {
          if (this._idle(this._sync)) continue;
          return;
        }
      }
      while (this._passLeft) {
        if (this._budget-- <= 0 && this._endChunk()) return;
        this._passLeft--;
        this._ready._shift()?._run();
      }
    }
  };

  /** Between two chunks: are timers due (they queue behind what is ready), is the slice over? */
  private _endChunk(): boolean {
    this._budget = CHUNK;
    if (this._sync) return false;
    this._fire();
    if (++this._chunks < CHUNKS && performance.now() - this._turnStart < LONGEST_SLICE) return false;
    afterHost(this._turn);
    return true;
  }

  private _fire(): void {
    if (this._timers._next() < Infinity) this._timers._fire(this.now());
  }

  /**
   * Nothing is ready. True when something is now; else the host will call when it has something.
   * `alone`: the host has nothing either. A virtual clock jumps to the next deadline, unless the host is still busy for us.
   */
  private _idle(alone: boolean): boolean {
    const { _clock, _timers } = this;
    const due = _timers._next();
    const virtual = _clock.advanceTo;
    if (virtual && !this._outside) alone = true;
    if (virtual && alone && due < Infinity) _clock.advanceTo?.(due);
    const now = this.now();
    if (due <= now) {
      _timers._fire(now);
      return true;
    }
    if (alone && this._deadlock()) return true;
    this._awake = false;
    if (due !== this._hostTimerDue && !virtual) {
      clearTimeout(this._hostTimer);
      this._hostTimerDue = due;
      // The host's timer may fire early, or have been cut to its limit: then the next one is set here.
      if (due < Infinity) this._hostTimer = setTimeout(this._onHostTimer, Math.min(Math.ceil(due - now), LONGEST_TIMEOUT));
    }
    return false;
  }

  private readonly _onHostTimer = (): void => {
    this._hostTimerDue = Infinity;
    if (!this._awake) this._turn();
  };

  /** The host would end the process now: nobody outside will wake us any more. */
  private readonly _hostIdle = (): boolean => {
    const found = !this._awake && this._idle(true);
    if (found) {
      this._awake = true;
      afterHost(this._turn);
    }
    return found;
  };

  /** Every task waits and nothing can wake one. All are closed, so that their clean-ups run, and main fails. */
  private _deadlock(): boolean {
    const tasks = this.tasks();
    const main = tasks.find((task) => task === this._main);
    if (!tasks.length) return false;
    const lines = tasks.map((task) => {
      const holder = task._place?._holder as Task | undefined;
      return `\n  ${task}${holder ? `, held by #${holder.id} ${holder.name}` : ''}`;
    });
    const error = new DeadlockError(`every task waits and nothing can wake them:${lines.join('')}`);
    if (main) main._addError(error);
    else this._report(error, 'the event loop');
    if (tasks.filter((task) => task._close()).length) return true;
    // Even the clean-ups wait for each other. They cannot be run to their end, but the program can.
    main?._settle(FAILED, error);
    return !!main;
  }

  private _finish(): void {
    this._running = this._stopping = this._awake = false;
    clearTimeout(this._hostTimer);
    this._hostTimerDue = Infinity;
    if (!this._sync) offHostIdle(this._hostIdle);
  }
}
