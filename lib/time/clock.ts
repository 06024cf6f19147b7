// Where time comes from, and which tasks are woken when. The system's clock is here; the virtual one is in
// virtual-clock.ts.
//
// Each millisecond that somebody waits for has one list, so that equal deadlines are served in the order in which they
// were set, and setting or cancelling one of 100,000 timers takes 45 and 12 ns (one `setTimeout` each: 430 and 220).
// The system's clock lets the host order the lists: each has one `setTimeout`.
//
// Both clocks count milliseconds from their own making, so that programs print and compare small numbers.
// Relies on waiting.

import { List, wakeAll } from '../kernel/waiting.ts';
import type { Waiter } from '../kernel/waiting.ts';
import type { Loop } from '../loop/loop.ts';

/** What an event loop asks of a clock. */
export interface Clock {
  /** Milliseconds since the clock was made. */
  now(): number;
  /** @internal Where `random()` comes from when the loop was given nothing else. */
  readonly _random?: () => number;
  /** @internal Parks the waiter until `time`, which is not over. Rounded up to whole milliseconds: never early. */
  _park(time: number, waiter: Waiter): void;
  /** @internal Does anybody wait for a time? */
  _hasTimers(): boolean;
  /**
   * @internal Moves on to the next deadline at once and wakes the waiters that are due. False if there is none. Only a
   * virtual clock has this: it moves only when a loop moves it, and what runs on it is the same each time.
   */
  _moveOn?(): boolean;
  /** @internal For instruments. Only a virtual clock has this. */
  _onMove?: ((time: number) => void) | undefined;
  /** @internal Nothing is ready in the loop. True when something is now. Only a virtual clock has this. */
  _whenIdle?(loop: Loop): boolean;
  /** @internal The loop that it serves. */
  _serve(loop: Loop): void;
}

/** Milliseconds. A host's timer that is set longer than 2^31 - 1 fires at once: none is set longer than this. */
const LONGEST_TIMEOUT = 2e9;

/** The system's monotonic clock: a change of the wall clock moves nothing. */
export class SystemClock implements Clock {
  private readonly _start = performance.now();
  /** @internal */ readonly _lists = new Map<number, Due>();
  /** @internal */ _paused = false;
  private _loop: Loop | undefined = undefined;

  now(): number {
    return performance.now() - this._start;
  }

  /** @internal */ _park(time: number, waiter: Waiter): void {
    time = Math.ceil(time);
    const list = this._lists.get(time);
    if (list) return list._park(waiter);
    const first = new Due(this, time);
    this._lists.set(time, first);
    first._park(waiter);
    if (!this._paused) first._arm(); // not before it is parked: the time may be over by now
  }

  /** @internal Looks whether the waiters of this time are due. */
  _look(time: number): void {
    this._lists.get(time)?._arm();
  }

  /** @internal A timer of the host has fired, so the host has its turn. */
  _hostTurn(): void {
    this._loop?._beginSlice(performance.now());
  }

  /** @internal */ _serve(loop: Loop): void {
    this._loop = loop;
  }

  /** @internal Nobody waits for this time any more. */
  _forget(time: number): void {
    this._lists.delete(time);
  }

  /** @internal */ _hasTimers(): boolean {
    return this._lists.size > 0;
  }
}

/** An EventLoop does not run: the timers of its clock must not keep the process alive. A virtual clock has none. */
export function pauseTimers(clock: Clock): void {
  if (!(clock instanceof SystemClock)) return;
  clock._paused = true;
  for (const list of clock._lists.values()) clearTimeout(list._timer);
}

/** It runs again. Waiters that are due are woken in the order of their deadlines. */
export function resumeTimers(clock: Clock): void {
  if (!(clock instanceof SystemClock) || !clock._paused) return;
  clock._paused = false;
  const times = [...clock._lists.keys()].sort((a, b) => a - b);
  for (const time of times) clock._look(time);
}

/** All waiters that are due in one millisecond. When the last of them has left, the host's timer is cleared. */
class Due extends List {
  declare private readonly _clock: SystemClock;
  declare private readonly _time: number;
  /** @internal */ declare _timer: ReturnType<typeof setTimeout> | undefined;

  constructor(clock: SystemClock, time: number) {
    super();
    this._clock = clock;
    this._time = time;
  }

  /** @internal Wakes its waiters if they are due, or sets a timer of the host. */
  _arm(): void {
    const left = Math.ceil(this._time - this._clock.now());
    if (left > 0) {
      this._timer = setTimeout(this._fired, Math.min(left, LONGEST_TIMEOUT));
    } else {
      this._clock._look(this._time - 1); // the host rounds each timer by itself: that one may not have fired yet
      wakeAll(this);
    }
  }

  /** The host may fire early, and a long time was cut to what it can do: then another timer is set. */
  private readonly _fired = (): void => {
    this._clock._hostTurn();
    this._arm();
  };

  /** @internal */ override _withdraw(waiter: Waiter): void {
    super._withdraw(waiter);
    if (this._first) return;
    clearTimeout(this._timer);
    this._clock._forget(this._time);
  }
}
