// A barrier: a number of tasks wait for each other, and go on together. Relies on the kernel, line.

import { Effect, SUSPENDED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { checkCount } from '../words/check.ts';
import { BrokenBarrierError } from '../words/errors.ts';
import { Line } from './line.ts';
import type { NameOption } from './named.ts';

/**
 * Lets tasks go on when `parties` of them have come, and then waits for the next `parties`. A task that is cancelled
 * while it waits no longer counts as having come: another task must come instead.
 *
 * @example
 * const start = new Barrier(3);
 * if ((yield* start.wait()) === 0) console.log('all three are here'); // printed by one of them
 */
export class Barrier {
  /** Shown in reports: what its effects are printed with. */
  readonly name: string;
  /** How many tasks it waits for. */
  readonly parties: number;
  private readonly _waiters = new Line<Task>();
  private readonly _wait: Effect<number>;
  private _broken = false;

  /** Throws a `TypeError` or `RangeError` when `parties` is not a whole number of 1 or more. */
  constructor(parties: number, { name = 'barrier' }: NameOption = {}) {
    this.parties = checkCount('a Barrier', parties, 'a number of parties', 1);
    this.name = name;
    this._wait = new Effect(`${name}.wait`, undefined, this._performWait);
  }

  /** How many tasks wait. */
  get nWaiting(): number {
    return this._waiters._length;
  }

  /** True from `abort()` to the next `reset()`. */
  get broken(): boolean {
    return this._broken;
  }

  /**
   * Waits until all parties have come; the last one does not wait. Gives each task its number, counted from 0 in the
   * order in which they came. Throws a `BrokenBarrierError` when the barrier is broken, or is aborted or reset
   * meanwhile.
   *
   * @example
   * const number = yield* barrier.wait();
   */
  wait(): Effect<number> {
    return this._wait;
  }

  /** Breaks it: tasks that wait, and tasks that come before `reset()`, are thrown a `BrokenBarrierError`. */
  abort(): void {
    this._broken = true;
    this._refuse('was aborted');
  }

  /** Makes it as good as new. Tasks that wait are thrown a `BrokenBarrierError`. */
  reset(): void {
    this._broken = false;
    this._refuse('was reset');
  }

  private _refuse(why: string): void {
    // An error for each of them: an error that a task throws gains the path of tasks that it crosses.
    for (let waiter = this._waiters._shift(); waiter; waiter = this._waiters._shift())
      waiter._wakeThrowing(this._error(why));
  }

  private _error(why: string): BrokenBarrierError {
    return new BrokenBarrierError(`${this.name} ${why}`);
  }

  private readonly _performWait = (task: Task): unknown => {
    if (this._broken) throw this._error('is broken');
    const last = this.parties - 1;
    if (this.nWaiting < last) {
      this._waiters._park(task);
      return SUSPENDED;
    }
    for (let number = 0; number < last; number++) (this._waiters._shift() as Task)._wake(number);
    return last;
  };
}
