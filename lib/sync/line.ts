// A line of waiting tasks that knows its length. Relies on the kernel's lists.
//
// The plain `List` does not count, because it is on the path of every wait and hardly anybody asks: two more writes for
// each task that is parked and woken. A barrier must know how many tasks have come, so it stands them in one of these.

import { List } from '../kernel/waiting.ts';
import type { Waiter } from '../kernel/waiting.ts';

export class Line<W extends Waiter> extends List<W> {
  /** @internal How many wait in it. */
  _length = 0;

  /** @internal */ override _park(waiter: W): void {
    this._length++;
    super._park(waiter);
  }

  /** @internal Also called by `_shift` and `wakeAll`: this is the one way out. */
  override _withdraw(waiter: W): void {
    this._length--;
    super._withdraw(waiter);
  }
}

/** How many wait in a list that does not count: walked, because it is asked rarely. */
export function countWaiters(list: List): number {
  let count = 0;
  for (let waiter = list._first; waiter; waiter = waiter._next) count++;
  return count;
}
