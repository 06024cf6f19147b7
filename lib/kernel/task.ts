// A task: a coroutine being run. It has a stack of frames, an owner, a state, an outcome; `_run` is the
// trampoline that steps it. The invariants:
//   - a task is in at most one place: running, in the ready queue, or parked;
//   - while it is not running, `_mode` and `_inbox` say how it will be resumed;
//   - a frame is closed only when the frame above it is gone, so clean-ups run whole and inside out;
//   - it is settled only when its children are over, and then exactly once;
//   - a child that failed stays with its owner until somebody has seen how: no failure is lost.
// Relies on the files above it in the kernel; knows no effect by name, and its loop only as a Scheduler.

import type { Awaitable } from './awaitable.ts';
import {
  CANCELLED, CANCELLING, CLOSE, CLOSING, DAEMON, ENDING, FAILED, NEXT, OBSERVED, PERFORM, READY, RUNNING, SUCCEEDED, THROW, WAITING,
} from './codes.ts';
import { combine } from './combine.ts';
import { Effect, SUSPENDED } from './effect.ts';
import { InvalidStateError } from './errors.ts';
import { explainError, show } from './explain.ts';
import { intrinsic, isGenerator } from './frame.ts';
import type { Frame } from './frame.ts';
import { afterHost } from './host.ts';
import type { Place, Waiter } from './list.ts';
import { Outcome } from './outcome.ts';
import type { Scheduler } from './scheduler.ts';
import { suspendUntil } from './suspension.ts';
import { checkAwaitable, isPromise } from './yieldable.ts';

export class Task<T = unknown> extends Outcome<T> implements Waiter, PromiseLike<T> {
  /** Counted from 1 in each loop. */
  readonly id: number;
  /** The task that owns it and will not end before it; `undefined` for a loop's own tasks, such as main. */
  readonly parent: Task | undefined;
  private readonly _label: string | undefined;
  _previous: Waiter | undefined;
  _next: Waiter | undefined;
  _place: Place | undefined;
  /** Those who are not over, and those whose failure nobody has seen. One that leaves is replaced by the last. */
  _children: Task[] | undefined;
  /** Its place among its parent's children. */
  private _index: number;
  /** Children that its end waits for: those that are no daemons, and when all were cancelled, all. */
  _pending = 0;
  /** Told when it is asked to end and when it is over, before anybody else: combinators, `abortSignal`. */
  _watcher: (() => void) | undefined;
  private _frame: Frame | undefined;
  private _mode = PERFORM;
  /** What it is resumed with. */
  _inbox: unknown;
  /** What it yielded and waits on; itself when it waits for its children. */
  private _wait: unknown;
  /** Its own error and those of its clean-ups. */
  private _errors: unknown[] | undefined;

  /** @internal Use `spawn` or `loop.createTask`. */
  constructor(loop: Scheduler, parent: Task | undefined, work: Awaitable<T>, name?: string, daemon?: boolean) {
    super(loop);
    this.id = ++loop._ids;
    this.parent = parent;
    this._label = name ?? (work as Partial<Effect<T>> | undefined)?.kind;
    this._inbox = work;
    if (daemon) this._flags = DAEMON;
    const { _owner } = this;
    this._index = (_owner._children ??= []).push(this) - 1;
    this._ready();
    this._count(1);
    if (_owner._flags & ENDING) this.cancel();
  }

  get name(): string {
    return this._label ?? `task-${this.id}`;
  }

  /** How it is shown within another value: `join(#2 slow)`. */
  get _brief(): string {
    return `#${this.id} ${this.name}`;
  }

  /** Its children that are not over. */
  get children(): Task[] {
    return this._children?.filter((child) => !child.done) ?? [];
  }

  /** What it waits on: an effect, a future, a promise, its children; `undefined` when it does not wait. */
  get waitingOn(): unknown {
    return this._wait === this ? this.children : this._wait;
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
    this._watcher?.();
    this._close();
    return true;
  }

