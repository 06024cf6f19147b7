// A channel: a stream of items with an end, from those who send to whoever receives. What sets it apart from a queue:
//   - its end is a value, as that of an iterator is, or an error, and either side may bring it about;
//   - with capacity 0, the default, the two sides meet: a sender waits until somebody receives;
//   - who waits to receive makes room for one, so capacity counts only what nobody waits for.
// Relies on the kernel, exchange.

import { Effect } from '../kernel/effect.ts';
import { Exchange } from './exchange.ts';
import type { NameOption } from './named.ts';

/**
 * Items from senders to receivers, in order; each item goes to one receiver. A `send` or `receive` that is
 * cancelled has not happened. `map` and `forEach` take a channel, and close it when they are left early.
 *
 * @example
 * const lines = new Channel<string>();
 * yield* spawn(reader(lines)); // yield* lines.send(line) ... lines.close()
 * yield* forEach(lines, function* (line) { console.log(line); }, { concurrency: 1 });
 */
export class Channel<T> extends Exchange<T> {
  /** How it was closed with an error: throws that. */
  private _throwError: (() => never) | undefined;
  /** What feeds it is told that nobody wants more. */
  _release: (() => void) | undefined;

  /** Throws a `RangeError` when the capacity is not a whole number of 0 or more, or `Infinity`. */
  constructor(capacity = 0, { name = 'channel' }: NameOption = {}) {
    super('a Channel', capacity, 0, name, 'send', 'receive');
  }

  /** Waits until there is room or somebody to receive it. Throws a `QueueClosedError` when the channel is closed. */
  send(item: T): Effect<void> {
    return new Effect(this._putKind, [item], this._put);
  }

  /** Sends at once, from a callback say. Throws a `QueueFullError`, or a `QueueClosedError`, when that cannot be. */
  sendNowait(item: T): void {
    this._putNow(item);
  }

  /**
   * Waits for an item: `{ value }`. When the channel is closed and empty: `{ done: true }`, or, if it was closed with
   * an error, that is thrown.
   *
   * @example
   * for (let next; !(next = yield* lines.receive()).done; ) console.log(next.value);
   */
  receive(): Effect<IteratorResult<T, undefined>> {
    return new Effect(this._takeKind, undefined, this._take);
  }

  /**
   * The end: no more items. Those that are in it can still be received. Senders who wait are thrown a
   * `QueueClosedError`; receivers get the end, or the error. Closing twice is fine, and the first time counts.
   */
  close(error?: unknown): void {
    if (error !== undefined) return this._closeThrowing(error);
    if (this._shut) return;
    this._close();
    this._release?.();
  }

  /**
   * The end, by an error, which may be anything that a program can throw, also `undefined`. `seen` is called whenever
   * the error is thrown to a receiver.
   */
  _closeThrowing(error: unknown, seen?: () => void): void {
    if (this._shut) return;
    this._throwError = () => {
      seen?.();
      throw error;
    };
    this._close();
    this._release?.();
  }

  /** @internal */
  _room(): boolean {
    return (
      this.size - this._taking + this._putting < this.capacity || (this._takers._first !== undefined && !this._putting)
    );
  }

  /** @internal */
  _answer(value: T): IteratorResult<T> {
    return { done: false, value };
  }

  /** @internal */
  _end(): IteratorResult<T, undefined> {
    this._throwError?.();
    return { done: true, value: undefined };
  }
}
