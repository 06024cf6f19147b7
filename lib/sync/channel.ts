// A channel: a stream of items with an end, from senders to receivers. exchange.ts explains how tasks
// wait, and this file is a face of it. What sets a channel apart from a queue:
//   - its end is a value, as the end of an iterator is, or an error, and either side may bring it about;
//   - with capacity 0, the default, the two sides meet: a `send` is over when its item was received.
// Relies on the kernel, exchange.

import { acquiring } from '../kernel/acquired.ts';
import type { Effect } from '../kernel/effect.ts';
import { Exchange } from './exchange.ts';
import type { Policy } from './exchange.ts';
import type { NameOption } from './named.ts';

type Next<T> = IteratorResult<T, undefined>;

const channelPolicy: Policy<unknown, Next<unknown>> = {
  title: 'a Channel',
  leastCapacity: 0,
  put: 'send',
  take: 'receive',
  answer: (value) => ({ done: false, value }),
};

/**
 * Items from senders to receivers: in order, and each item to one receiver. A `send` or `receive` that is cancelled has
 * not happened. `map` and `forEach` take a channel, and close it when they are left early.
 *
 * @example
 * const lines = new Channel<string>();
 * yield* spawn(reader(lines)); // yield* lines.send(line) ... lines.close()
 * yield* forEach(lines, function* (line) { console.log(line); }, { concurrency: 1 });
 */
export class Channel<T> extends Exchange<T, Next<T>> {
  /** @internal Called when no more items are wanted: it tells the code that feeds the channel. */
  _release: (() => void) | undefined = undefined;

  /** Throws a `TypeError` or `RangeError` when the capacity is not a whole number of 0 or more, or `Infinity`. */
  constructor(capacity = 0, { name = 'channel' }: NameOption = {}) {
    super(capacity, name, channelPolicy as Policy<T, Next<T>>);
    acquiring(this._take, (_payload, next) => {
      if (!next.done) this._giveBack(next.value);
    });
  }

  /**
   * Waits until there is room for the item; with capacity 0, until the item was received. Throws a `QueueClosedError`
   * when the channel is closed, or is closed meanwhile. Cancelled, it has not sent the item.
   *
   * @example
   * yield* lines.send('a line');
   */
  send(item: T): Effect<void> {
    return this._put(item);
  }

  /**
   * Sends at once, from a callback for example. With capacity 0 that can be while a receiver waits; if this receiver is
   * cancelled, the item goes to the next one. Throws a `QueueFullError` or a `QueueClosedError` when it cannot be.
   */
  sendNowait(item: T): void {
    this._putNow(item);
  }

  /**
   * Waits for an item: `{ done: false, value }`. When the channel is closed and empty, gives `{ done: true }`, or
   * throws the error that it was closed with. Cancelled, it has received nothing.
   *
   * @example
   * for (let next; !(next = yield* lines.receive()).done; ) console.log(next.value);
   */
  receive(): Effect<IteratorResult<T, undefined>> {
    return this._take;
  }

  /**
   * The end: no more items. Items that are in it can still be received. Senders that wait are thrown a
   * `QueueClosedError`; receivers get the end, or are thrown the error if one is given. Closing twice is fine: the
   * first time counts.
   */
  close(error?: unknown): void {
    if (error === undefined) this._endBy(() => ({ done: true, value: undefined }));
    else this._closeThrowing(error);
  }

  /**
   * @internal The end, by an error, which may be anything that a program can throw, even `undefined`. `seen` is called
   * whenever a receiver is thrown the error.
   */
  _closeThrowing(error: unknown, seen?: () => void): void {
    this._endBy(() => {
      seen?.();
      throw error;
    });
  }

  private _endBy(end: () => Next<T>): void {
    if (this.closed) return;
    this._close(end);
    this._release?.();
  }
}
