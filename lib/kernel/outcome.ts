// The half of a future that a task has too: a state, a value or an error once it is there, and those
// who wait for it; and the handle, which is a callback in the hands of the loop.
// Relies on list, errors and the scheduler's interface.

import { CANCELLED, FAILED, OBSERVED, SUCCEEDED, WAITING } from './modes.ts';
import { CancelledError, InvalidStateError } from '../words/errors.ts';
import { List } from './waiting.ts';
import type { Place, Waiter } from './waiting.ts';
import type { Scheduler } from '../loop/scheduler.ts';
import { inspect, show } from '../words/messages.ts';

/** A future is `waiting` until it is done. */
export type State = 'ready' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';

/** Who waits for an outcome: a task that joins it, or a callback. */
export interface Joiner extends Waiter {
  /** It is ready, and will first perform this, as if it had yielded it just then. */
  _wakePerforming(yielded: unknown): void;
}

/** It is itself the list of those who wait for it. */
export abstract class Outcome<T> extends List<Joiner> {
  /** @internal */ declare readonly loop: Scheduler;
  declare _status: number;
  declare _flags: number;
  /** The result, the error, or the reason of a cancellation. */
  declare _value: unknown;

  constructor(loop: Scheduler) {
    super();
    this.loop = loop;
    this._status = WAITING;
    this._flags = 0;
    this._value = undefined;
  }

  /** `yield* task`, `yield* future`: its result, or its error thrown. */
  *[Symbol.iterator](): Generator<Outcome<T>, T, any> {
    return (yield this) as T;
  }

  get state(): State {
    return 'ready running waiting succeeded failed cancelled'.split(' ')[this._status] as State;
  }

  /** True when there is a result, an error or a cancellation. */
  get done(): boolean {
    return this._status >= SUCCEEDED;
  }

  /**
   * The result. Throws the error of a failure, `CancelledError` after a cancellation, and
   * `InvalidStateError` while it is not done.
   */
  result(): T {
    if (this._status === SUCCEEDED) return this._value as T;
    throw this.error();
  }

  /** The error of a failure or cancellation, `undefined` after a success. Throws `InvalidStateError` while it is not done. */
  error(): unknown {
    if (!this.done) throw new InvalidStateError(`${this} is not done`);
    this._observe();
    if (this._status === CANCELLED) return new CancelledError(`${this}`, this._value);
    return this._status === FAILED ? this._value : undefined;
  }

  /**
   * `callback(this)` is called once, through the loop, when it is done; soon, if it is done already.
   * Callbacks and joiners are served in the order in which they came. One that throws is reported.
   */
  addDoneCallback(callback: (outcome: this) => void): void {
    const handle = new Handle(this.loop, callback as never, this);
    if (this.done) handle._wake();
    else this._park(handle);
  }

  /** Takes back every registration of this callback that is still waiting; returns how many there were. */
  removeDoneCallback(callback: (outcome: this) => void): number {
    let count = 0;
    for (let waiter: Waiter | undefined = this._first, next; waiter; waiter = next) {
      next = waiter._next;
      if ((waiter as Handle)._callback === callback) {
        (waiter as Handle).cancel();
        count++;
      }
    }
    return count;
  }

  abstract cancel(reason?: unknown): boolean;

  _observe(): void {
    this._flags |= OBSERVED;
  }

  _settle(status: number, value: unknown): void {
    this._status = status;
    this._value = value;
    // Each joiner performs the join again: so an outcome is seen only when it is delivered, not by a joiner cancelled meanwhile.
    for (let waiter; (waiter = this._shift());) waiter._wakePerforming(this);
  }

  /** @internal */
  [inspect](): string {
    return `${this}`;
  }
}

/** A callback that `callSoon`, `callLater`, `callAt` or `addDoneCallback` were given. */
export class Handle implements Waiter {
  _previous: Waiter | undefined;
  _next: Waiter | undefined;
  _place: Place | undefined;
  _callback: ((argument: never) => void) | undefined;
  private readonly _loop: Scheduler;
  private readonly _argument: unknown;

  constructor(loop: Scheduler, callback: (argument: never) => void, argument?: unknown) {
    this._loop = loop;
    this._callback = callback;
    this._argument = argument;
  }

  /** The callback will not be called. Does nothing when it already was. */
  cancel(): void {
    this._callback = undefined;
    this._place?._withdraw(this);
  }

  _run(): void {
    const { _callback } = this;
    this._loop._budget--;
    try {
      _callback?.(this._argument as never);
    } catch (error) {
      this._loop._report(error, `the callback ${show(_callback)}`);
    }
  }

  _wake(): void {
    this._loop._schedule(this);
  }

  _wakePerforming(): void {
    this._wake();
  }
}
