// The loop under a simulation: it does nothing by itself, and runs one step whenever it is asked to. Its clock is a
// virtual one. While nobody drives it, it does not count as a running loop, so that one which was left in the middle
// neither keeps the process alive nor wakes up when Node is about to end. Relies on the loop, the clock and the host.

import { captureContext, unwatchHost, watchHost } from '#host';
import type { InContext } from '#host';
import { breakDeadlock, liveTasks } from '../host/deadlock.ts';
import { Handle } from '../kernel/handle.ts';
import { CANCELLING } from '../kernel/modes.ts';
import type { Task } from '../kernel/task.ts';
import type { Place, Waiter } from '../kernel/waiting.ts';
import { Marker } from '../kernel/wake-first.ts';
import { AtOnceLoop } from '../loop/at-once.ts';
import type { LoopOptions } from '../loop/loop.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { InvalidStateError } from '../words/errors.ts';

/** How the program got stuck: tasks wait for each other, or clean-ups do. */
export type Stuck = 'deadlock' | 'clean-up';

/** A moment of the clock. */
export class Stop implements Waiter {
  /** @internal */ _next: Waiter | undefined = undefined;
  /** @internal */ _previous: Waiter | undefined = undefined;
  /** @internal */ _place: Place | undefined = undefined;
  isReached = false;

  /** @internal */ _wake(): void {
    this.isReached = true;
  }

  /** @internal It never stands in the ready queue. */
  _run(): void {}

  forget(): void {
    this._place?._withdraw(this);
  }
}

export class SimulationLoop extends AtOnceLoop {
  /** @internal */ override readonly _whereAndInstead =
    'a simulation: give it the answer, or use run with a VirtualClock';
  /** By how many milliseconds the next timer is late. */
  lateness: (() => number) | undefined = undefined;
  /** Once nothing could wake any of the tasks. */
  stuck: Stuck | undefined = undefined;
  /** How many steps were taken. A callback that was cancelled takes none. */
  steps = 0;
  private isDriven = false;
  private isOver = false;
  private wasIdle = false;
  private inContext: InContext | undefined = undefined;

  constructor(options: Omit<LoopOptions, 'clock'>) {
    super({ ...options, clock: new VirtualClock() });
  }

  // ---- What the engine asks of a loop

  /** @internal */ override _start(main: Task): void {
    this.inContext = captureContext();
    super._start(main);
    unwatchHost(this);
  }

  /** @internal */ override _scheduleAt(time: number, waiter: Waiter): void {
    const isTimer = this.lateness !== undefined && time > this.now() && time < Infinity;
    super._scheduleAt(isTimer ? time + (this.lateness as () => number)() : time, waiter);
  }

  // ---- Being driven

  /** Does something that takes steps. Throws an `InvalidStateError` when it is called from within such a step. */
  drive<T>(work: () => T): T {
    if (this.isDriven) throw new InvalidStateError('the simulation is running: it cannot be driven from within itself');
    this.isDriven = true;
    if (!this.isOver) watchHost(this);
    if (this.wasIdle) this._beginPass(); // somebody outside may have woken tasks since then
    try {
      return this.inContext === undefined ? work() : this.inContext(work);
    } finally {
      this.isDriven = false;
      this.wasIdle = this._first === undefined;
      if (!this.isOver) unwatchHost(this);
    }
  }

  get hasReady(): boolean {
    return this._first !== undefined;
  }

  /**
   * One step of the next task or callback, with all that must follow on it directly. Gives what ran, or `undefined`
   * when nothing is ready.
   */
  takeStep(): Task | Handle | undefined {
    let ran: Waiter | undefined;
    this._runReady((waiter) => {
      if (ran !== undefined && !this._endOfFront?._queued) return false;
      if (waiter instanceof Marker) return true;
      if (!(waiter instanceof Handle) || waiter._callback !== undefined) this.steps++;
      ran ??= waiter;
      return true;
    });
    if (this._first === undefined && this._main?.done === true) this.end();
    return ran as Task | Handle | undefined;
  }

  /** Nothing is ready: time moves on to the next timer. False if there is none. */
  moveOn(): boolean {
    if (this.isOver || !this._clock._moveOn?.()) return false;
    this._beginPass();
    return true;
  }

  /** Nothing is ready, and nothing will be: all tasks are ended with a `DeadlockError`. False if none is left. */
  breakDeadlock(): boolean {
    const tasks = liveTasks(this);
    if (this.isOver || tasks.length === 0) return false;
    this.stuck ??= tasks.some((task) => task._flags & CANCELLING) ? 'clean-up' : 'deadlock';
    const isBroken = breakDeadlock(this);
    if (isBroken) this._beginPass();
    if (this._first === undefined) this.end(); // even the clean-ups are stuck
    return this._first !== undefined;
  }

  /** Is reached when the clock shows this time, although nothing of the program may be due then. */
  stopAt(time: number): Stop {
    const stop = new Stop();
    if (time <= this.now()) stop._wake();
    else this._clock._park(time, stop);
    return stop;
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this._unwatch();
    this._forgetGate();
  }
}
