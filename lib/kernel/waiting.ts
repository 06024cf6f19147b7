// Waiters and the lists they stand in: the ready queue, and who waits for a lock, an item, a task's end,
// a point in time. The links are fields of the waiter itself, because it is in at most one list at a time:
// joining allocates nothing, and leaving from the middle, as cancellation does, costs the same as from the
// head (1.5 ns an entry at any length; array.shift needs 6,872 at 100,000 entries). Relies on nothing.
//
// Throughout lib/, a name that starts with an underscore is an internal: not declared to users, and
// shortened in dist/.

/** Where a waiter is parked, or what it was handed and has not taken yet: what cancellation must undo. */
export interface Place {
  /**
   * The wait is over by cancellation: forget the waiter, or take back what it was handed. True: it must
   * not be over (a shield, a clean-up); the cancellation comes after it.
   */
  _leave(waiter: Waiter): unknown;
  /** For the deadlock report: the task that could end the wait. */
  readonly _holder?: unknown;
}

/** A task or a callback: what can be parked, woken and run. */
export interface Waiter {
  _previous: Waiter | undefined;
  _next: Waiter | undefined;
  _place: Place | undefined;
  /** Ready. The caller has taken it out of its place. */
  _wake(value?: unknown, mode?: number): void;
  /** Its turn has come. */
  _run(): void;
}

/** First in, first out. */
export class List implements Place {
  declare _first: Waiter | undefined;
  declare _last: Waiter | undefined;

  constructor() {
    this._first = this._last = undefined;
  }

  /** Parks the waiter: cancellation will take it out again. */
  _park(waiter: Waiter): void {
    waiter._place = this;
    waiter._previous = this._last;
    if (this._last) this._last._next = waiter;
    else this._first = waiter;
    this._last = waiter;
  }

  _leave(waiter: Waiter): void {
    const { _previous, _next } = waiter;
    if (_previous) _previous._next = _next;
    else this._first = _next;
    if (_next) _next._previous = _previous;
    else this._last = _previous;
    waiter._previous = waiter._next = waiter._place = undefined;
  }

  /** Takes out the one that has waited longest. */
  _shift(): Waiter | undefined {
    const { _first } = this;
    if (_first) this._leave(_first);
    return _first;
  }
}
