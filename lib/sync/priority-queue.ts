// A queue that gives out the most urgent item first: a binary heap of items and their priorities. Relies on
// queue.

import { mustBe } from '../words/messages.ts';
import type { Items } from './exchange.ts';
import type { NameOption } from './named.ts';
import { Queue } from './queue.ts';

interface Entry<T> {
  readonly item: T;
  readonly priority: number;
  /** Counted: of two with the same priority the one that came first is before the other. */
  readonly order: number;
}

// Infinity - Infinity is NaN, and then the order decides, too.
const before = (a: Entry<unknown>, b: Entry<unknown>) => (a.priority - b.priority || a.order - b.order) < 0;

class Heap<T> implements Items<T> {
  private readonly _entries: Entry<T>[] = [];
  private readonly _priority: (item: T) => number;
  private _count = 0;

  constructor(priority: (item: T) => number) {
    this._priority = priority;
  }

  get size(): number {
    return this._entries.length;
  }

  push(item: T): void {
    const priority = this._priority(item);
    if (typeof priority !== 'number' || Number.isNaN(priority))
      throw new TypeError(mustBe('a PriorityQueue', 'items whose priority is a number', priority));
    const { _entries } = this;
    const entry = { item, priority, order: this._count++ };
    // The hole at the end rises to where the entry belongs.
    let at = _entries.length;
    for (let up; at && before(entry, _entries[(up = (at - 1) >> 1)] as Entry<T>); at = up)
      _entries[at] = _entries[up] as Entry<T>;
    _entries[at] = entry;
  }

  shift(): T {
    const { _entries } = this;
    const [first] = _entries as [Entry<T>];
    const last = _entries.pop() as Entry<T>;
    const size = _entries.length;
    // The hole at the top sinks to where the last one belongs.
    let at = 0;
    for (let down; (down = 2 * at + 1) < size; at = down) {
      if (down + 1 < size && before(_entries[down + 1] as Entry<T>, _entries[down] as Entry<T>)) down++;
      if (before(last, _entries[down] as Entry<T>)) break;
      _entries[at] = _entries[down] as Entry<T>;
    }
    if (size) _entries[at] = last;
    return first.item;
  }
}

/**
 * A queue whose `get` gives the item with the lowest `priority(item)`; equal ones come in the order in which they went
 * in. The items themselves are never compared. The function is called once for each item, when that goes in; what is no
 * number is a `TypeError` of that `put`. All else is as in `Queue`. Throws a `TypeError` when there is no function.
 *
 * @example
 * const jobs = new PriorityQueue((job: Job) => job.deadline, 10, { name: 'jobs' });
 * const tutorial = new PriorityQueue(([priority]: [number, string]) => priority); // asyncio's pairs
 */
export class PriorityQueue<T> extends Queue<T> {
  constructor(priority: (item: T) => number, capacity?: number, options?: NameOption) {
    if (typeof priority !== 'function')
      throw new TypeError(mustBe('a PriorityQueue', 'a function that gives the priority of an item', priority));
    super(capacity, options);
    this._items = new Heap(priority);
  }
}
