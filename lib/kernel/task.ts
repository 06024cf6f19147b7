// A task: a coroutine being run. It has a stack of frames, an owner, a state, an outcome; `_run` is the
// trampoline that steps it. The invariants:
//   - a task is in at most one place: running, in the ready queue, or parked;
//   - while it is not running, `_mode` and `_inbox` say how its innermost frame will be resumed;
//   - a frame is closed only when the frame above it is gone, so clean-ups run whole and inside out;
//   - it is settled only when its children are over, and then exactly once.
// Relies on the files above it in the kernel; knows no effect by name, and its loop only as a Scheduler.

import type { Awaitable } from './awaitable.ts';
import { Effect, SUSPENDED } from './effect.ts';
import { combine, InvalidStateError } from './errors.ts';
import { Frame, intrinsic, isGenerator } from './frame.ts';
import type { Place, Waiter } from './list.ts';
import { CANCELLED, FAILED, OBSERVED, Outcome, READY, RUNNING, SUCCEEDED, WAITING } from './outcome.ts';
import type { Scheduler } from './scheduler.ts';
import { Scope } from './scope.ts';
import type { Child } from './scope.ts';
import { show } from './show.ts';
import { suspendUntil } from './suspension.ts';
import { addTrace } from './trace.ts';

// Modes: how the next step resumes the task.
const NEXT = 0; //    the innermost frame, with a value
const THROW = 1; //   the innermost frame, with an error
const CLOSE = 2; //   the innermost frame, with return(): cancellation
const PERFORM = 3; // by performing what is in the inbox: the first step, and every question asked again

// Flags, beside OBSERVED.
const DAEMON = 2;
export const CANCELLING = 4; // asked for
const CLOSING = 8; //    delivered: the frames are being closed

export interface SpawnOptions {
  /** Shown in reports; by default the coroutine's own name. */
  readonly name?: string | undefined;
  /** Cancelled, not waited for, when its owner ends normally. */
  readonly daemon?: boolean | undefined;
}

export class Task<T = unknown> extends Outcome<T> implements Waiter, Child, PromiseLike<T> {
  /** Counted from 1 in each loop. */
  readonly id: number;
  readonly name: string;
  _previous: Waiter | undefined = undefined;
  _next: Waiter | undefined = undefined;
  _place: Place | undefined = undefined;
  /** The scope it is a child in, and where in it. */
  readonly _owner: Scope<Task>;
  _index = 0;
  /** The scope of its own children, made for the first one. */
  _scope: Scope<Task> | undefined = undefined;
  /** Told when it is over, before anybody else: the combinator that started it. */
  _onEnd: ((task: Task) => void) | undefined = undefined;
  /** Told when it is cancelled or over; made by the effect `abortSignal`. */
  _controller: AbortController | undefined = undefined;
  private _frame: Frame | undefined = undefined;
  private _mode = PERFORM;
  /** What it is resumed with. */
  _inbox: unknown;
  /** What it yielded and waits on. */
  private _wait: unknown = undefined;
  /** Its own error and those of its clean-ups. */
  private _errors: unknown[] | undefined = undefined;

  /** @internal Use `spawn` or `loop.createTask`. */
  constructor(loop: Scheduler, owner: Scope<Task>, work: Awaitable<T>, { name, daemon }: SpawnOptions = {}) {
    super(loop);
    this.id = loop._nextId();
    this.name = name ?? (work instanceof Effect ? work.kind : `task-${this.id}`);
    this._inbox = work;
    if (daemon) this._flags = DAEMON;
    (this._owner = owner)._add(this as Task);
    this._ready();
    if (owner._closing) this.cancel('its owner is over');
  }

  /** The task that owns it and will not end before it; `undefined` for a loop's own tasks, such as main. */
  get parent(): Task | undefined {
    return this._owner._task;
  }

  /** Its children that are not over. */
  get children(): Task[] {
    return this._scope?._children.filter((child) => !child.done) ?? [];
  }

