// A ring of items, open at both ends: what a queue keeps its items in, where array.shift would copy the
// whole array. Relies on nothing.

export class Deque<T> {
  private _ring: (T | undefined)[] = new Array<undefined>(8).fill(undefined); // its length is a power of two
  private _head = 0;
  size = 0;

  push(item: T): void {
    if (this.size === this._ring.length) this._grow();
    this._ring[(this._head + this.size++) & (this._ring.length - 1)] = item;
  }

  /** Back to the front. */
  unshift(item: T): void {
    if (this.size === this._ring.length) this._grow();
    this._head = (this._head - 1) & (this._ring.length - 1);
    this._ring[this._head] = item;
    this.size++;
  }

  /** The caller knows that it is not empty. */
  shift(): T {
    const item = this._ring[this._head] as T;
    this._ring[this._head] = undefined; // or the ring would keep it alive
    this._head = (this._head + 1) & (this._ring.length - 1);
    this.size--;
    return item;
  }

  private _grow(): void {
    // Unrolled: the part that had wrapped round follows the part at the end.
    const { _ring, _head } = this;
    this._ring = _ring.slice(_head).concat(_ring.slice(0, _head), new Array<undefined>(_ring.length).fill(undefined));
    this._head = 0;
  }
}
