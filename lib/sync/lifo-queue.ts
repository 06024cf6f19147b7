// A queue that gives out the newest item first: a stack to wait at. Relies on queue.

import type { Items } from './exchange.ts';
import { Queue } from './queue.ts';

class Stack<T> implements Items<T> {
  private readonly _stack: T[] = [];

  get size(): number {
    return this._stack.length;
  }

  push(item: T): void {
    this._stack.push(item);
  }

  shift(): T {
    return this._stack.pop() as T;
  }
}

/**
 * A queue whose `get` gives the item that went in last. All else is as in `Queue`.
 *
 * @example
 * const free = new LifoQueue<Connection>(); // the one that was used last is used first
 */
export class LifoQueue<T> extends Queue<T> {
  override _items: Items<T> = new Stack();
}
