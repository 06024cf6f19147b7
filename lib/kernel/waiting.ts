// Waiting: what can wait (a `Waiter`: a task or a callback), where (a `Place`), and the list that most places are.
//
// A waiter is in at most one place at a time: parked in a timer's list, in the line before a lock, among the joiners
// of a task, or in the ready queue. So the links of the lists are fields of the waiter itself. Joining a list allocates
// nothing, and leaving it from the middle, as cancellation does, costs the same as from the head: 1.5 ns an entry at
// any length, where `array.shift` needs 6,872 ns at 100,000 entries.
//
//        _first                               _last
//          │                                    │
//          ▼                                    ▼
//        ┌───┐ _next   ┌───┐ _next   ┌───┐ _next
//        │ A │────────▶│ B │────────▶│ C │────────▶ undefined
//        │   │◀────────│   │◀────────│   │
//        └───┘ _previous └───┘ _previous └───┘
//
// Throughout lib/, an underscore marks the members of classes that users see but are not meant to use.
// Relies on nothing.

/**
 * Where a waiter is parked, or what it was handed and has not used yet: whatever a cancellation must undo.
 * Every suspended task has one, unless nothing has to be undone.
 */
export interface Place {
  /**
   * @internal The wait ends by cancellation: forgets the waiter, or takes back what it was handed. Does not wake it.
   */
  _withdraw(waiter: Waiter): void;
  /** @internal For the deadlock report: the task that could end the wait. */
  readonly _holder?: unknown;
}

/** A task or a callback: what can be parked, woken and run. */
export interface Waiter {
  /** @internal */ _previous: Waiter | undefined;
  /** @internal */ _next: Waiter | undefined;
  /** @internal */ _place: Place | undefined;
  /** @internal It is ready, and will go on with this value. The caller has taken it out of its place. */
  _wake(value?: unknown): void;
  /** @internal Its turn has come. */
  _run(): void;
}

/** First in, first out. */
export class List<W extends Waiter = Waiter> implements Place {
  /** @internal */ declare _first: W | undefined;
  /** @internal */ declare _last: W | undefined;

  constructor() {
    this._first = this._last = undefined;
  }

  /** @internal Parks the waiter at the end. A cancellation will take it out again. */
  _park(waiter: W): void {
    waiter._place = this;
    waiter._previous = this._last;
    if (this._last) this._last._next = waiter;
    else this._first = waiter;
    this._last = waiter;
  }

  /** @internal Takes the waiter out, wherever it stands: its neighbours are linked to each other. */
  _withdraw(waiter: W): void {
    const { _previous, _next } = waiter as { _previous: W | undefined; _next: W | undefined };
    if (_previous) _previous._next = _next;
    else this._first = _next;
    if (_next) _next._previous = _previous;
    else this._last = _previous;
    waiter._previous = waiter._next = waiter._place = undefined;
  }

  /** @internal Takes out the waiter that has waited longest. */
  _shift(): W | undefined {
    const { _first } = this;
    if (_first) this._withdraw(_first);
    return _first;
  }
}

/** Parks the waiter at the front: one that was woken for nothing, and is not to lose its place in the line. */
export function parkFirst<W extends Waiter>(list: List<W>, waiter: W): void {
  waiter._place = list;
  waiter._next = list._first;
  if (list._first) list._first._previous = waiter;
  else list._last = waiter;
  list._first = waiter;
}

/** Takes out all, and wakes them in the order in which they came. */
export function wakeAll(list: List, value?: unknown): void {
  for (let waiter = list._shift(); waiter; waiter = list._shift()) waiter._wake(value);
}

/**
 * Wakes a waiter and hands it something over: a lock, a permit, the promise of an item. It owns that from this moment,
 * so nobody can slip in before its turn. If it is cancelled before its turn, `takeBack` withdraws what it was handed.
 *
 * The order matters: waking clears nothing, but the caller has taken the waiter out of its list, which clears its
 * place. So the new place is set last.
 */
export function handOver(waiter: Waiter, takeBack: Place, value?: unknown): void {
  waiter._wake(value);
  waiter._place = takeBack;
}
