// A barrier: so many tasks wait for each other, and go on together. Relies on the kernel.

import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { mustBe } from '../words/messages.ts';
import { List } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import type { NameOption } from './lock.ts';

/** Thrown to those who wait at a barrier when it is broken or reset, and to those who come while it is broken. */
export class BrokenBarrierError extends Error {
  override get name(): string {
    return 'BrokenBarrierError';
  }
}

/** A line that knows its length. */
class Line extends List<Task> {
  _length = 0;

  override _park(waiter: Task): void {
    this._length++;
    super._park(waiter);
  }

  override _withdraw(waiter: Task): void {
    this._length--;
    super._withdraw(waiter);
  }
}

/**
 * Lets tasks go on when so many of them have come, and then the next so many. One that is cancelled while it
 * waits has not come: somebody else has to.
 *
 * @example
 * const start = new Barrier(3);
 * if ((yield* start.wait()) === 0) console.log('all are here'); // said by one of them
 */
export class Barrier {
  readonly name: string;
  /** How many it waits for. */
  readonly parties: number;
  private readonly _waiters = new Line();
  private _broken = false;

  /** Throws a `RangeError` when `parties` is not a whole number of 1 or more. */
  constructor(parties: number, { name = 'barrier' }: NameOption = {}) {
    if (!Number.isInteger(parties) || parties < 1)
      throw new RangeError(mustBe('a Barrier', 'a number of parties, 1 or more', parties));
    this.parties = parties;
    this.name = name;
  }

  /** How many wait. */
  get nWaiting(): number {
    return this._waiters._length;
  }

  get broken(): boolean {
    return this._broken;
  }

  /**
   * Waits until all parties have come; the last one does not wait. Gives each its number, from 0 in the order in
   * which they came. Throws a `BrokenBarrierError` when the barrier is or gets broken, or is reset.
   */
  wait(): Effect<number> {
    return new Effect(`${this.name}.wait`, undefined, this._performWait);
  }

  /** Breaks it: those who wait and those who will are thrown a `BrokenBarrierError`, until `reset()`. */
  abort(): void {
    this._broken = true;
    this._refuse('was aborted');
  }

  /** As new: those who wait are thrown a `BrokenBarrierError`. */
  reset(): void {
    this._broken = false;
    this._refuse('was reset');
  }

  private _refuse(why: string): void {
    for (let waiter; (waiter = this._waiters._shift());) waiter._wakeThrowing(this._error(why));
  }

  private _error(why: string): BrokenBarrierError {
    return new BrokenBarrierError(`${this.name} ${why}`);
  }

  private readonly _performWait = (task: Task): unknown => {
    if (this._broken) throw this._error('is broken');
    const index = this.nWaiting;
    if (index + 1 < this.parties) {
      this._waiters._park(task);
      return SUSPENDED;
    }
    for (let waiter, i = 0; (waiter = this._waiters._shift()); i++) waiter._wake(i);
    return index;
  };
}
