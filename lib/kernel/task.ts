// A task: a coroutine being run, stepped by the trampoline. It has a name, an owner, children, a state and an
// outcome. The invariants:
//   - it is settled only when its children are over, and then exactly once;
//   - a child that failed stays with its owner until somebody has seen how: no failure is lost.
// Relies on trampoline.

import type { Awaitable } from './awaitable.ts';
import { CANCELLED, CANCELLING, CLOSE, DAEMON, ENDING, FAILED, OBSERVED, SUCCEEDED, THROW, WAITING } from './modes.ts';
import { combine } from '../words/combine.ts';
import { Effect } from './effect.ts';
import { origin, show } from '../words/messages.ts';
import { afterHost } from '../host/node.ts';
import type { Scheduler } from '../loop/scheduler.ts';
import { Trampoline } from './trampoline.ts';

/** Told when a task is asked to end and when it is over, before anybody else: combinators, `abortSignal`. */
export interface Watcher {
  _told(task: Task): void;
}

export class Task<T = unknown> extends Trampoline<T> implements PromiseLike<T> {
  /** Counted from 1 in each loop. */
  declare readonly id: number;
  /** The task that owns it and will not end before it; `undefined` for a loop's own tasks, such as main. */
  declare readonly parent: Task | undefined;
  declare private readonly _label: string | undefined;
  /** Those who are not over, and those whose failure nobody has seen. One that leaves is replaced by the last. */
  declare _children: Task[] | undefined;
  /** Its place among its parent's children. */
  declare private _index: number;
  /** Children that its end waits for: those that are no daemons, and when all were cancelled, all. */
  declare _pending: number;
  declare _watcher: Watcher | undefined;

  /** @internal Use `spawn` or `loop.createTask`. */
  constructor(loop: Scheduler, parent: Task | undefined, work: Awaitable<T>, name?: string, daemon?: boolean) {
    super(loop, work);
    this.id = ++loop._ids;
    this.parent = parent;
    this._label = name ?? (work instanceof Effect ? work.kind : undefined);
    this._children = undefined;
    const { _owner } = this;
    this._index = (_owner._children ??= []).push(this) - 1;
    this._pending = 0;
    this._watcher = undefined;
    if (daemon) this._flags = DAEMON;
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
    this._watcher?._told(this);
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
      if (this.done)
        settle(); // its loop may have stopped, and would not call back
      else this.addDoneCallback(settle);
    })
      .then(() => this.result())
      .then(onFulfilled, onRejected);
  }

  override toString(): string {
    const doing =
      this.done ?
        this._value === undefined ?
          ''
        : `: ${show(this._value)}`
      : this._wait ? ` on ${this._wait === this ? 'its children' : show(this._wait)}`
      : '';
    return `<Task ${this._brief} ${this.state}${doing}>`;
  }

  override _observe(): void {
    if (this._lost) this._forget();
    super._observe();
  }

  override _settle(status: number, value: unknown): void {
    super._settle(status, value);
    if (!this._lost) this._forget();
    this._watcher?._told(this);
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

  /** No frame is left: waits for the children, then settles. Comes again whenever the children have news. */
  override _end(mode: number, value: unknown): void {
    this._generator = undefined; // whoever keeps the task need not keep what its coroutine knew
    if (mode === THROW) this._addError(value);
    if (this._errors || this._flags & CANCELLING) {
      mode = CLOSE;
      value = this._value;
    }
    if (!(this._flags & ENDING) && (mode || !this._pending)) {
      this._flags |= ENDING;
      const { children } = this;
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
    for (let child; (child = this._children?.[0]);) this._addError(child.error()); // and that takes it out
    if (this._errors) {
      const error = combine(this._errors) as Error;
      try {
        // A stack of the language ends at the scheduler, which calls every coroutine: so an error gains the path of tasks it crossed.
        if ((error.stack as string).length < 1e4) error.stack += `\n    in task ${origin(this)}`;
      } catch {
        // frozen, or without a stack: it keeps what it has
      }
      this._settle(FAILED, error);
    } else this._settle(mode ? CANCELLED : SUCCEEDED, value);
  }
}
