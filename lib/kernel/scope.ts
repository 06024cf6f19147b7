// A scope owns the tasks that are spawned in it, and is over when they are.
//
// Each task that spawns has one, its root, which lasts as long as the task. Effects open others on the task's own
// stack, which can be cancelled by themselves: cancel-scope.ts. The loop has one as well, for the tasks that no task
// owns.
//
//        task._scope
//            │ the innermost one: it owns what is spawned now
//            ▼
//        ┌──────────────────┐ outer  ┌───────────────────┐ outer  ┌───────────────────┐
//        │ scope of all     │───────▶│ scope of timeout  │───────▶│ root of the task  │──▶ undefined
//        └──────────────────┘        └───────────────────┘        └───────────────────┘
//
// The end of a scope comes in phases, so that daemons, which serve their siblings (a connection, a log), go last: a
// `finally` that sends ROLLBACK through a daemon's channel is heard.
//
//   OPEN        a normal end waits here for the children that are no daemons
//   ENDING      a failure or a cancellation has cancelled those, and waits for their clean-up
//   LAST_CALL   only daemons were left: they were cancelled, and are waited for
//
// Relies on modes.

import { DAEMON, ENDING, LAST_CALL, OPEN } from './modes.ts';
import type { Task } from './task.ts';
import type { Place } from './waiting.ts';

export class Scope implements Place {
  /** The task on whose stack it is; undefined for that of the loop. */
  readonly task: Task<any> | undefined;
  readonly outer: Scope | undefined;
  /** The topmost task above it, which owns what is spawned detached. */
  readonly top: Task<any> | undefined;
  /** Those that are not over. One that leaves is replaced by the last; each knows its place (`_index`). */
  readonly children: Task<any>[] = [];
  /** How many of them are no daemons. */
  foreground = 0;
  phase = OPEN;
  /** Called when a cancellation is asked for that will reach it, and when it is over: for `abortSignal`. */
  onCancel: (() => void) | undefined = undefined;
  /** Children whose failure nobody has seen, in the order in which they failed. */
  private failures: Set<Task<any>> | undefined = undefined;
  /** Its end waits for a turn, or has done so: see `awaitsJoins`. */
  lookedForJoins = false;

  constructor(task: Task<any> | undefined, outer?: Scope) {
    this.task = task;
    this.outer = outer;
    this.top = outer ? outer.top : task && (task._owner.top ?? task);
  }

  // ---- children

  /** Takes in a new child, which is not running yet. */
  add(child: Task<any>): void {
    child._index = this.children.push(child) - 1;
    if (!(child._flags & DAEMON)) this.foreground++;
  }

  /** Would a child that is spawned now be cancelled at once? */
  refuses(daemon: boolean): boolean {
    return this.phase > (daemon ? ENDING : OPEN);
  }

  childIsOver(child: Task<any>): void {
    const last = this.children.pop() as Task<any>;
    if (last !== child) {
      this.children[child._index] = last;
      last._index = child._index;
    }
    if (!(child._flags & DAEMON)) this.foreground--;
    if (child._isLost) {
      // It stays with the owner until somebody has seen it. The loop, which no one owns, tells the host.
      if (this.task) (this.failures ??= new Set()).add(child);
      else child.loop._reportUnseen(child);
    }
    this.onNews(child);
  }

  /** Somebody has seen how this child failed. */
  failureWasSeen(child: Task<any>): void {
    this.failures?.delete(child);
  }

  /** The errors of children that nobody has seen, in the order in which they came. From now on they are seen. */
  takeErrors(): unknown[] {
    return [...(this.failures ?? [])].map((child) => child.error());
  }

  /**
   * Children failed, and nobody has seen it: should the end wait for a turn? True once. A task that had joined such a
   * child is ready by now, and sees the failure in its turn: then it is that task's business.
   */
  awaitsJoins(): boolean {
    if (this.lookedForJoins || !this.failures?.size) return false;
    this.lookedForJoins = true;
    return true;
  }

  // ---- its end

  /** Cancels the children, except daemons. Every child that is spawned from now on is cancelled at once. */
  cancelChildren(reason: unknown): void {
    this.enter(ENDING, reason);
  }

  /** True when all children are over. Cancels the daemons when only they are left. */
  drain(): boolean {
    if (this.foreground > 0) return false;
    this.enter(LAST_CALL, this.task);
    return this.children.length === 0;
  }

  /**
   * Cancels the children that this phase refuses, in the order in which they were spawned (their array has lost it).
   */
  private enter(phase: number, reason: unknown): void {
    if (this.phase >= phase) return;
    this.phase = phase;
    const refused = this.children.filter((child) => this.refuses((child._flags & DAEMON) !== 0));
    this.cancelEach(
      refused.sort((a, b) => a.id - b.id),
      reason,
    );
  }

  protected cancelEach(children: readonly Task<any>[], reason: unknown): void {
    for (const child of children) child.cancel(reason);
  }

  /** A child is over, and that was noted. The task may be waiting here, at its own end or at that of the scope. */
  protected onNews(_child: Task<any>): void {
    const { task } = this;
    if (task?._place !== this || !this.drain()) return;
    // Through the queue and not by a call: a chain of a million owners would overflow the stack.
    task._place = undefined;
    task._ready();
  }

  /** @internal The task that waited here is cancelled. Its children are, too, when its frames are closed. */
  _withdraw(): void {}

  /** A cancellation was asked for, of the whole task or, for a cancel scope, of one of its scopes. */
  announce(_until?: Scope): void {
    this.onCancel?.();
  }
}

/** The innermost scope of a task. The root is made when it is first needed: most tasks never spawn. */
export function innermostScope(task: Task<any>): Scope {
  return (task._scope ??= new Scope(task));
}

/** The root of a task, under all scopes that it has opened. */
export function rootScope(task: Task<any>): Scope {
  let scope = innermostScope(task);
  while (scope.outer) scope = scope.outer;
  return scope;
}
