// A queue that gives out the most urgent item first: a binary heap of items and their priorities. Relies on queue.
//
// The heap is a tree in an array: the entry at `i` has its children at `2i + 1` and `2i + 2`, and comes out before
// both. So the first entry is the most urgent one. An entry that goes in rises from the end, one that is moved to the
// top sinks; either takes at most as many steps as the tree is high. No entry is swapped: the hole moves, and is filled
// once.

import { mustBe } from '../words/messages.ts';
import type { Items } from './deque.ts';
import type { NameOption } from './named.ts';
import { Queue } from './queue.ts';

interface Entry<T> {
  readonly item: T;
  readonly priority: number;
  /** Of two entries with the same priority, the one with the lower order comes out first. */
  readonly order: number;
}

/** Does `a` come out before `b`? Two infinite priorities differ by NaN, and then the order decides as well. */
function before(a: Entry<unknown>, b: Entry<unknown>): boolean {
  return (a.priority - b.priority || a.order - b.order) < 0;
}

class Heap<T> implements Items<T> {
  private readonly _entries: Entry<T>[] = [];
  private readonly _priority: (item: T) => number;
  /** Counts up: first in, first out among equals. */
  private _nextOrder = 0;
  /** Counts down: an item that comes back is before its equals. */
  private _returnedOrder = -1;

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
    this._rise({ item, priority, order: this._nextOrder++ });
  }

  shift(): T {
    const [first] = this._entries as [Entry<T>];
    const last = this._entries.pop() as Entry<T>;
    if (this.size > 0) this._sink(last);
    return first.item;
  }

  unshift(item: T): void {
    this._rise({ item, priority: this._priorityAgain(item), order: this._returnedOrder-- });
  }

  /** It was not kept when the item was taken out. If it can no longer be told, the item comes out next. */
  private _priorityAgain(item: T): number {
    try {
      const priority = this._priority(item);
      return priority > -Infinity ? priority : -Infinity; // NaN, too
    } catch {
      return -Infinity;
    }
  }

  /** From a hole at the end up to where the entry belongs. */
  private _rise(entry: Entry<T>): void {
    const { _entries } = this;
    let hole = _entries.length;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = _entries[parent] as Entry<T>;
      if (!before(entry, above)) break;
      _entries[hole] = above;
      hole = parent;
    }
    _entries[hole] = entry;
  }

  /** From a hole at the top down to where the entry belongs. */
  private _sink(entry: Entry<T>): void {
    const { _entries } = this;
    const size = _entries.length;
    let hole = 0;
    for (let child = 1; child < size; child = 2 * hole + 1) {
      const right = child + 1;
      if (right < size && before(_entries[right] as Entry<T>, _entries[child] as Entry<T>)) child = right;
      const below = _entries[child] as Entry<T>;
      if (before(entry, below)) break;
      _entries[hole] = below;
      hole = child;
    }
    _entries[hole] = entry;
  }
}

/**
 * A queue whose `get` gives the item with the lowest `priority(item)`; equal ones come out in the order in which they
 * went in. Items are never compared with each other. The function is called when an item goes in, once; if it does not
 * give a number, that `put` throws a `TypeError`. It is called again only for an item that comes back, because it could
 * not be handed over to a task that was cancelled. In all else it is a `Queue`.
 *
 * @example
 * const jobs = new PriorityQueue((job: Job) => job.deadline, 10, { name: 'jobs' });
 * const pairs = new PriorityQueue(([priority]: [number, string]) => priority); // as in asyncio's tutorials
 */
export class PriorityQueue<T> extends Queue<T> {
  /** Throws a `TypeError` when `priority` is not a function, and a `RangeError` as `new Queue()` does. */
  constructor(priority: (item: T) => number, capacity?: number, options?: NameOption) {
    if (typeof priority !== 'function')
      throw new TypeError(mustBe('a PriorityQueue', 'a function that gives the priority of an item', priority));
    super(capacity, options);
    this._items = new Heap(priority);
  }
}
