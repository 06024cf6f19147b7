// What queues and channels are made of: items, a line of tasks that wait to put one in, and a line of tasks that wait
// to take one out. Relies on the kernel, deque.
//
//        putters                          items                            takers
//   wait for room                  at most `capacity`                 wait for an item
//
//   P3 ──▶ P2 ──▶ P1 ──┐         ┌────┬────┬────┐          ┌──▶ T1 ◀── T2 ◀── T3
//                      │ ───────▶│ i3 │ i2 │ i1 │───────▶  │
//                promisedRoom    └────┴────┴────┘    promisedItems
//            tasks that were woken                 tasks that were woken
//            to put their item in                  to take an item out
//
//   There is room for one more while           items + promisedRoom < capacity.
//   There is an item for one more while        items > promisedItems.
//
// A task that is woken is handed no item. It is promised one, whichever that will be, and takes it in its own turn.
// Until then the item stays where it is and the counter keeps it from everybody else, so nobody slips in between. This
// makes cancellation simple. A task that is cancelled before its turn has done nothing: the counter goes down, the
// promise goes to the next in line, and no item is lost, doubled, or put back in the wrong order. The same holds for a
// task that waits to put. It keeps its item until its turn comes, so a `put` that was cancelled has not happened.
//
// `yield* jobs.get()`, step by step:
//
//   _performTake     an item that is promised to nobody? ── yes ──▶ take it out: the answer, at once
//        │ no
//        ▼
//   parked in the takers' line
//        │ somebody puts an item in: _promiseItem wakes the task                promisedItems + 1
//        ▼
//   ready, with a promise ── cancelled? ──▶ the promise goes to the next taker  promisedItems - 1
//        │ its turn comes
//        ▼
//   _redeemItem      takes an item out: the answer                              promisedItems - 1
//
// With capacity 0 the two sides meet, and no item is kept. A task that puts always waits, with its item, and the task
// that has waited longest to take is promised what the first putter holds. In its turn it takes the item from the
// putter's hands, and only then is that `put` over:
//
//   - If the taker is cancelled before its turn, the putter goes on waiting, and the next taker gets the promise.
//   - If the putter is cancelled, the taker finds nothing in its turn, and waits again as the first of its line. No
//     other promise can be broken.
//   - The putter goes on directly after the taker's step. With other tasks in between, one of them could cancel a `put`
//     whose item is gone.
//   - The taker always passes through the ready queue. Else two tasks that put each other items could go on and on,
//     each directly after the other, and leave no turn to the rest.

