// A queue that gives out the newest item first: a stack that tasks can wait at. Relies on queue.

import type { Items } from './deque.ts';
import { Queue } from './queue.ts';

/** Last in, first out. */
class Stack<T> implements Items<T> {
  private readonly _items: T[] = [];

  get size(): number {
    return this._items.length;
  }

  push(item: T): void {
    this._items.push(item);
  }

  /** The one that went in last. */
  shift(): T {
    return this._items.pop() as T;
  }

  unshift(item: T): void {
    this._items.push(item);
  }
}

/**
 * A queue whose `get` gives the item that went in last. In all else it is a `Queue`.
 *
 * @example
 * const free = new LifoQueue<Connection>(); // the connection that was used last is used first
 */
export class LifoQueue<T> extends Queue<T> {
  /** @internal */ override _items: Items<T> = new Stack<T>();
}
