// A task: a coroutine being run. The trampoline steps it; here it has a name, an owner, children, a state and an end.
// The invariants:
//   - it is settled only when its children are over, and then exactly once;
//   - a failure stays with the owner until somebody has seen it: none is lost.
//
// The five words for ending, in the order in which they happen:
//   cancel   somebody asks the task to end
//   close    its frames are closed with return(), so that their clean-ups run (cancel-scope.ts)
//   end      no frame is left; it waits for its children
//   settle   its outcome is fixed, and waiting tasks are woken
//   observe  somebody sees how it ended
// Relies on trampoline.

import type { Loop } from '../loop/loop.ts';
import { asyncDispose } from '../words/dispose.ts';
import { brief, oneLine, show } from '../words/show.ts';
import type { Awaitable } from './awaitable.ts';
import { Effect } from './effect.ts';
import {
  CANCELLED,
  CANCELLING,
  CLOSE,
  DAEMON,
  DUE,
  FAILED,
  NEXT,
  OBSERVED,
  SUCCEEDED,
  THROW,
  WAITING,
} from './modes.ts';
import { Scope } from './scope.ts';
import { Trampoline } from './trampoline.ts';
import { endWay } from './way.ts';
import type { Label } from './way.ts';

/**
 * A coroutine that is being run. `spawn`, `run` and `loop.createTask` make tasks. A coroutine joins one with
 * `join(task)` or `yield* task`, and cancels it with `cancel(task)`. To code outside it is a promise: `await task`,
 * `task.then(...)`. Joining a task that was cancelled throws a `CancelledError`, and joining one that failed throws its
 * error.
 *
 * @example
 * const task = yield* spawn(page('/slow'), { name: 'slow' });
 * console.log(task.state, `${task}`); // ready <Task #2 slow ready>
 * const text = yield* task;
 */
export class Task<T = unknown> extends Trampoline<T> implements Promise<T> {
  /** Counted from 1 in each loop. */
  declare readonly id: number;
  /** @internal The scope that it was spawned in. */
  declare readonly _owner: Scope;
  /** @internal Its place among the owner's children. */
  declare _index: number;
  /** Its name, what it was spawned with, or both. */
  declare private _label: Label;

  /** @internal Use `spawn` or `loop.createTask`. */
  constructor(loop: Loop, owner: Scope, work: Awaitable<T>, name?: string, daemon?: boolean) {
    super(loop, work, name);
    this.id = ++loop._ids;
    this._owner = owner;
    this._index = 0;
    this._label =
      !(work instanceof Effect) ? name
      : name === undefined ? work
      : { kind: name, call: work };
    if (daemon) this._flags = DAEMON;
    owner.add(this);
    this._ready();
    if (owner.refuses(daemon === true)) this.cancel(owner.task);
  }

  /** What it was spawned as, or the name of its coroutine: shown in reports. */
  get name(): string {
    const { _label } = this;
    return typeof _label === 'object' ? _label.kind : (_label ?? `task-${this.id}`);
  }

  /** The task that owns it and will not end before it; `undefined` for a loop's own tasks, such as main. */
  get parent(): Task | undefined {
    return this._owner.task;
  }

  /** @internal How it is shown within another value: `join(#2 slow)`. */
  override [brief](): string {
    return `#${this.id} ${oneLine(this.name)}`;
  }

  /** Its children that are not over. */
  get children(): Task[] {
    let children: Task[] = [];
    for (let scope = this._scope; scope; scope = scope.outer) children = scope.children.concat(children);
    return children;
  }

  /** What it waits on: an effect, a future, a promise, its children; `undefined` when it does not wait. */
  get waitingOn(): unknown {
    if (this._status !== WAITING) return undefined;
    return this._yielded instanceof Scope ? this.children : this._yielded;
  }

  /**
   * Asks the task to end: its frames are closed from the innermost out, their `finally` blocks run and may
   * wait. Returns at once; `yield* cancel(task)` also waits for the clean-up. False when it is over already,
   * or was asked before.
   */
  override cancel(reason?: unknown): boolean {
    if (this.done || this._flags & CANCELLING) return false;
    this._flags |= CANCELLING | DUE;
    this._value = reason;
    this._scope?.announce();
    this._interrupt();
    return true;
  }

  /** The door for promises: `await task`, `task.then(...)`. Counts as a join. */
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<void>((resolve) => {
      const settle = () => resolve(this._observe());
      if (this.done)
        settle(); // its loop may have stopped, and would not call back
      else this.addDoneCallback(settle);
    })
      .then(() => this.result())
      .then(onFulfilled, onRejected);
  }

  /** As a promise's: `task.then(undefined, onRejected)`. */
  catch<B = never>(onRejected?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.then(undefined, onRejected);
  }

  /** As a promise's: the function is called when the task is over, and the outcome goes on. */
  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.then().finally(onFinally);
  }

  /** For `await using`: cancels the task and waits until it is over. Throws its error, if it has failed. */
  [asyncDispose](): Promise<void> {
    this.cancel();
    return this.then(
      () => {},
      (error: unknown) => {
        if (this._status === FAILED) throw error;
      },
    );
  }

  /** Whatever takes a `Promise` takes a task, also by its type. */
  get [Symbol.toStringTag](): string {
    return 'Task';
  }

  override toString(): string {
    return `<Task ${this[brief]()} ${this.state}${this._details()}>`;
  }

  private _details(): string {
    if (this.done) return this._value === undefined ? '' : `: ${show(this._value)}`;
    const waiting = this._status === WAITING ? this._yielded : undefined;
    // At its own end, or at that of a combinator.
    const on = waiting === undefined ? '' : ` on ${this._place instanceof Scope ? 'its children' : show(waiting)}`;
    return this._flags & CANCELLING ? `${on}, cancelling` : on;
  }

  /** @internal It failed, and nobody has seen how. */
  get _isLost(): boolean {
    return this._status === FAILED && !(this._flags & OBSERVED);
  }

  /** @internal */ override _observe(): void {
    if (this._isLost) this._owner.failureWasSeen(this);
    super._observe();
  }

  /**
   * @internal No frame is left: waits for the children, then settles. It is called again whenever the children have
   * news. `mode` is NEXT or THROW the first time, as the outermost frame has ended, and CLOSE after a cancellation.
   */
  override _end(mode: number, value: unknown): void {
    this._generator = this._yielded = undefined; // a kept task must not keep its coroutine's variables alive
    if (mode === THROW) this._addError(value);
    const cut = this._errors !== undefined || (this._flags & CANCELLING) !== 0;
    const scope = this._scope;
    if (scope) {
      if (cut) scope.cancelChildren(this);
      const over = scope.drain();
      // One more turn when a task that has joined a failed child before this one ended is about to see that failure.
      if (!over || scope.awaitsJoins()) {
        this._mode = cut ? CLOSE : NEXT;
        this._inbox = value;
        if (over) return this._ready();
        this._status = WAITING;
        this._place = scope;
        this._yielded = scope;
        return;
      }
      for (const error of scope.takeErrors()) this._addError(error);
      scope.onCancel?.();
    }
    const label = this._label;
    if (typeof label === 'object') this._label = label.kind; // the arguments are not kept, either
    if (this._errors) this._settle(FAILED, endWay(this._errors, this, label));
    else if (cut) this._settle(CANCELLED, this._value);
    else this._settle(SUCCEEDED, value);
  }

  /** @internal */ override _settle(status: number, value: unknown): void {
    super._settle(status, value);
    this._owner.childIsOver(this);
  }
}
