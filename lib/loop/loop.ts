// The loop of one program: the scheduler, and what its tasks share. That is a clock, a source of chance, the count of
// their ids, the main task, and a place for errors that no task can receive. `run` needs no more than this; EventLoop
// is what users make themselves. Relies on the scheduler, the clocks and the host.

import { afterHost, captureContext, loadDebug, reportError, unwatchHost, watchHost } from '#host';
import { Handle } from '../kernel/handle.ts';
import { Scope } from '../kernel/scope.ts';
import type { Task } from '../kernel/task.ts';
import type { Waiter } from '../kernel/waiting.ts';
import { SystemClock } from '../time/clock.ts';
import type { Clock } from '../time/clock.ts';
import type { VirtualClock } from '../time/virtual-clock.ts';
import { checkFunction } from '../words/check.ts';
import type { Instrument } from '../instruments/instrument.ts';
import { checkDebug, checkInstruments, watching } from './watching.ts';
import type { Debug } from './watching.ts';
import { Scheduler } from './scheduler.ts';

/**
 * The options of a loop, which `run`, `runSync` and `EventLoop` take: its clock, its source of random numbers,
 * and the functions that are called with errors and warnings.
 */
export interface LoopOptions {
  /** Where time comes from: the system's monotonic clock by default, or a `VirtualClock`. */
  readonly clock?: SystemClock | VirtualClock | undefined;
  /**
   * Where `random()` comes from: a function that gives a number from 0 to 1, without 1. `Math.random` by default; on a
   * virtual clock a generator that gives the same numbers each time. `seeded(seed)` of `treadle/testing` makes others.
   */
  readonly random?: (() => number) | undefined;
  /**
   * Is told of errors that no task can receive: a callback threw, a clean-up hangs. By default they are printed, and
   * the exit code becomes 1. It must not throw.
   */
  readonly onError?: ((error: unknown, where: string) => void) | undefined;
  /**
   * Warns of effects that were made and never yielded, of steps that take longer than 50 ms, of tasks that wait for
   * each other, and of queues that only grow; and errors tell their whole way. Warnings are printed, or given to a
   * function. Debug mode is an entry of its own, `import 'treadle/debug'`; without it, `debug` is a `TypeError`.
   * `node --import treadle/debug` and the environment's `TREADLE_DEBUG=1` turn it on for all loops.
   */
  readonly debug?: Debug | undefined;
  /**
   * What looks into the loop, or decides there: recorders, explorers, your own (docs/instruments.md). Needs
   * `import 'treadle/instruments'`, which all entries that make instruments do.
   */
  readonly instruments?: readonly Instrument[] | undefined;
}

export class Loop extends Scheduler {
  /** @internal How many waits are for the world outside. A virtual clock stands still while there are some. */
  _outside = 0;
  /** @internal The last id that was given to a task. */
  _ids = 0;
  /** @internal It owns the tasks that no task owns. */
  readonly _scope = new Scope(undefined);
  /** @internal The task whose end is the program's. */
  _main: Task | undefined = undefined;
  /** @internal */ readonly _clock: Clock;
  /** @internal An error that no task can receive: a callback threw, a clean-up hangs. */
  readonly _report: (error: unknown, where: string) => void;
  /** @internal */ readonly _debug: Debug;
  /** @internal */ readonly _instruments: readonly Instrument[] | undefined;
  private readonly _random: () => number;

  constructor({ clock = new SystemClock(), random, onError = reportError, debug, instruments }: LoopOptions = {}) {
    super();
    if (random !== undefined) checkFunction('the option random', random);
    this._clock = clock;
    clock._serve(this);
    this._random = random ?? this._clock._random ?? Math.random;
    this._report = onError;
    this._debug = checkDebug(debug);
    this._instruments = checkInstruments(instruments);
  }

  /** Milliseconds since the loop was made; a virtual clock starts at 0. */
  now(): number {
    return this._clock.now();
  }

  /** A number from 0 to 1, without 1, as `Math.random()` gives. On a virtual clock the same numbers each time. */
  random(): number {
    return this._random();
  }

  /** @internal A callback of the program's: it will run in the platform's asynchronous context of this moment. */
  _handleOf(callback: Function, args: readonly unknown[]): Handle {
    return new Handle(this, callback, args, captureContext());
  }

  /** @internal Parks a waiter until a time of the loop's clock; one turn of the ready queue if that has passed. */
  _scheduleAt(time: number, waiter: Waiter): void {
    if (time <= this.now()) waiter._wake();
    else if (time < Infinity) this._clock._park(time, waiter);
  }

  /** @internal Starts the loop. It runs until the main task is over, if there is one. */
  _start(main?: Task): void {
    this._running = true;
    this._main = main;
    this._beginSlice();
    watchHost(this);
    const equip = () => watching.instruments?.starts(this);
    if (this._debug && !watching.debug)
      loadDebug(this, equip); // the first slice waits for that
    else equip();
    this._wakeUp();
  }

  /** @internal It runs to its end before its caller goes on, within a step of another loop perhaps. */
  declare readonly _runsAtOnce?: boolean;
  /** @internal It is answered by a journal: what it asks of the world outside is not to be started. */
  declare readonly _replays?: boolean;
  /** @internal Under `runSync`, which cannot wait until debug mode is loaded: says so. */
  _debugIsLate?(): void;

  /** @internal The program is over, or the loop was stopped: nobody need watch it any more. */
  _unwatch(): void {
    unwatchHost(this);
    watching.instruments?.ends(this);
  }

  /**
   * @internal Never between the end of main and the end of the loop: the code that waits for main may close the loop,
   * or run it again.
   */
  override _sliceIsOver(): boolean {
    return !this._main?.done && super._sliceIsOver();
  }

  /** @internal */ override _idle(): boolean {
    const over = this._main?.done === true; // the loop still runs: a callback may be added to a task that is over
    if (over) this._unwatch();
    if (over || !this._running) {
      this._forgetGate();
      return false;
    }
    if (this._clock._whenIdle?.(this)) return true;
    this._fallAsleep();
    return false;
  }

  /**
   * @internal No owner can be told of the failure of a loop's own task. If nobody has looked by the host's next turn,
   * the host hears of it, as it does of a promise rejection that nobody handles.
   */
  _reportUnseen(task: Task): void {
    task.addDoneCallback(() => afterHost(() => void (task._isLost && Promise.reject(task.error()))));
  }

  /** @internal A task is about to wait for a promise. A loop that never lets the host have its turn throws. */
  _refusePromise(_task: Task, _promise?: PromiseLike<unknown>): void {}
}
