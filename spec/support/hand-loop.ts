// A loop in the hands of the spec: it was never started, and takes the steps that it is told to.
import type { Awaitable } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { Task } from '../../lib/kernel/task.ts';
import { Loop } from '../../lib/loop/loop.ts';

export class HandLoop extends Loop {
  /** What was reported, because no task could receive it. */
  readonly reports: [error: unknown, where: string][];

  constructor() {
    const reports: [unknown, string][] = [];
    super({ clock: new VirtualClock(), onError: (error, where) => reports.push([error, where]) });
    this.reports = reports;
  }

  /** A task of the loop. It stands in the ready queue. */
  task<T>(work: Awaitable<T>, name?: string): Task<T> {
    return new Task<T>(this, this._scope, work, name);
  }

  /** Runs the first in the ready queue. False when there is nobody. */
  step(): boolean {
    const waiter = this._first;
    if (!waiter) return false;
    this._first = waiter._next;
    if (!this._first) this._last = undefined;
    waiter._next = undefined;
    waiter._run();
    return true;
  }

  /** A slice lasts as long as the spec wants, however busy the machine is. */
  override _sliceIsOver(): boolean {
    this._budget = 32;
    return false;
  }

  /** Runs whoever is in the ready queue until nobody is. Gives the number of steps. */
  steps(): number {
    let count = 0;
    while (this.step()) count++;
    return count;
  }
}
