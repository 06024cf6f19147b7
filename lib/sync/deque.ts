// A ring of items, open at both ends: what a queue keeps its items in, where array.shift would copy the
// whole array. Relies on nothing.

export class Deque<T> {
  private ring: (T | undefined)[] = new Array<undefined>(8).fill(undefined); // its length is a power of two
  private head = 0;
  size = 0;

  push(item: T): void {
    if (this.size === this.ring.length) this.grow();
    this.ring[(this.head + this.size++) & (this.ring.length - 1)] = item;
  }

  /** Puts the item behind the first `index` ones. */
  insert(index: number, item: T): void {
    if (this.size === this.ring.length) this.grow();
    const mask = this.ring.length - 1;
    this.head = (this.head - 1) & mask;
    this.size++;
    for (let i = 0; i < index; i++) this.ring[(this.head + i) & mask] = this.ring[(this.head + i + 1) & mask];
    this.ring[(this.head + index) & mask] = item;
  }

  /** The caller knows that it is not empty. */
  shift(): T {
    const item = this.ring[this.head] as T;
    this.ring[this.head] = undefined; // or the ring would keep it alive
    this.head = (this.head + 1) & (this.ring.length - 1);
    this.size--;
    return item;
  }

  private grow(): void {
    // Unrolled: the part that had wrapped round follows the part at the end.
    const { ring, head } = this;
    this.ring = ring.slice(head).concat(ring.slice(0, head), new Array<undefined>(ring.length).fill(undefined));
    this.head = 0;
  }
}
