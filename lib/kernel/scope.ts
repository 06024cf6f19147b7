// A scope: a stretch of a task's own stack that owns the tasks spawned in it.
//
// Each task that spawns has one, its root, which lasts as long as the task. Within it, effects open others: `timeout` one
// that can be cancelled by itself, `shield` one that puts cancellations off, `all` one for the children that it starts. The
// loop has one as well, for the tasks that no task owns.
//
//        task._scope
//            │ the innermost one: it owns what is spawned now
//            ▼
//        ┌──────────────────┐ outer  ┌───────────────────┐ outer  ┌───────────────────┐
//        │ scope of all     │───────▶│ scope of timeout  │───────▶│ root of the task  │──▶ undefined
//        └──────────────────┘        └───────────────────┘        └───────────────────┘
//            │ frame                      │ frame                      no frame: it is under all of them
//            ▼                            ▼
//        the frame that opened it, on the same task's stack. The frames above that one belong to the scope.
//
// A scope is over when its children are. Its end comes in phases, so that daemons, which serve their siblings (a
// connection, a log), go last: a `finally` that sends ROLLBACK through a daemon's channel is heard.
//
//   OPEN        a normal end waits here for the children that are no daemons
//   ENDING      a failure or a cancellation has cancelled those, and waits for their clean-up
//   LAST_CALL   only daemons were left: they were cancelled, and are waited for
//
// How a cancellation travels through the scopes of a task is in closing.ts. Relies on modes.

import type { Frame } from './frame.ts';
import { DAEMON, ENDING, LAST_CALL, OPEN } from './modes.ts';
import type { Task } from './task.ts';
import type { Place } from './waiting.ts';

export class Scope implements Place {
  /** The task on whose stack it is; undefined for that of the loop. */
  readonly task: Task<any> | undefined;
  readonly outer: Scope | undefined;
  readonly frame: Frame | undefined;
  /** The topmost task above it, which owns what is spawned detached. */
  readonly top: Task<any> | undefined;

  // ---- children

  /** Those that are not over. One that leaves is replaced by the last; each knows its place (`_index`). */
  readonly children: Task<any>[] = [];
  /** They are no longer in the order in which they were spawned. */
  private shuffled = false;
  /** How many of them are no daemons. */
  foreground = 0;
  phase = OPEN;
  /** Children that failed, in that order; those whose failure somebody has seen are dropped now and then. */
  private failures: Task<any>[] = [];
  private unseen = 0;
  /** A child failed while somebody was waiting to join it, and that join may be on its way. */
  private joinUnderWay = false;

  // ---- cancellation, see closing.ts

  /** Its own cancellation was asked for; and what its frame is thrown when the frames above are closed. */
  cancelAsked = false;
  error: unknown = undefined;
  /** The frames above its own are being closed: what runs there is clean-up, which is not cancelled again. */
  closing = false;
  /** Puts off what is asked for from outside, until it is over. */
  shields = false;
  /** The shield that does not count for the frames above this scope's own. */
  opens: Scope | undefined = undefined;
  /** Errors of frames that were being closed. */
  cleanUpErrors: unknown[] | undefined = undefined;
  /** Called when a cancellation is asked for that will reach it, and when it is over: for `abortSignal`. */
  onCancel: (() => void) | undefined = undefined;

  /** Under an outer scope it belongs to the frame that runs now. */
  constructor(task: Task<any> | undefined, outer: Scope | undefined) {
    this.task = task;
    this.outer = outer;
    this.frame = outer && task?._frame;
    this.top = outer ? outer.top : task && (task._owner.top ?? task);
  }

  /** Takes in a new child, which is not running yet. */
  add(child: Task<any>): void {
    child._index = this.children.push(child) - 1;
    if (!(child._flags & DAEMON)) this.foreground++;
  }

  /** Would a child that is spawned now be cancelled at once? */
  refuses(daemon: boolean): boolean {
    return this.phase !== OPEN && (this.phase === LAST_CALL || !daemon);
  }

  /** A child is over. `joined`: tasks or callbacks were waiting for it. */
  childIsOver(child: Task<any>, joined: boolean): void {
    const last = this.children.pop() as Task<any>;
    if (last !== child) {
      this.children[child._index] = last;
      last._index = child._index;
      this.shuffled = true;
    }
    if (!(child._flags & DAEMON)) this.foreground--;
    if (child._isLost) this.keepFailure(child, joined);
    this.onNews(child);
  }

  /** A failure that nobody has seen stays with the owner until somebody does; the loop, which no one owns, tells the host. */
  private keepFailure(child: Task<any>, joined: boolean): void {
    if (this.task === undefined) return child.loop._reportUnseen(child);
    this.failures.push(child);
    this.unseen++;
    if (joined) this.joinUnderWay = true;
  }

  /** Somebody has seen how this child failed. */
  failureWasSeen(): void {
    if (--this.unseen === 0) this.failures = [];
    else if (this.failures.length > 2 * this.unseen + 32)
      this.failures = this.failures.filter((child) => child._isLost);
  }

  /** The errors of children that nobody has seen, in the order in which they came. From now on they are seen. */
  takeErrors(): unknown[] {
    return this.failures.filter((child) => child._isLost).map((child) => child.error());
  }

  /** Must the end wait a turn, because a join of a failed child may be on its way? True once for each reason. */
  awaitsJoins(): boolean {
    const waits = this.joinUnderWay && this.unseen > 0;
    this.joinUnderWay = false;
    return waits;
  }

  // ---- its end

  /** Cancels the children, those that are no daemons. Whatever is spawned from now on is cancelled at once. */
  cancelChildren(reason: unknown): void {
    if (this.phase !== OPEN) return;
    this.phase = ENDING;
    this.cancelInOrder(
      this.children.filter((child) => !(child._flags & DAEMON)),
      reason,
    );
  }

  /** True when all children are over. Cancels the daemons when only they are left. */
  drain(): boolean {
    if (this.foreground > 0) return false;
    if (this.phase !== LAST_CALL) {
      this.phase = LAST_CALL;
      if (this.children.length > 0) this.cancelInOrder([...this.children], this.task);
    }
    return this.children.length === 0;
  }

  /** In the order in which they were spawned. */
  private cancelInOrder(children: Task<any>[], reason: unknown): void {
    if (this.shuffled) children.sort((a, b) => a.id - b.id);
    this.cancelEach(children, reason);
  }

  protected cancelEach(children: readonly Task<any>[], reason: unknown): void {
    for (const child of children) child.cancel(reason);
  }

  /** A child is over, its end was noted. The task may be waiting here, at its own end or at that of the scope. */
  protected onNews(_child: Task<any>): void {
    const { task } = this;
    if (task?._place !== this || !this.drain()) return;
    // Through the queue and not by a call: a chain of a million owners would overflow the stack.
    task._place = undefined;
    task._ready();
  }

  /** The task that waited here is cancelled. Its children are, too, when the scope's frame is closed. */
  _withdraw(): void {}
}
