// Waiters and the lists they stand in: who waits for a lock, an item, a task's end, a point in time.
// The links are fields of the waiter itself, because a task waits in at most one place: joining a list
// allocates nothing and leaving it from the middle, as cancellation does, costs the same as from the head.
// Relies on nothing.

/** Where a waiter is parked, or what it was handed and has not yet taken: what cancellation must undo. */
export interface Place {
  /** The wait is over by cancellation: forget the waiter, or take back what it was handed. */
  remove(waiter: Waiter): void;
  /** For the deadlock report: who could end the wait. */
  readonly holder?: unknown;
}

/** A task, or a callback, that can be parked and woken. */
export interface Waiter {
  previous: Waiter | undefined;
  next: Waiter | undefined;
  place: Place | undefined;
  /** Becomes ready, with the value it waited for. The caller has taken it out of its place. */
  wake(value?: unknown): void;
  /** Becomes ready, with the error that ends its wait. */
  fail(error: unknown): void;
  /** Becomes ready because the outcome it waited for is there. */
  settled(outcome: unknown): void;
}

/** First come, first served. */
export class WaitingList implements Place {
  first: Waiter | undefined = undefined;
  private last: Waiter | undefined = undefined;
  /** What is waited for, where that has a holder (a lock). */
  private readonly resource: { readonly holder?: unknown } | undefined;

  constructor(resource?: { readonly holder?: unknown }) {
    this.resource = resource;
  }

  get holder(): unknown {
    return this.resource?.holder;
  }

  add(waiter: Waiter): void {
    waiter.place = this;
    waiter.previous = this.last;
    if (this.last === undefined) this.first = waiter;
    else this.last.next = waiter;
    this.last = waiter;
  }

  remove(waiter: Waiter): void {
    if (waiter.previous === undefined) this.first = waiter.next;
    else waiter.previous.next = waiter.next;
    if (waiter.next === undefined) this.last = waiter.previous;
    else waiter.next.previous = waiter.previous;
    waiter.previous = waiter.next = waiter.place = undefined;
  }

  /** Takes out the one that has waited longest. */
  shift(): Waiter | undefined {
    const { first } = this;
    if (first !== undefined) this.remove(first);
    return first;
  }
}
