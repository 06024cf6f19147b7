// The trampoline: steps a stack of generators until it must wait or is over. Nothing here calls itself: what
// is yielded comes back to the loop in `_run`, whatever the depth. The invariants:
//   - what is stepped is in at most one place: running, in the ready queue, or parked;
//   - while it is not running, `_mode` and `_inbox` say how it will be resumed;
//   - a frame is closed only when the frame above it is gone, so clean-ups run whole and inside out.
// What it means to be a task (an owner, children, an end) is in task.ts.
// Relies on the files above it in the kernel; knows no effect by name, and its loop only as a Scheduler.

import { CANCELLING, CLOSE, CLOSING, NEXT, PERFORM, READY, RUNNING, THROW, WAITING } from './modes.ts';
import { Effect, SUSPENDED } from './effect.ts';
import { InvalidStateError } from '../words/errors.ts';
import { explainError } from '../words/messages.ts';
import { isGenerator, resume } from './frame.ts';
import type { Frame, Resume } from './frame.ts';
import type { Place, Waiter } from './waiting.ts';
import { Outcome } from './outcome.ts';
import type { Scheduler } from '../loop/scheduler.ts';
import { suspendUntil } from './suspension.ts';
import { checkAwaitable, isPromise } from './yieldable.ts';

export abstract class Trampoline<T> extends Outcome<T> implements Waiter {
  // Assigned by the constructor, not defined by the language as fields, which costs 28 ns a task. First what
  // every step touches: from 10,000 tasks on, a step costs what it waits for memory.
  declare _next: Waiter | undefined;
  declare _place: Place | undefined;
  /** The innermost frame. The outermost one is the task itself: most tasks have no other. */
  declare _frame: Frame | undefined;
  declare _generator: Frame['_generator'] | undefined;
  declare readonly _caller: undefined;
  declare _mode: number;
  /** What it is resumed with. */
  declare _inbox: unknown;
  /** What it yielded and waits on; itself when it waits for its children. */
  declare _wait: unknown;
  declare _previous: Waiter | undefined;
  /** Its own error and those of its clean-ups. */
  declare _errors: unknown[] | undefined;

  /** Its first step performs `work`, as if it had been yielded. */
  constructor(loop: Scheduler, work: unknown) {
    super(loop);
    this._next = this._place = this._frame = this._generator = undefined;
    this._mode = PERFORM;
    this._inbox = work;
    this._wait = this._previous = this._errors = undefined;
  }

  /** No frame is left. */
  abstract _end(mode: number, value: unknown): void;

  /** One step, from resumption until it must wait or is over. */
  _run(): void {
    let { loop, _mode: mode, _inbox: value } = this;
    this._inbox = this._place = undefined;
    this._status = RUNNING;
    for (;;) {
      if (mode < PERFORM) {
        const frame = this._frame;
        if (!frame) return this._end(mode, value);
        let done;
        try {
          if (mode === CLOSE) frame._flags |= CLOSING;
          ({ value, done } = (resume[mode] as Resume).call(frame._generator, value));
          mode = NEXT;
        } catch (error) {
          value = explainError(error, this);
          mode = THROW;
          done = true;
        }
        if (done) this._frame = frame._caller;
        // A cancellation that was asked for meanwhile happens at a yield, instead of what is yielded, and on top of
        // an error, so that what the frames around still do is clean-up. A result is handed over first.
        const due = this._due && (mode === THROW || !done);
        if (due) this._flags |= CLOSING;
        if (due || (done && frame._flags & CLOSING)) {
          if (mode === THROW) this._addError(value); // kept, and the other frames still close
          mode = CLOSE;
        } else if (!done) mode = PERFORM;
        if (mode < PERFORM) continue;
      }
      // One that goes on and on without waiting lets the others have a turn. It is put off before this is
      // performed, not after: cancellation could lose an answer in the inbox.
      if (loop._budget-- < -100) return this._wakePerforming(value);
      const yielded = value;
      mode = NEXT;
      try {
        value = this._perform(yielded);
      } catch (error) {
        value = error;
        mode = THROW;
      }
      if (value === SUSPENDED) {
        if (this._status === RUNNING) {
          this._status = WAITING;
          this._wait = yielded;
        }
        if (this._due) this._close();
        return;
      }
    }
  }

  _wake(value?: unknown): void {
    this._resumeBy(NEXT, value);
  }

  _wakeThrowing(error: unknown): void {
    this._resumeBy(THROW, error);
  }

  _wakePerforming(yielded: unknown): void {
    this._resumeBy(PERFORM, yielded);
  }

  private _resumeBy(mode: number, value: unknown): void {
    this._mode = mode;
    this._inbox = value;
    this._ready();
  }

  _ready(): void {
    this._status = READY;
    this._wait = undefined;
    this.loop._schedule(this);
  }

  // ---- what an effect's handler may do with the task that yielded it

  /** Does what was yielded: returns the answer or SUSPENDED, or throws. */
  _perform(yielded: unknown): unknown {
    if (yielded instanceof Effect) return yielded._handler(this as never, yielded.payload as never);
    if (yielded instanceof Outcome) return this._join(yielded);
    if (isGenerator(yielded)) return this._call(yielded);
    if (!isPromise(yielded)) return checkAwaitable(yielded, 'yielded');
    this.loop._refusePromise?.(this);
    return suspendUntil(this, (resume, fail) => void yielded.then(resume, fail));
  }

  /** A new innermost frame: its result answers the call. */
  _call(generator: Frame['_generator']): void {
    const { _frame } = this;
    if (_frame) this._frame = { _generator: generator, _caller: _frame, _flags: 0 };
    else {
      this._generator = generator;
      this._frame = this as Frame;
    }
  }

  _join(outcome: Outcome<unknown>): unknown {
    if (outcome === this) throw new InvalidStateError(`${this} cannot join itself`);
    if (outcome.done) return outcome.result();
    outcome._park(this); // and performs it again when it is done
    return SUSPENDED;
  }

  /** An error that comes while it is already ending: it makes it fail. */
  _addError(error: unknown): void {
    (this._errors ??= []).push(error);
  }

  /** Starts to close the frames. False when that cannot be, or was done already. */
  _close(): boolean {
    if (this._flags & CLOSING) return false;
    // If it is running, `_run` looks when the next value is yielded.
    if (this._status !== RUNNING) {
      this._flags |= CANCELLING;
      try {
        if (this._place?._withdraw(this)) return false; // not now: what it waits for is to be waited for
      } catch (error) {
        this._addError(error);
      }
      this._place = undefined; // or what it waited for could wake it once more
      this._flags |= CLOSING;
      this._mode = CLOSE;
      if (this._wait) this._ready();
    }
    return true;
  }

  /** A cancellation was asked for and is not delivered. */
  get _due(): boolean {
    return (this._flags & (CANCELLING | CLOSING)) === CANCELLING;
  }
}
