// A queue: items from producers to consumers, in order, no more than its capacity at a time. An item goes
// straight to the consumer who has waited longest; if that one is cancelled before its turn, the item goes
// to the next one or back to the front. Nothing is lost. Relies on the kernel, deque.
//
// A producer that must wait keeps its item in its inbox, which is free while it waits: so its
// cancellation takes the item along.

import { THROW } from '../kernel/codes.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { InvalidStateError, QueueClosedError } from '../kernel/errors.ts';
import { List } from '../kernel/list.ts';
import type { Waiter } from '../kernel/list.ts';
import { mustBe } from '../kernel/explain.ts';
import type { Task } from '../kernel/task.ts';
import { Deque } from './deque.ts';
import type { NameOption } from './lock.ts';

/** Thrown by `getNowait()` when the queue is empty. */
export class QueueEmptyError extends Error {
  override get name(): string {
    return 'QueueEmptyError';
  }
}

/** Thrown by `putNowait()` when the queue is full. */
export class QueueFullError extends Error {
  override get name(): string {
    return 'QueueFullError';
  }
}

/**
 * Items from producers to consumers, first in, first out.
 *
 * @example
 * const jobs = new Queue<string>(10);
 * yield* spawn(worker(jobs));
 * yield* jobs.put('a job');
 * yield* jobs.join();
 * jobs.close();
 */
export class Queue<T> {
  readonly name: string;
  /** How many items fit in. */
  readonly capacity: number;
  private readonly items = new Deque<T>();
  private readonly getters = new List();
  private readonly putters = new List();
  private readonly joiners = new List();
  private unfinished = 0;
  private shut = false;
  private readonly performGet = (task: Task) => this.take(task);
  private readonly performPut = (task: Task, item: [T]) => this.offer(task, item[0]);
  private readonly performJoin = (task: Task) => this.park(task);
  /** Counts the items that went straight to a consumer; those that came back have their numbers here, and are at the front. */
  private handed = 0;
  private readonly returned: number[] = [];
  // To build these names each time costs more than to perform the effects.
  private readonly getKind: string;
  private readonly putKind: string;

  /** Throws a `RangeError` when the capacity is not a whole number of 1 or more, or `Infinity`, the default. */
  constructor(capacity = Infinity, { name = 'queue' }: NameOption = {}) {
    if (capacity !== Infinity && !(Number.isInteger(capacity) && capacity > 0)) throw new RangeError(mustBe('a Queue', 'a capacity of 1 or more', capacity));
    this.capacity = capacity;
    this.name = name;
    this.getKind = `${name}.get`;
    this.putKind = `${name}.put`;
  }

  /** How many items are in it. */
  get size(): number {
    return this.items.size;
  }

  get empty(): boolean {
    return this.size === 0;
  }

  get full(): boolean {
    return this.size >= this.capacity;
  }

  get closed(): boolean {
    return this.shut;
  }

  /** Waits for an item and takes it. Throws a `QueueClosedError` when the queue is closed and empty. */
  get(): Effect<T> {
    return new Effect(this.getKind, undefined, this.performGet);
  }

  /** Waits until there is room and puts the item in. Throws a `QueueClosedError` when the queue is closed. */
  put(item: T): Effect<void> {
    return new Effect(this.putKind, [item], this.performPut);
  }

  /** Takes an item at once. Throws a `QueueEmptyError`, or a `QueueClosedError`, when there is none. */
  getNowait(): T {
    if (this.size > 0) return this.shift();
    throw this.shut ? this.closedError() : new QueueEmptyError(`${this.name} is empty`);
  }

  /** Puts an item in at once. Throws a `QueueFullError`, or a `QueueClosedError`, when that cannot be. */
  putNowait(item: T): void {
    if (this.shut) throw this.closedError();
    if (this.full) throw new QueueFullError(`${this.name} is full: it holds ${this.capacity}`);
    this.unfinished++;
    this.give(item);
  }

  /** Says that the work for an item that was taken is done. Throws an `InvalidStateError` when that was said for all of them. */
  taskDone(): void {
    if (this.unfinished === 0) throw new InvalidStateError(`${this.name}.taskDone() was called more often than items were put in`);
    if (--this.unfinished > 0) return;
    for (let joiner; (joiner = this.joiners._shift()); ) joiner._wake();
  }

  /** Waits until `taskDone()` was called for every item that was put in. */
  join(): Effect<void> {
    return new Effect(`${this.name}.join`, undefined, this.performJoin);
  }

  /** No more items: `put` throws from now on, and `get` when those that are in it are gone; who waits is thrown it, too. */
  close(): void {
    this.shut = true;
    for (const list of [this.getters, this.putters]) {
      for (let waiter; (waiter = list._shift()); ) waiter._wake(this.closedError(), THROW);
    }
  }

  private closedError(): QueueClosedError {
    return new QueueClosedError(`${this.name} is closed`);
  }

  private take(task: Task): unknown {
    if (this.size > 0) return this.shift();
    if (this.shut) throw this.closedError();
    this.getters._park(task);
    return SUSPENDED;
  }

  private park(task: Task): unknown {
    if (this.unfinished === 0) return undefined;
    this.joiners._park(task);
    return SUSPENDED;
  }

  private offer(task: Task, item: T): unknown {
    if (!this.full || this.shut) return this.putNowait(item);
    this.putters._park(task);
    task._inbox = item;
    return SUSPENDED;
  }

  /** To the consumer who has waited longest, or into the queue. */
  private give(item: T): void {
    const getter = this.getters._shift();
    if (getter === undefined) this.items.push(item);
    else this.hand(getter, item);
  }

  private hand(getter: Waiter, item: T, turn = ++this.handed): void {
    getter._wake(item);
    getter._place = { _leave: () => this.takeBack(item, turn) };
  }

  /** The next item; the producer who has waited longest gets the room, if there is. */
  private shift(): T {
    const item = this.items.shift();
    this.returned.shift();
    const putter = this.full ? undefined : (this.putters._shift() as Task | undefined);
    if (putter !== undefined) {
      this.unfinished++;
      this.items.push(putter._inbox as T);
      putter._wake();
    }
    return item;
  }

  /** Several may come back in one turn, in any order: each goes where it was. */
  private takeBack(item: T, turn: number): void {
    const next = this.getters._shift();
    if (next !== undefined) return this.hand(next, item, turn);
    const index = this.returned.filter((other) => other < turn).length;
    this.returned.splice(index, 0, turn);
    this.items.insert(index, item);
  }
}
