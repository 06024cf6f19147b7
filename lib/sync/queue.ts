// A queue: items from producers to consumers, at most `capacity` of them at a time, and a count of the items that are
// not done yet. exchange.ts explains how tasks wait for items and for room; this file is a face of it.
// Relies on the kernel, exchange.

import { acquiring } from '../kernel/acquired.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { List, wakeAll } from '../kernel/waiting.ts';
import { InvalidStateError, QueueEmptyError } from '../words/errors.ts';
import { Exchange } from './exchange.ts';
import type { Policy } from './exchange.ts';
import type { NameOption } from './named.ts';

const queuePolicy: Policy<unknown, unknown> = {
  title: 'a Queue',
  leastCapacity: 1,
  put: 'put',
  take: 'get',
  answer: (item) => item,
};

/**
 * Items from producers to consumers: first in, first out, and each item to one consumer. A `put` or `get` that is
 * cancelled has not happened.
 *
 * @example
 * const jobs = new Queue<string>(10, { name: 'jobs' });
 * yield* spawn(worker(jobs)); // for (;;) { work(yield* jobs.get()); jobs.taskDone(); }
 * yield* jobs.put('a job');
 * yield* jobs.join();
 * jobs.close();
 */
export class Queue<T> extends Exchange<T, T> {
  private _done = 0;
  private readonly _joiners = new List<Task>();
  private readonly _join: Effect<void>;

  /**
   * Throws a `TypeError` or `RangeError` when the capacity is not a whole number of 1 or more, or `Infinity`, the
   * default.
   */
  constructor(capacity = Infinity, { name = 'queue' }: NameOption = {}) {
    super(capacity, name, queuePolicy as Policy<T, T>);
    acquiring(this._take, (_payload, item) => this._giveBack(item));
    this._join = new Effect(`${name}.join`, undefined, this._performJoin);
  }

  /** True when nothing can be taken at once: there is no item, or each is promised to a consumer that was woken. */
  get empty(): boolean {
    return !this._hasItem;
  }

  /** True when nothing can be put in at once: there is no room, or it is promised to producers that were woken. */
  get full(): boolean {
    return !this._hasRoom;
  }

  /**
   * Waits for an item and takes it; consumers are served in the order in which they came. Throws a `QueueClosedError`
   * when the queue is closed and empty. Cancelled, it has taken nothing.
   *
   * @example
   * const job = yield* jobs.get();
   */
  get(): Effect<T> {
    return this._take;
  }

  /**
   * Waits until there is room and puts the item in; producers are served in the order in which they came. Throws a
   * `QueueClosedError` when the queue is closed, or is closed meanwhile. Cancelled, it has put nothing in.
   *
   * @example
   * yield* jobs.put('a job');
   */
  put(item: T): Effect<void> {
    return this._put(item);
  }

  /** Takes an item at once. Throws a `QueueEmptyError`, or a `QueueClosedError`, when there is none. */
  getNowait(): T {
    if (this._hasItem) return this._takeOut();
    throw this.closed && this.size === 0 ? this._closedError() : new QueueEmptyError(`${this.name} is empty`);
  }

  /** Puts an item in at once. Throws a `QueueFullError`, or a `QueueClosedError`, when that cannot be. */
  putNowait(item: T): void {
    this._putNow(item);
  }

  /**
   * Says that the work for an item that was taken is done. Throws an `InvalidStateError` when it was said for all of
   * them already.
   */
  taskDone(): void {
    if (this._done === this._accepted)
      throw new InvalidStateError(`${this.name}.taskDone() was called more often than items were put in`);
    this._done++;
    if (this._done === this._accepted) wakeAll(this._joiners);
  }

  /**
   * Waits until `taskDone()` was called for every item that was put in.
   *
   * @example
   * yield* jobs.join();
   */
  join(): Effect<void> {
    return this._join;
  }

  /**
   * No more items. From now on `put` throws a `QueueClosedError`, and so does `get` when the items that are in it are
   * gone. Tasks that wait are thrown it, too. Closing twice is fine.
   */
  close(): void {
    this._close(() => {
      throw this._closedError();
    });
  }

  private readonly _performJoin = (task: Task): unknown => {
    if (this._done === this._accepted) return undefined;
    this._joiners._park(task);
    return SUSPENDED;
  };
}
