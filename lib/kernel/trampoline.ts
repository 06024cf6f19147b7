// The trampoline: steps a stack of generators until it must wait or is over. Nothing here calls itself: what is yielded
// comes back to the loop in `_run`, whatever the depth.
//
// One turn of that loop resumes the innermost frame, in the way that the task's mode says, and then one of three things
// has come out of it:
//
//     ┌──────────────▶ resume the innermost frame: next, throw or return
//     │                   │             │              │
//     │                 yielded      returned        threw
//     │                   │             │              │
//     │        perform it: an answer,   └── pop it ────┘ its caller goes on with the result or the error,
//     │        an error, or SUSPENDED          │         or is closed as well
//     │              │            │            │
//     └──────────────┴────────────┼────────────┘
//                                 ▼
//                     the step is over: the task is parked in a place
//
// When no frame is left, the task ends (task.ts). The invariants:
//   - a task is in at most one place: it runs, stands in the ready queue, or is parked;
//   - while it does not run, `_mode` and `_inbox` say how it will be resumed (modes.ts);
//   - a frame is closed only when the frame above it is gone, so that clean-ups run whole and from the inside out;
//   - a cancellation that is due is delivered before anything that was yielded is performed (cancel-scope.ts), but for
//     a shield, which puts it off (AT_ONCE in effect.ts).
//
// The words (perform, park, wake, withdraw, close, end, settle, ...) are in docs/glossary.md.
// Relies on the files above it in the kernel. It knows no effect by name: effects carry their handlers.

import { InvalidStateError } from '../words/errors.ts';
import { frameThrew } from './way.ts';
import type { Loop } from '../loop/loop.ts';
import { checkAwaitable, isPromise } from './awaitable.ts';
import type { CancelScope } from './cancel-scope.ts';
import { discard } from './discard.ts';
import { Effect, inherited, isAtOnce, listens, PROMISED, SUSPENDED } from './effect.ts';
import { isGenerator, isPlainGenerator, resume, take } from './frame.ts';
import type { Frame, Resume } from './frame.ts';
import {
  CANCELLING,
  CLOSE,
  CLOSING,
  DUE,
  FRAME_CLOSING,
  NEXT,
  PERFORM,
  READY,
  RUNNING,
  THROW,
  WAITING,
} from './modes.ts';
import { Outcome } from './outcome.ts';
import type { Scope } from './scope.ts';
import { suspendUntil } from './suspension.ts';
import type { Place, Waiter } from './waiting.ts';

/**
 * How many answers that are there a task may take in one step, before the others have a turn. They are counted and not
 * timed, so that a program on a virtual clock runs in the same order each time.
 */
const MOST_ANSWERS = 100;

export abstract class Trampoline<T> extends Outcome<T> implements Waiter {
  // Assigned by the constructor, not defined by the language as fields, which costs 28 ns a task. First what
  // every step touches: from 10,000 tasks on, a step costs what it waits for memory.
  /** @internal */ declare _next: Waiter | undefined;
  /** @internal */ declare _place: Place | undefined;
  /** @internal The innermost frame. The outermost one is the task itself, see frame.ts. */
  declare _frame: Frame | undefined;
  /** @internal As its own outermost frame: the generator, no caller, and FRAME_CLOSING among the task's flags. */
  declare _generator: Frame['_generator'] | undefined;
  /** @internal */ declare readonly _caller: undefined;
  /** @internal */ declare _mode: number;
  /** @internal What it will be resumed with. */
  declare _inbox: unknown;
  /** @internal What it yielded last, and waits on while it is waiting; its scope when it waits for its children. */
  declare _yielded: unknown;
  /** @internal */ declare _previous: Waiter | undefined;
  /** @internal Its own error and the errors of its clean-ups. */
  declare _errors: unknown[] | undefined;
  /** @internal The innermost scope that it has opened, see scope.ts. */
  declare _scope: Scope | undefined;

