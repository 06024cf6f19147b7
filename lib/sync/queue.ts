// A queue: items from producers to consumers, in order, no more than its capacity at a time. Relies on the kernel,
// exchange.

import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { InvalidStateError, QueueEmptyError } from '../words/errors.ts';
import { List } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import { Exchange } from './exchange.ts';
import type { NameOption } from './named.ts';

/**
 * Items from producers to consumers, first in, first out. A `put` or `get` that is cancelled has not happened.
 *
 * @example
 * const jobs = new Queue<string>(10);
 * yield* spawn(worker(jobs));
 * yield* jobs.put('a job');
 * yield* jobs.join();
 * jobs.close();
 */
export class Queue<T> extends Exchange<T> {
  private readonly _joiners = new List<Task>();
  private _unfinished = 0;

  /** Throws a `RangeError` when the capacity is not a whole number of 1 or more, or `Infinity`, the default. */
  constructor(capacity = Infinity, { name = 'queue' }: NameOption = {}) {
    super('a Queue', capacity, 1, name, 'put', 'get');
  }

  /** Nothing can be taken at once: there are no items, or only such as a consumer was woken for. */
  get empty(): boolean {
    return !this._available;
  }

  /** Nothing can be put in at once: there is no room, or only such as a producer was woken for. */
  get full(): boolean {
    return !this._room();
  }

  /** Waits for an item and takes it. Throws a `QueueClosedError` when the queue is closed and empty. */
  get(): Effect<T> {
    return new Effect(this._takeKind, undefined, this._take);
  }

  /** Waits until there is room and puts the item in. Throws a `QueueClosedError` when the queue is closed. */
  put(item: T): Effect<void> {
    return new Effect(this._putKind, [item], this._put);
  }

  /** Takes an item at once. Throws a `QueueEmptyError`, or a `QueueClosedError`, when there is none. */
  getNowait(): T {
    if (this._available) return this._shift();
    throw this._shut && !this.size ? this._closedError() : new QueueEmptyError(`${this.name} is empty`);
  }

  /** Puts an item in at once. Throws a `QueueFullError`, or a `QueueClosedError`, when that cannot be. */
  putNowait(item: T): void {
    this._putNow(item);
  }

  /** Says that the work for an item that was taken is done. Throws an `InvalidStateError` when that was said for all of them. */
  taskDone(): void {
    if (this._unfinished === 0)
      throw new InvalidStateError(`${this.name}.taskDone() was called more often than items were put in`);
    if (--this._unfinished > 0) return;
    for (let joiner; (joiner = this._joiners._shift());) joiner._wake();
  }

  /** Waits until `taskDone()` was called for every item that was put in. */
  join(): Effect<void> {
    return new Effect(`${this.name}.join`, undefined, this._performJoin);
  }

  /** No more items: `put` throws from now on, and `get` when those that are in it are gone; who waits is thrown it, too. */
  close(): void {
    this._close();
  }

  /** @internal */
  _room(): boolean {
    return this.size + this._putting < this.capacity;
  }

  override _add(item: T): void {
    super._add(item);
    this._unfinished++;
  }

  /** @internal */
  _answer(item: T): T {
    return item;
  }

  /** @internal */
  _end(): never {
    throw this._closedError();
  }

  private readonly _performJoin = (task: Task): unknown => {
    if (this._unfinished === 0) return undefined;
    this._joiners._park(task);
    return SUSPENDED;
  };
}