import { Effect, SUSPENDED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { List, parkFirst } from '../kernel/waiting.ts';
import type { Place } from '../kernel/waiting.ts';
import { wakeFirst } from '../kernel/wake-first.ts';
import { checkLimit } from '../words/check.ts';
import { QueueClosedError, QueueFullError } from '../words/errors.ts';
import { Deque } from './deque.ts';
import type { Items } from './deque.ts';
import { countWaiters } from './line.ts';

/** What queues and channels differ in. */
export interface Policy<T, Answer> {
  /** For messages: `'a Queue'`. */
  readonly title: string;
  readonly leastCapacity: number;
  /** What the two effects are called: `'put'`, `'take'`. */
  readonly put: string;
  readonly take: string;
  /** What a task is answered that takes this item. */
  readonly answer: (item: T) => Answer;
}

/** What `statistics()` of a queue or a channel tells. */
export interface ExchangeStatistics {
  readonly size: number;
  readonly capacity: number;
  readonly closed: boolean;
  /** How many tasks wait for room: in `put` or `send`. */
  readonly waitingToPut: number;
  /** How many tasks wait for an item: in `get` or `receive`. */
  readonly waitingToTake: number;
}

/** Wakes a task with a promise: it is redeemed by performing this effect, first thing in the task's turn. */
function promise(task: Task, redemption: Effect<unknown>, takeBack: Place): void {
  task._wakePerforming(redemption);
  task._place = takeBack;
}

export class Exchange<T, Answer> {
  /** Shown in reports: what its effects are printed with. */
  readonly name: string;
  /** How many items fit in. */
  readonly capacity: number;
  /** @internal */ _items: Items<T> = new Deque<T>();
  /** @internal How many items have ever been put in. */
  _accepted = 0;
  /** @internal */ readonly _putters = new List<Task>();
  /** @internal */ readonly _takers = new List<Task>();
  private _promisedRoom = 0;
  private _promisedItems = 0;
  /** What a task is answered, or thrown, that comes to take when nothing is left. `undefined` until it is closed. */
  private _end: (() => Answer) | undefined = undefined;
  private readonly _policy: Policy<T, Answer>;
  private readonly _putKind: string;
  /** @internal `jobs.get()`: what a task yields to take an item. */
  readonly _take: Effect<Answer>;
  /** What a task performs that was promised an item. It has the same name, because it is the rest of the same wait. */
  private readonly _redemption: Effect<Answer>;

  constructor(capacity: number, name: string, policy: Policy<T, Answer>) {
    const { title, leastCapacity, put, take } = policy;
    this.capacity = checkLimit(title, capacity, 'a capacity', leastCapacity);
    this.name = name;
    this._policy = policy;
    this._putKind = `${name}.${put}`;
    this._take = new Effect(`${name}.${take}`, undefined, this._performTake);
    this._redemption = new Effect(this._take.kind, undefined, this._redeemItem);
  }

  /** How many items are in it, including the ones promised to tasks that have not had their turn yet. */
  get size(): number {
    return this._items.size;
  }

  /** True when `close()` was called. */
  get closed(): boolean {
    return this._end !== undefined;
  }

  /**
   * How it is used at this moment. A task that was woken and has not had its turn yet waits no longer. Of a queue of
   * capacity 10 that is always full, the consumers are too slow; of one that is always empty, the producers.
   */
  statistics(): ExchangeStatistics {
    return {
      size: this.size,
      capacity: this.capacity,
      closed: this.closed,
      waitingToPut: countWaiters(this._putters),
      waitingToTake: countWaiters(this._takers),
    };
  }

  // ---- the two effects

  /** @internal What a task yields to put this item in. */
  _put(item: T): Effect<void> {
    return new Effect(this._putKind, [item], this._performPut);
  }

  private readonly _performPut = (task: Task, [item]: [T]): unknown => {
    if (this.closed) throw this._closedError();
    if (this._hasRoom) return this._add(item);
    this._putters._park(task);
    task._inbox = item; // free while the task waits
    if (this.capacity === 0) this._promiseItem(); // to a task that waits for one
    return SUSPENDED;
  };

  private readonly _performTake = (task: Task): unknown => {
    if (this._hasItem) return this._policy.answer(this._takeOut());
    if (this._end && this.size === 0) return this._end();
    this._takers._park(task);
    if (this.capacity === 0) this._promiseItem(); // that of a task which waits with one
    return SUSPENDED;
  };

  // ---- at once

  /** @internal Is there room that is promised to nobody? */
  get _hasRoom(): boolean {
    return this.size + this._promisedRoom < this.capacity;
  }

  /** @internal Is there an item that is promised to nobody? */
  get _hasItem(): boolean {
    return this.size > this._promisedItems;
  }

  /** @internal */ _putNow(item: T): void {
    if (this.closed) throw this._closedError();
    // With capacity 0 there is room only for an item that a task waits for, and only if no putter came before.
    const wanted = this.capacity === 0 && this._takers._first && !this._putters._first;
    if (!wanted && !this._hasRoom) throw new QueueFullError(`${this.name} is full: it holds ${this.capacity}`);
    this._add(item);
  }

  private _add(item: T): void {
    this._items.push(item);
    this._accepted++;
    this._promiseItem();
  }

  /** @internal The caller knows that there is an item. */
  _takeOut(): T {
    const item = this._items.shift();
    this._promiseRoom();
    this._tellEnd();
    return item;
  }

  /**
   * @internal Undoes a take: a task was answered with this item, and a combinator could not hand it over. The item
   * comes out next. If its room was filled meanwhile, there are for a while more items than fit in.
   */
  _giveBack(item: T): void {
    this._items.unshift(item);
    this._promiseItem();
  }

  // ---- promises

  /** Is there an item for one more task? The one that has waited longest is promised it. */
  private _promiseItem(): void {
    const waitingWithOne = this.capacity === 0 && this._putters._first ? 1 : 0;
    if (!this._takers._first || this.size + waitingWithOne <= this._promisedItems) return;
    this._promisedItems++;
    promise(this._takers._shift() as Task, this._redemption, this._itemPromise);
  }

  private readonly _redeemItem = (task: Task): unknown => {
    this._promisedItems--;
    if (this.size > 0) return this._policy.answer(this._takeOut());
    const putter = this._putters._shift();
    if (putter) return this._policy.answer(this._takeFrom(putter));
    if (this._end) return this._end();
    parkFirst(this._takers, task); // the putter was cancelled
    return SUSPENDED;
  };

  /** Capacity 0: the item goes from hand to hand, and the putter's wait is over. */
  private _takeFrom(putter: Task): T {
    const item = putter._inbox as T;
    wakeFirst(putter);
    this._promiseItem(); // that of the next one
    return item;
  }

  /** Where a task is that was promised an item and has not had its turn. */
  private readonly _itemPromise: Place = {
    _withdraw: () => {
      this._promisedItems--;
      this._promiseItem();
    },
  };

  /** Is there room for another item? The task that has waited longest to put one in is promised it. */
  private _promiseRoom(): void {
    if (!this._putters._first || !this._hasRoom) return;
    this._promisedRoom++;
    const putter = this._putters._shift() as Task;
    promise(putter, new Effect(this._putKind, [putter._inbox], this._redeemRoom), this._roomPromise);
  }

  private readonly _redeemRoom = (_task: Task, [item]: [T]): void => {
    this._promisedRoom--;
    if (this.closed) throw this._closedError();
    try {
      this._add(item);
    } finally {
      this._promiseRoom(); // an item that is refused leaves its room to the next one
    }
  };

  /** Where a task is that was promised room and has not had its turn. */
  private readonly _roomPromise: Place = {
    _withdraw: () => {
      this._promisedRoom--;
      this._promiseRoom();
    },
  };

  // ---- the end

  /** @internal */ _close(end: () => Answer): void {
    this._end = end;
    for (let putter = this._putters._shift(); putter; putter = this._putters._shift())
      putter._wakeThrowing(this._closedError());
    this._tellEnd();
  }

  /** @internal */ _closedError(): QueueClosedError {
    return new QueueClosedError(`${this.name} is closed`);
  }

  /**
   * Closed and empty: the tasks that wait to take are woken, and find that out for themselves. While there are items
   * they wait, even if each of those is promised: one of them may still become theirs.
   */
  private _tellEnd(): void {
    if (!this.closed || this.size > 0) return;
    for (let taker = this._takers._shift(); taker; taker = this._takers._shift()) taker._wakePerforming(this._take);
  }
}