  /** Its first step performs `work`, as if it had been yielded. Throws when that is a generator that was run before. */
  constructor(loop: Loop, work: unknown, name = 'a task') {
    super(loop);
    this._next = this._place = this._frame = this._generator = undefined;
    if (isPlainGenerator(work)) {
      // The usual case: it is the outermost frame at once, without a way through PERFORM (4 % of spawn + join).
      this._generator = take(work, name);
      this._frame = this as Frame;
      this._mode = NEXT;
      this._inbox = undefined;
    } else {
      this._mode = PERFORM;
      this._inbox = work;
      // Its first step listens to its promises, and among 10,000 tasks the host has a turn before that.
      if (inherited(work) & PROMISED) discard(work);
    }
    this._yielded = this._previous = this._errors = this._scope = undefined;
  }

  /** @internal No frame is left. */
  abstract _end(mode: number, value: unknown): void;

  // Its bytecode is 455 bytes long. Up to 460, V8 compiles it into the scheduler's loop; beyond that, each step is a
  // call (a reschedule takes 51 ns instead of 47). `node --print-bytecode --print-bytecode-filter=_run` shows the
  // length.
  /** @internal One step, from resumption until it must wait or is over. */
  _run(): void {
    const { loop } = this;
    let mode = this._mode;
    let value = this._inbox;
    this._inbox = this._place = undefined;
    this._status = RUNNING;
    // How many effects it has performed in this turn. PERFORM begins with one, which is not put off again.
    let answers =
      mode !== PERFORM ? 0
      : loop._paused !== this ? 1
      : loop._resumed();
    for (;;) {
      if (mode !== PERFORM) {
        const frame = this._frame;
        if (frame === undefined) return this._end(mode, value);
        if (mode === CLOSE) frame._flags |= FRAME_CLOSING;
        // Whatever comes out of it, `value` and `mode` are then what the next frame is resumed with.
        let isOver: boolean | undefined = true;
        try {
          const result = (resume[mode] as Resume).call(frame._generator, value);
          value = result.value;
          isOver = result.done;
          mode = NEXT;
        } catch (error) {
          value = error;
          mode = THROW;
        }
        if (isOver) this._frame = frame._caller;
        // Is a frame closed now? The caller of one that was being closed is, too; and a cancellation that is due is
        // delivered instead of anything else: instead of what was yielded, and before the caller sees how a frame
        // ended.
        const wasClosed = isOver && frame._flags & FRAME_CLOSING;
        if (wasClosed || (this._mustClose() && (isOver || !isAtOnce(value)))) {
          if (!isOver) discard(value);
          else if (mode === THROW) this._keepError(value); // what the frames around still do is clean-up
          mode = this._close(!wasClosed);
          value = this._inbox;
          continue;
        }
        if (isOver) {
          if (mode === THROW) value = this._frameThrew(value, frame);
          continue;
        }
        if (answers++ > 0 && (answers > MOST_ANSWERS || --loop._budget <= 0) && this._putOff(value, answers)) return;
      }
      this._yielded = value;
      mode = NEXT;
      try {
        value = this._perform(value);
      } catch (error) {
        value = error;
        mode = THROW;
      }
      if (value === SUSPENDED) {
        if (this._status === RUNNING) this._status = WAITING;
        if (this._flags & DUE) this._interrupt();
        return;
      }
    }
  }

  // A method, because a call of one takes 6 bytes of bytecode less than a call of a function, see above.
  private _frameThrew(error: unknown, frame: Frame): unknown {
    return frameThrew(error, frame, this);
  }

  // ---- being woken

  /** @internal */ _wake(value?: unknown): void {
    this._resumeBy(NEXT, value);
  }

  /** @internal */ _wakeThrowing(error: unknown): void {
    this._resumeBy(THROW, error);
  }

  /** @internal */ _wakePerforming(yielded: unknown): void {
    this._resumeBy(PERFORM, yielded);
  }

  private _resumeBy(mode: number, value: unknown): void {
    this._mode = mode;
    this._inbox = value;
    this._ready();
  }

  /** @internal To the end of the ready queue. */
  _ready(): void {
    this._status = READY;
    this._yielded = undefined;
    this.loop._schedule(this);
  }

