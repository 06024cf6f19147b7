// What queues and channels are made of: items, and two lines of tasks, those who wait to put one in and those who
// wait to take one out. Who is woken is promised something, room for its item or any one item, and uses that in
// its turn. One that is cancelled by then has done nothing, and the next in line gets the promise: so no item is lost
// or doubled, none has to come back, and nobody slips in between.
// Relies on the kernel, deque.
//
// A task that waits to put keeps its item in its inbox, which is free while it waits. To keep a promise is what a
// woken task does first in its turn, by PERFORM: no budget ends and no cancellation comes in between.

import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { QueueClosedError, QueueFullError } from '../words/errors.ts';
import { mustBe } from '../words/messages.ts';
import { List } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import { Deque } from './deque.ts';

/** Where items are kept: what comes out next is all that the kinds of queues differ in. */
export interface Items<T> {
  readonly size: number;
  push(item: T): void;
  /** The caller knows that there is one. */
  shift(): T;
}

export abstract class Exchange<T> {
  readonly name: string;
  /** How many items fit in. */
  readonly capacity: number;
  _items: Items<T> = new Deque<T>();
  readonly _takers = new List<Task>();
  readonly _putters = new List<Task>();
  /** How many tasks were woken to take an item, and how many to put theirs in. */
  _taking = 0;
  _putting = 0;
  _shut = false;
  /** What the effects are called. To join a name and a verb each time takes as long as to perform the effect. */
  readonly _putKind: string;
  readonly _takeKind: string;

  constructor(what: string, capacity: number, least: number, name: string, put: string, take: string) {
    if (capacity !== Infinity && !(Number.isInteger(capacity) && capacity >= least))
      throw new RangeError(mustBe(what, `a capacity of ${least} or more`, capacity));
    this.capacity = capacity;
    this.name = name;
    this._putKind = `${name}.${put}`;
    this._takeKind = `${name}.${take}`;
  }

  /** How many items are in it, also those that a task was woken for and has not taken yet. */
  get size(): number {
    return this._items.size;
  }

  get closed(): boolean {
    return this._shut;
  }

  /** What a taker gets for an item, and when there will be none. */
  abstract _answer(item: T): unknown;
  abstract _end(): unknown;
  abstract _room(): boolean;

  _close(): void {
    this._shut = true;
    for (let putter; (putter = this._putters._shift());) putter._wakeThrowing(this._closedError());
    this._checkEnd();
  }

  _closedError(): QueueClosedError {
    return new QueueClosedError(`${this.name} is closed`);
  }

  // ---- effects: what a task does when it yields them

  readonly _take = (task: Task): unknown => {
    if (this._available) return this._answer(this._shift());
    if (this._shut && !this.size) return this._end();
    this._takers._park(task);
    this._admit(); // one who waits to take may be room
    return SUSPENDED;
  };

  readonly _put = (task: Task, args: [T]): unknown => {
    if (this._shut) throw this._closedError();
    if (this._room()) return this._add(args[0]);
    this._putters._park(task);
    task._inbox = args[0];
    return SUSPENDED;
  };

  // ---- at once

  /** Is there an item that nobody was woken for? */
  get _available(): boolean {
    return this._items.size > this._taking;
  }

  _shift(): T {
    const item = this._items.shift();
    this._admit();
    if (this._shut) this._checkEnd();
    return item;
  }

  _putNow(item: T): void {
    if (this._shut) throw this._closedError();
    if (!this._room()) throw new QueueFullError(`${this.name} is full: it holds ${this.capacity}`);
    this._add(item);
  }

  _add(item: T): void {
    this._items.push(item);
    this._offer();
  }

  // ---- promises

  /** If there is room: the one who has waited longest may put its item in. */
  private _admit(): void {
    if (!this._putters._first || !this._room()) return;
    const putter = this._putters._shift() as Task;
    this._putting++;
    putter._wakePerforming(new Effect('', putter._inbox, this._enter));
    putter._place = this._entering;
  }

  /** If there is an item: the one who has waited longest may take one. */
  private _offer(): void {
    if (this._takers._first && this._available) this._call();
  }

  private _call(): void {
    const taker = this._takers._shift() as Task;
    this._taking++;
    taker._wakePerforming(this._fetch);
    taker._place = this._fetching;
  }

  /** Closed and empty: all who wait to take are told. While an item is on its way they wait: it may still become theirs. */
  private _checkEnd(): void {
    while (!this.size && this._takers._first) this._call();
  }

  private readonly _fetch = new Effect('', undefined, (task: Task) => {
    this._taking--;
    return this._take(task);
  });

  private readonly _enter = (_task: Task, item: T): void => {
    this._putting--;
    if (this._shut) throw this._closedError();
    try {
      this._add(item);
    } finally {
      this._admit(); // an item that is refused leaves its room to the next one
    }
  };

  private readonly _fetching = {
    _withdraw: (): void => {
      this._taking--;
      this._offer();
    },
  };

  private readonly _entering = {
    _withdraw: (): void => {
      this._putting--;
      this._admit();
    },
  };
}