  /** What it waits on: an effect, a future, a promise, its children; `undefined` when it does not wait. */
  get waitingOn(): unknown {
    return this._wait instanceof Scope ? this.children : this._wait;
  }

  get _daemon(): boolean {
    return !!(this._flags & DAEMON);
  }

  get _lost(): boolean {
    return this._status === FAILED && !(this._flags & OBSERVED);
  }

  /**
   * Asks the task to end: its frames are closed from the innermost out, their `finally` blocks run and may
   * wait. Returns at once; `yield* cancel(task)` also waits for the clean-up. False when it is over already,
   * or was asked before.
   */
  override cancel(reason?: unknown): boolean {
    if (this.done || this._flags & CANCELLING) return false;
    this._flags |= CANCELLING;
    this._value = reason;
    this._controller?.abort(reason);
    this._close();
    return true;
  }

  /** The door for promises: `await task`, `task.then(...)`. Counts as a join. */
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<T>((resolve, reject) =>
      this.addDoneCallback(() => {
        const error = this.error();
        if (this._status > SUCCEEDED) reject(error as Error);
        else resolve(this._value as T);
      }),
    ).then(onFulfilled, onRejected);
  }

  override toString(): string {
    const { _wait } = this;
    return this._text(
      `Task #${this.id} ${this.name}`,
      (this._status === WAITING ? ` on ${_wait instanceof Scope ? 'its children' : show(_wait)}` : '') + (this._flags & CANCELLING ? ', cancelling' : ''),
    );
  }

  // ---- for the loop and its queues

  /** The trampoline: one step, from resumption until the task must wait or is over. */
  _run(): void {
    const { loop } = this;
    let { _mode: mode, _inbox: value } = this;
    this._inbox = this._place = this._wait = undefined;
    this._status = RUNNING;
    for (;;) {
      if (mode < PERFORM) {
        const frame = this._frame;
        if (!frame) return this._end(mode, value);
        let done;
        try {
          if (mode === CLOSE) frame._closing = true;
          const { _generator } = frame;
          ({ value, done } =
            mode === NEXT ? intrinsic.next.call(_generator, value)
            : mode === THROW ? intrinsic.throw.call(_generator, value)
            : intrinsic.return.call(_generator, undefined));
          mode = NEXT;
        } catch (error) {
          if (frame._closing) this._addError(error); // kept, and the other frames still close
          value = error;
          mode = THROW;
          done = true;
        }
        if (done) {
          this._frame = frame._caller;
          if (frame._closing) mode = CLOSE;
          continue;
        }
        // `value` is what was yielded. Was the task cancelled while it ran? Then it is closed instead.
        if (this._due) {
          this._flags |= CLOSING;
          mode = CLOSE;
          continue;
        }
      }
      // Put off before it is performed, not after: cancellation could lose an answer in the inbox.
      if (loop._budget-- <= 0) return this._resume(PERFORM, value);
      const yielded = value;
      mode = NEXT;
      try {
        value = this._perform(yielded);
      } catch (error) {
        value = error;
        mode = THROW;
      }
      if (value === SUSPENDED) {
        this._wait = yielded;
        if (this._status === RUNNING) this._status = WAITING;
        if (this._due) this._close();
        return;
      }
    }
  }

  _wake(value?: unknown): void {
    this._resume(NEXT, value);
  }

  _throw(error: unknown): void {
    this._resume(THROW, error);
  }

  _retry(): void {
    this._resume(PERFORM, this._wait);
  }

  // ---- for effects: what a handler may do with the task that yielded it

  /** Runs the generator as a new frame; its result answers the effect. */
  _enter(generator: Generator<unknown, unknown, unknown>): void {
    this._frame = new Frame(generator, this._frame);
  }

  /** Its result, at once or when it is there: then `_retry` asks again. */
  _join(outcome: Outcome<unknown>): unknown {
    if ((outcome as unknown) === this) throw new InvalidStateError(`${this} cannot join itself`);
    if (outcome.done) return outcome.result();
    outcome._park(this);
    return SUSPENDED;
  }

  /** Waits for a promise. */
  _awaitPromise(start: () => PromiseLike<unknown>, cleanUp?: () => void): unknown {
    if (this.loop._sync) throw new InvalidStateError(`${this} cannot wait for a promise in runSync: use run`);
    return suspendUntil(this, (resume, fail) => {
      start().then(resume as never, fail);
      return cleanUp;
    });
  }

  /** Does what was yielded: returns the answer or SUSPENDED, or throws. */
  _perform(yielded: unknown): unknown {
    if (yielded instanceof Effect) return yielded._handler(this as never, yielded.payload as never);
    if (yielded instanceof Outcome) return this._join(yielded);
    if (isGenerator(yielded)) return this._enter(yielded);
    if (typeof (yielded as PromiseLike<unknown> | null)?.then === 'function') return this._awaitPromise(() => yielded as PromiseLike<unknown>);
    throw new TypeError(`${show(yielded)} cannot be yielded; did you mean ${typeof yielded === 'function' ? 'to call it' : 'fromPromise(...)'}?`);
  }

  /** An error that comes while the task is already ending: it makes it fail. */
  _addError(error: unknown): void {
    (this._errors ??= []).push(error);
  }

  /** Starts to close the frames. False when that cannot be, or was done already. */
  _close(): boolean {
    if (this._flags & CLOSING) return false;
    // If it is running, `_run` looks when the next value is yielded.
    if (this._status !== RUNNING) {
      try {
        if (this._place?._leave(this)) return false; // not now: what it waits for is to be waited for
        this._flags |= CANCELLING | CLOSING;
      } catch (error) {
        this._flags |= CANCELLING | CLOSING;
        this._addError(error);
      }
      this._place = undefined;
      this._mode = CLOSE;
      if (this._status === WAITING) this._ready();
    }
    return true;
  }

  override _observe(): void {
    if (this._lost) this._owner._remove(this as Task);
    super._observe();
  }

  override _settle(status: number, value: unknown): void {
    super._settle(status, value);
    this._controller?.abort();
    const { _owner, parent } = this;
    _owner._ended(this as Task);
    this._onEnd?.(this as Task);
    if (!parent) {
      // A loop's own task has no owner to tell of its failure. If nobody else looks either, the host is told,
      // and is as loud as for a promise that nobody handles.
      if (this._lost && !this.loop._sync) this.addDoneCallback(() => this._lost && Promise.reject(this.error()));
    }
    // Through the queue, not by a call: a chain of a million owners would overflow the stack.
    else if (parent._wait === _owner && parent._status === WAITING && (!_owner._alive || (!_owner._foreground && !_owner._closing))) parent._ready();
  }

  // ---- within

  /** A cancellation was asked for and is not delivered. */
  private get _due(): boolean {
    return (this._flags & (CANCELLING | CLOSING)) === CANCELLING;
  }

  private _ready(): void {
    this._status = READY;
    this.loop._schedule(this);
  }

  private _resume(mode: number, value: unknown): void {
    this._mode = mode;
    this._inbox = value;
    this._ready();
  }

  /** No frame is left: waits for the children, then settles. Comes again whenever the children have news. */
  private _end(mode: number, value: unknown): void {
    if (mode === THROW) this._addError(value);
    if (mode === THROW || this._flags & CANCELLING) mode = CLOSE;
    const { _scope } = this;
    if (_scope?._alive) {
      if (mode === CLOSE || !_scope._foreground) _scope._cancel(`${this.name} is over`);
      this._mode = mode;
      this._inbox = value;
      this._wait = _scope;
      this._status = WAITING;
      return;
    }
    for (const child of [...(_scope?._children ?? [])]) this._addError(child.error());
    this._scope = undefined;
    if (this._errors) this._settle(FAILED, addTrace(combine(this._errors), this));
    else if (mode === CLOSE) this._settle(CANCELLED, this._value);
    else this._settle(SUCCEEDED, value);
  }
}