  /**
   * A task that goes on and on without waiting lets the others have a turn. And when the slice is over it lets the host
   * have its turn, and then goes on before the others. Either way the effect is put off before it is performed and not
   * after: a cancellation could lose an answer that lies in the inbox. False when the task goes on.
   */
  private _putOff(yielded: unknown, answers: number): boolean {
    if (isAtOnce(yielded)) return false;
    // Not without an end: a task that only listens, and is answered at once each time, would starve the rest.
    if (listens(yielded) && answers <= 2 * MOST_ANSWERS) return false;
    if (answers > MOST_ANSWERS) this._wakePerforming(yielded);
    else if (this.loop._sliceIsOver()) {
      this._mode = PERFORM;
      this._inbox = yielded;
      this._status = READY;
      this.loop._pause(this, answers);
    } else return false;
    discard(yielded); // nobody listens to its promises before its turn, and the host may come first
    return true;
  }

  // ---- what an effect's handler may do with the task that yielded it

  /** @internal Does what was yielded: returns the answer or SUSPENDED, or throws. */
  _perform(yielded: unknown): unknown {
    if (yielded instanceof Effect) return yielded._handler(this as never, yielded.payload as never);
    if (yielded instanceof Outcome) return this._join(yielded);
    if (isGenerator(yielded)) return this._call(take(yielded, this));
    if (!isPromise(yielded)) return checkAwaitable(yielded, 'yielded');
    this.loop._refusePromise(this as never, yielded);
    return suspendUntil(this as never, (resume, fail) => void yielded.then(resume, fail));
  }

  /** @internal A new innermost frame: its result answers the call. */
  _call(generator: Frame['_generator']): void {
    const { _frame } = this;
    if (_frame) this._frame = { _generator: generator, _caller: _frame, _flags: 0, _calledBy: this._yielded };
    else {
      this._generator = generator;
      this._frame = this as Frame;
    }
  }

  /** @internal */ _join(outcome: Outcome<unknown>): unknown {
    if (outcome === this) throw new InvalidStateError(`${this} cannot join itself`);
    if (outcome.done) return outcome.result();
    outcome._park(this); // and performs the join again when it is done
    return SUSPENDED;
  }

  // ---- cancellation; where the stack has scopes of its own, cancel-scope.ts decides

  /** @internal Must the innermost frame be closed now? */
  _mustClose(): boolean {
    if (!(this._flags & DUE)) return false;
    const scope = this._cancelScope();
    return scope ? scope.isDue() : (this._flags & (CANCELLING | CLOSING)) === CANCELLING;
  }

  /**
   * @internal The innermost frame is closed, for the first one of a cancellation, or because the one above it was.
   * Gives the mode.
   */
  _close(begins: boolean): number {
    this._inbox = undefined;
    const scope = this._cancelScope();
    if (scope) return scope.close(begins);
    if (begins) this._scope?.onCancel?.(); // a shield may have kept its signal from the cancellation
    this._flags |= CLOSING;
    return CLOSE;
  }

  /** @internal Something was asked for: the wait ends, and closing begins, unless that must be put off. */
  _interrupt(): void {
    // While it runs, `_run` looks by itself at the next yield.
    if (this._status === RUNNING || !this._mustClose()) return;
    try {
      this._place?._withdraw(this);
    } catch (error) {
      this._keepError(error);
    }
    this._place = undefined; // or what it waited for could wake it once more
    const parked = this._status === WAITING;
    // What it was about to perform. While it is parked the inbox is not its own: a queue keeps an item there.
    if (!parked && this._mode === PERFORM) discard(this._inbox);
    if (this.loop._paused === this) this.loop._paused = undefined;
    this._mode = this._close(true);
    if (parked) this._ready();
  }

  /** An error that must not be lost, while frames are being closed. */
  private _keepError(error: unknown): void {
    const scope = this._cancelScope();
    if (scope) scope.keepError(error);
    else this._addError(error);
  }

  /** @internal An error that makes the task fail, however it ends. */
  _addError(error: unknown): void {
    (this._errors ??= []).push(error);
  }

  /** The innermost scope, unless that is the root, which cannot be cancelled by itself. */
  private _cancelScope(): CancelScope | undefined {
    return this._scope?.outer && (this._scope as CancelScope);
  }
}
