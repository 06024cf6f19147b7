// The queue with which native code, co and bluebird play ping-pong: the least that a queue of promises can be. `put` is
// a plain call, `get` costs one promise. Unlike treadle's queue it has no capacity, no cancellation and no `close`,
// which favours those who use it. Relies on nothing.

interface Promises {
  new <T>(start: (resolve: (value: T) => void) => void): PromiseLike<T>;
  resolve<T>(value: T): PromiseLike<T>;
}

export class PromiseQueue<T> {
  private readonly items: T[] = [];
  private readonly waiting: ((item: T) => void)[] = [];
  private readonly promises: Promises;

  constructor(promises: Promises = Promise) {
    this.promises = promises;
  }

  put(item: T): void {
    const waiter = this.waiting.shift(); // an array of 0 or 1 entries, where a linked list would not be faster
    if (waiter) waiter(item);
    else this.items.push(item);
  }

  get(): PromiseLike<T> {
    if (this.items.length > 0) return this.promises.resolve(this.items.shift() as T);
    return new this.promises((resolve) => this.waiting.push(resolve));
  }
}