  /** The door for promises: `await task`, `task.then(...)`. Counts as a join. */
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<void>((resolve) => {
      const settle = () => resolve(this._observe());
      if (this.done) settle(); // its loop may have stopped, and would not call back
      else this.addDoneCallback(settle);
    })
      .then(() => this.result())
      .then(onFulfilled, onRejected);
  }

  override toString(): string {
    const doing =
      this.done ? (this._value === undefined ? '' : `: ${show(this._value)}`)
      : this._wait ? ` on ${this._wait === this ? 'its children' : show(this._wait)}` : '';
    return `<Task ${this._brief} ${this.state}${doing}>`;
  }

  // ---- for the loop and its queues

  /** The trampoline: one step, from resumption until the task must wait or is over. */
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
          if (mode === CLOSE) frame._closing = true;
          const { _generator } = frame;
          ({ value, done } =
            mode === NEXT ? intrinsic.next.call(_generator, value)
            : mode === THROW ? intrinsic.throw.call(_generator, value)
            : intrinsic.return.call(_generator, value));
          mode = NEXT;
        } catch (error) {
          value = explainError(error, this);
          mode = THROW;
          done = true;
        }
        // A cancellation that was asked for meanwhile happens at a yield, instead of what is yielded, and on top of
        // an error, so that what the frames around still do is clean-up. A result is handed over first.
        const due = this._due && (mode === THROW || !done);
        if (due) this._flags |= CLOSING;
        if (done) {
          this._frame = frame._caller;
          if (due || frame._closing) {
            if (mode === THROW) this._addError(value); // kept, and the other frames still close
            mode = CLOSE;
          }
          continue;
        }
        if (due) {
          mode = CLOSE;
          continue;
        }
      }
      // One that goes on and on without waiting lets the others have a turn. It is put off before this is
      // performed, not after: cancellation could lose an answer in the inbox.
      if (loop._budget-- < -100) return this._wake(value, PERFORM);
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

  _wake(value?: unknown, mode = NEXT): void {
    this._mode = mode;
    this._inbox = value;
    this._ready();
  }

  // ---- for effects: what a handler may do with the task that yielded it

  /** Does what was yielded: returns the answer or SUSPENDED, or throws. */
  _perform(yielded: unknown): unknown {
    if (yielded instanceof Effect) return yielded._handler(this as never, yielded.payload as never);
    if (yielded instanceof Outcome) {
      if ((yielded as unknown) === this) throw new InvalidStateError(`${this} cannot join itself`);
      if (yielded.done) return yielded.result();
      yielded._park(this); // and performs it again when it is done
      return SUSPENDED;
    }
    if (isGenerator(yielded)) {
      this._frame = { _generator: yielded, _caller: this._frame, _closing: false }; // its result answers the call
      return undefined;
    }
    if (!isPromise(yielded)) return checkAwaitable(yielded, 'yielded');
    this.loop._refusePromise?.(this);
    return suspendUntil(this, (resume, fail) => void yielded.then(resume, fail));
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
      this._flags |= CANCELLING;
      try {
        if (this._place?._leave(this)) return false; // not now: what it waits for is to be waited for
      } catch (error) {
        this._addError(error);
      }
      this._flags |= CLOSING;
      this._place = undefined;
      this._mode = CLOSE;
      if (this._wait) this._ready();
    }
    return true;
  }

  override _observe(): void {
    if (this._lost) this._forget();
    super._observe();
  }

  override _settle(status: number, value: unknown): void {
    super._settle(status, value);
    if (!this._lost) this._forget();
    this._watcher?.();
    const { parent } = this;
    this._count(-1);
    // No owner can be told of a failure of a loop's own task. If nobody has looked by the host's next turn, the
    // host is told, as it is of a promise that nobody handles. And an owner goes on through the queue, not by a
    // call: a chain of a million owners would overflow the stack.
    if (!parent) {
      if (this._lost) this.addDoneCallback(() => afterHost(() => this._lost && Promise.reject(this.error())));
    } else if (parent._wait === parent && !parent._pending) parent._ready();
  }

  // ---- within

  /** It failed, and nobody has seen how. */
  private get _lost(): boolean {
    return this._status === FAILED && !(this._flags & OBSERVED);
  }

  /** A cancellation was asked for and is not delivered. */
  private get _due(): boolean {
    return (this._flags & (CANCELLING | CLOSING)) === CANCELLING;
  }

  private get _owner(): Pick<Scheduler, '_children' | '_pending' | '_flags'> {
    return this.parent ?? this.loop;
  }

  private _forget(): void {
    const siblings = this._owner._children as Task[];
    const last = siblings.pop() as Task;
    if (last !== this) siblings[(last._index = this._index)] = last;
  }

  private _count(by: number): void {
    if (!(this._flags & DAEMON) || this._owner._flags & ENDING) this._owner._pending += by;
  }

  private _ready(): void {
    this._status = READY;
    this._wait = undefined;
    this.loop._schedule(this);
  }

  /** No frame is left: waits for the children, then settles. Comes again whenever the children have news. */
  private _end(mode: number, value: unknown): void {
    if (mode === THROW) this._addError(value);
    if (this._errors || this._flags & CANCELLING) {
      mode = CLOSE;
      value = this._value;
    }
    if (!(this._flags & ENDING) && (mode || !this._pending)) {
      const { children } = this;
      this._flags |= ENDING;
      this._pending = children.length;
      for (const child of children) child.cancel(this);
    }
    if (this._pending) {
      this._mode = mode;
      this._inbox = value;
      this._wait = this;
      this._status = WAITING;
      return;
    }
    while (this._children?.length) this._addError(this._children[0]?.error()); // and that takes it out
    if (this._errors) {
      const error = combine(this._errors) as Error;
      try {
        // A stack of the language ends at the scheduler, which calls every coroutine: so an error gains the path of tasks it crossed.
        if ((error.stack as string).length < 1e4) error.stack += `\n    in task ${this.name}${this.parent ? `, spawned by ${this.parent.name}` : ''}`;
      } catch {
        // frozen, or without a stack: it keeps what it has
      }
      this._settle(FAILED, error);
    } else this._settle(mode ? CANCELLED : SUCCEEDED, value);
  }
}
