// The half of a future that a task has too: a state, a value or an error once it is there, and what waits for it.
// Relies on waiting, handle and words.

import type { Loop } from '../loop/loop.ts';
import { CancelledError, InvalidStateError } from '../words/errors.ts';
import { checkFunction } from '../words/check.ts';
import { brief, inspect } from '../words/show.ts';
import { Handle } from './handle.ts';
import { CANCELLED, FAILED, OBSERVED, SUCCEEDED, WAITING } from './modes.ts';
import { List } from './waiting.ts';
import type { Waiter } from './waiting.ts';

/** A future is `waiting` until it is done. */
export type State = 'ready' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';

/** In the order of the numbers in modes.ts. */
const states: readonly State[] = ['ready', 'running', 'waiting', 'succeeded', 'failed', 'cancelled'];

/** What waits for an outcome: a task that joins it, or a callback. */
export interface Joiner extends Waiter {
  /** @internal It is ready, and will first perform this, as if it had yielded it just now. */
  _wakePerforming(yielded: unknown): void;
}

/** It is itself the list of its joiners, which saves an object for each task. */
export abstract class Outcome<T> extends List<Joiner> {
  /** @internal */ declare readonly loop: Loop;
  /** @internal */ declare _status: number;
  /** @internal */ declare _flags: number;
  /** @internal The result, the error, or the reason of a cancellation. */
  declare _value: unknown;

  constructor(loop: Loop) {
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
    return states[this._status] as State;
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

  /**
   * The error of a failure or cancellation, `undefined` after a success. Throws `InvalidStateError` while it is not
   * done.
   */
  error(): unknown {
    if (!this.done) throw new InvalidStateError(`${this} is not done`);
    this._observe();
    if (this._status === CANCELLED) return new CancelledError(`${this}`, this._value);
    return this._status === FAILED ? this._value : undefined;
  }

  /**
   * `callback(this)` is called once, through the loop, when it is done; soon, if it is done already.
   * Callbacks and joiners are served in the order in which they came. A callback runs in the platform's asynchronous
   * context in which it was added. One that throws is reported.
   * Throws a `TypeError` for anything that is not a function.
   */
  addDoneCallback(callback: (outcome: this) => void): void {
    checkFunction('addDoneCallback', callback);
    const handle = this.loop._handleOf(callback, [this]);
    if (this.done) handle._wake();
    else this._park(handle);
  }

  /** Takes back every registration of this callback that is still waiting; returns how many there were. */
  removeDoneCallback(callback: (outcome: this) => void): number {
    let count = 0;
    for (let waiter: Waiter | undefined = this._first, next; waiter; waiter = next) {
      next = waiter._next;
      if (waiter instanceof Handle && waiter._callback !== undefined && waiter._callback === callback) {
        waiter.cancel();
        count++;
      }
    }
    return count;
  }

  abstract cancel(reason?: unknown): boolean;

  /** @internal */ _observe(): void {
    this._flags |= OBSERVED;
  }

  /**
   * @internal The end: sets the state and the value, and wakes the joiners. Each of them performs the join again in
   * its turn. So an outcome is seen when it is delivered, and a joiner that is cancelled before its turn has not seen
   * it.
   */
  _settle(status: number, value: unknown): void {
    this._status = status;
    this._value = value;
    for (let joiner = this._shift(); joiner; joiner = this._shift()) joiner._wakePerforming(this);
  }

  /** @internal */
  [inspect](): string {
    return `${this}`;
  }

  /** @internal */
  [brief](): string {
    return `${this}`;
  }
}
