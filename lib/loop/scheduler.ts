// The scheduler: which task runs next, and for how long before the host gets its turn.
//
// Whatever is ready to run stands in one queue: tasks, callbacks, and a few markers of the loop's own. The first one
// that became ready is the first one to run. A task that was woken goes to the end of the queue, so every task that was
// ready before it runs before it. Only a task that must not be parted from the step just done is put at the front
// (kernel/wake-first.ts).
//
// The queue lives on the host's own event loop: JavaScript cannot block in a `select` of ours, so we run for a while
// and then return. One such while is a slice:
//
//     host:   timers, sockets │ slice              │ timers, sockets │ slice         │ ...
//     queue:                  │ step step ... step │                 │ step ... step │ (empty: asleep)
//
// A slice ends when nothing is ready any more: then the loop sleeps until somebody wakes it. Or it ends because it has
// lasted for a quarter of a millisecond: then the host gets its turn, and the next slice begins after it (`_turn`).
//
// The loop has a budget of steps, and when that is spent it looks at the time (pace.ts). An answer that a task is given
// inline counts against the same budget (trampoline.ts). If inline answers had a budget of their own, the two would
// multiply, and a loop of them would starve the host.
//
// A loop that sleeps is woken by a microtask and not by a turn of the host, so that what comes from outside goes on as
// promptly as it would behind a promise. Such a slice goes on counting where the last one stopped, unless the host has
// had its turn in between. Otherwise a task that waits for one ready promise after the other would keep the host
// waiting for ever.
//
// Relies on the host, pace.

import { afterHost, hostActive } from '#host';
import type { Marker } from '../kernel/wake-first.ts';
import type { Waiter } from '../kernel/waiting.ts';
import { Pace } from './pace.ts';

export abstract class Scheduler {
  /** @internal The ready queue, linked in one direction only: a waiter leaves it at the front, never from within. */
  _first: Waiter | undefined = undefined;
  /** @internal */ _last: Waiter | undefined = undefined;
  /** @internal The loop was started, and not stopped since. */
  _running = false;
  /** @internal A slice runs, or one will come without anybody's doing. */
  _awake = false;
  /** @internal How many steps or inline answers are left until the next look at the time. */
  _budget = 1;
  /** @internal */ readonly _pace = new Pace();
  /** @internal Stands behind the waiters that were put at the front (`scheduleFirst`). Most programs need none. */
  _endOfFront: Marker | undefined = undefined;

  /** @internal The task that was in the middle of inline answers when the slice was over, and how many it has had. */
  _paused: Waiter | undefined = undefined;
  private _pausedAnswers = 0;

  // ---- The ready queue

  /** @internal Puts a waiter at the end of the ready queue. */
  _schedule(waiter: Waiter): void {
    if (this._last) this._last._next = waiter;
    else this._first = waiter;
    this._last = waiter;
    this._wakeUp();
  }

  /** @internal Puts a waiter at the front. */
  _putBack(waiter: Waiter): void {
    waiter._next = this._first;
    this._first = waiter;
    this._last ??= waiter;
  }

  /**
   * @internal The slice is over, and the turn of this task is not. It goes on first in the next slice, and its answers
   * are counted on: when it must let the others have a turn depends on what it does, and not on how fast the machine
   * is.
   */
  _pause(task: Waiter, answers: number): void {
    this._paused = task;
    this._pausedAnswers = answers;
    this._putBack(task);
  }

  /** @internal The paused task goes on: how many answers it has had in this turn. */
  _resumed(): number {
    this._paused = undefined;
    return this._pausedAnswers;
  }

  /**
   * @internal This loop right here is our event loop. True when nothing is ready any more, false when the slice is
   * over. True, too, when `asksFor` refuses the next waiter.
   */
  _runReady(asksFor?: (waiter: Waiter) => boolean): boolean {
    for (let waiter = this._first; waiter !== undefined && this._running; waiter = this._first) {
      if (asksFor !== undefined && !asksFor(waiter)) return true;
      this._first = waiter._next;
      if (this._first === undefined) this._last = undefined;
      waiter._next = undefined;
      this._budget--;
      waiter._run();
      if (this._budget <= 0 && this._sliceIsOver()) return false;
    }
    return true;
  }

  // ---- Slices

  /** @internal Runs until nothing is ready, or until it is the host's turn. */
  readonly _slice = (): void => {
    hostActive();
    do {
      this._beginPass();
      if (!this._runReady()) return afterHost(this._turn);
    } while (this._idle());
  };

  /** @internal What is ready now is about to run. */
  _beginPass(): void {}

  /**
   * @internal Nothing is ready. True when something is now, because a virtual clock has moved on. Otherwise the loop
   * falls asleep, or is over.
   */
  abstract _idle(): boolean;

  /** @internal Called when the budget is spent. If the slice goes on, there is a new budget. */
  _sliceIsOver(): boolean {
    if (this._endOfFront?._queued) return false; // and we are asked again after the next step
    this._budget = this._pace.look();
    return this._budget === 0;
  }

  /** @internal The host has had its turn, and goes on with us. */
  readonly _turn = (): void => {
    this._beginSlice(performance.now());
    this._awake = true;
    this._slice();
  };

  /** @internal The host has had its turn. `now`, if the time is known. */
  _beginSlice(now?: number): void {
    this._pace.begin(now);
    this._budget = 1;
  }

  /** @internal Something is ready, or the clock has something new to look at. */
  _wakeUp(): void {
    if (this._awake || !this._running) return;
    this._awake = true;
    if (this._openGate) this._openGate();
    else void Promise.resolve().then(this._slice);
  }

  /**
   * @internal Nothing happens until somebody wakes it. The pace must know whether the host has had its turn by then.
   */
  _fallAsleep(): void {
    this._awake = false;
    this._shutGate();
    if (this._hostWasAsked) return;
    this._hostWasAsked = true;
    afterHost(this._hostHadTurn);
  }

  private _hostWasAsked = false;

  private readonly _hostHadTurn = (): void => {
    this._hostWasAsked = false;
    this._beginSlice();
  };

  // ---- The platform's asynchronous context
  //
  // A task runs in the context in which its root was started (what Node's AsyncLocalStorage holds then), and not in
  // that of the code that wakes it: a task of another loop that releases a lock has a context of its own.
  //
  // The programs of `run` and `runSync` have one root, so the whole loop runs in its context, and no step pays for
  // that. (An EventLoop has many, see there.) The context is handed on from slice to slice. The first slice, and one
  // that the host is asked for (`_turn`), run in the context of the moment at which they were asked for, which is
  // ours. A loop that falls asleep leaves a promise behind, the gate, and calls `then` on it: the next slice will run
  // in the context of that call. To wake the loop is to fulfil the promise. It takes as long as `queueMicrotask` (250
  // ns), which would lend us the context of the code that wakes us.

  private _openGate: (() => void) | undefined = undefined;

  private readonly _keepOpener = (open: () => void): void => {
    this._openGate = open;
  };

  private _shutGate(): void {
    void new Promise<void>(this._keepOpener).then(this._slice);
  }

  /**
   * @internal The loop is over, or was stopped. The code that starts it again, or still needs it, lends it a context.
   */
  _forgetGate(): void {
    this._awake = false;
    this._openGate = undefined;
  }
}
