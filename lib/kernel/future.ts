// A future: a value that will be set once, from outside any task. Relies on outcome.

import { CANCELLED, FAILED, SUCCEEDED } from './modes.ts';
import { InvalidStateError } from '../words/errors.ts';
import { Outcome } from './outcome.ts';
import { show } from '../words/messages.ts';

/**
 * Made by `loop.createFuture()`. Coroutines wait for it with `yield* future`.
 *
 * @example
 * const loop = new EventLoop();
 * const answer = loop.createFuture<number>();
 * loop.runUntilComplete(answer).then(console.log);
 * setTimeout(() => answer.setResult(42), 100);
 */
export class Future<T = unknown> extends Outcome<T> {
  /** Sets the result and wakes the tasks that wait. Throws `InvalidStateError` when it is done already. */
  setResult(value: T): void {
    this._set(SUCCEEDED, value);
  }

  /** Sets the error, which is thrown into the tasks that wait. Throws `InvalidStateError` when it is done already. */
  setError(error: unknown): void {
    this._set(FAILED, error);
  }

  /** Throws a `CancelledError` into the tasks that wait. False, and nothing happens, when it is done already. */
  override cancel(reason?: unknown): boolean {
    if (this.done) return false;
    this._set(CANCELLED, reason);
    return true;
  }

  private _set(status: number, value: unknown): void {
    if (this.done) throw new InvalidStateError(`${this} is done already: a future is set once`);
    this._settle(status, value);
  }

  override toString(): string {
    return `<Future ${this.state}${this.done ? `: ${show(this._value)}` : ''}>`;
  }
}
