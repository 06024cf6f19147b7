// A queue that gives out the most urgent item first: a heap of items and their priorities. Relies on queue,
// kernel/heap.

import { Heap } from '../kernel/heap.ts';
import { checkFunction } from '../words/check.ts';
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

class Priorities<T> implements Items<T> {
  private readonly _heap = new Heap<Entry<T>>(before);
  private readonly _priority: (item: T) => number;
  /** Counts up: first in, first out among equals. */
  private _nextOrder = 0;
  /** Counts down: an item that comes back is before its equals. */
  private _returnedOrder = -1;

  constructor(priority: (item: T) => number) {
    this._priority = priority;
  }

  get size(): number {
    return this._heap.size;
  }

  push(item: T): void {
    const priority = this._priority(item);
    if (typeof priority !== 'number' || Number.isNaN(priority))
      throw new TypeError(mustBe('a PriorityQueue', 'items whose priority is a number', priority));
    this._heap.push({ item, priority, order: this._nextOrder++ });
  }

  shift(): T {
    return (this._heap.shift() as Entry<T>).item;
  }

  unshift(item: T): void {
    this._heap.push({ item, priority: this._priorityAgain(item), order: this._returnedOrder-- });
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
  /** Throws a `TypeError` when `priority` is not a function, and for the capacity what `new Queue()` does. */
  constructor(priority: (item: T) => number, capacity?: number, options?: NameOption) {
    checkFunction('a PriorityQueue', priority, 'a function that gives the priority of an item');
    super(capacity, options);
    this._items = new Priorities(priority);
  }
}
