// A binary heap: whatever went in, the least comes out first. The virtual clock keeps its deadlines in one, a priority
// queue its items. Relies on nothing.
//
// The heap is a tree in an array: the entry at `i` has its children at `2i + 1` and `2i + 2`, and comes out before
// both. So the first entry is the least. An entry that goes in rises from the end, one that is moved to the top sinks;
// either takes at most as many steps as the tree is high. No entry is swapped: the hole moves, and is filled once.

export class Heap<T> {
  /** @internal */ _entries: T[] = [];
  /** Does `a` come out before `b`? */
  private readonly before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.before = before;
  }

  get size(): number {
    return this._entries.length;
  }

  /** The one that comes out next. */
  get first(): T | undefined {
    return this._entries[0];
  }

  /** A hole at the end rises to where the entry belongs. */
  push(entry: T): void {
    const { _entries, before } = this;
    let hole = _entries.length;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = _entries[parent] as T;
      if (!before(entry, above)) break;
      _entries[hole] = above;
      hole = parent;
    }
    _entries[hole] = entry;
  }

  /** Takes out the first entry. The hole at the top sinks to where the last one belongs. */
  shift(): T | undefined {
    const { _entries, before } = this;
    const first = _entries[0];
    const last = _entries.pop() as T;
    const size = _entries.length;
    if (size === 0) return first;
    let hole = 0;
    for (let child = 1; child < size; child = 2 * hole + 1) {
      const right = child + 1;
      if (right < size && before(_entries[right] as T, _entries[child] as T)) child = right;
      const below = _entries[child] as T;
      if (before(last, below)) break;
      _entries[hole] = below;
      hole = child;
    }
    _entries[hole] = last;
    return first;
  }
}
