// A cancel scope: a stretch of a task's own stack that can be cancelled by itself (`timeout`), that can put
// cancellations off (`shield`), and that owns what is spawned in it. Here is how a cancellation travels through a
// stack with such scopes. Where there is none, the trampoline decides by itself.
//
// A cancellation is asked for in one of two places: for the whole task (`task.cancel()`), or for one of its scopes. It
// is delivered by closing frames with `return()`, from the innermost one out, each only when the one above it is gone.
// So no `catch` sees it, and every `finally` runs whole before the next one begins.
//
//        frames, the innermost first
//        ┌───────────────┐
//        │ sleep's caller│ ◀ return()       The time limit is over: the frames above the scope's own are
//        ├───────────────┤                  closed, one after the other ...
//        │ page()        │ ◀ return()
//        ├───────────────┤
//        │ timeout       │ ◀ throw(...)     ... and here, at the scope's own frame, the closing ends with a
//        ├───────────────┤                  TimeoutError. Had the whole task been cancelled, this frame would
//        │ main()        │                  be closed as well, and so on, down to the task's end.
//        └───────────────┘
//
// The rules:
//   1. Clean-up is not cancelled again. A scope whose frames are being closed is `closing`, and what is asked for
//      further out waits: the closing will arrive there by itself, and goes on as far as the outermost scope that was
//      cancelled. So a task that is cancelled while a limit of its own expires never sees the TimeoutError.
//   2. A scope that `shields` puts off what is asked for outside of it, until it is over. A scope that `opens` that
//      shield lets it through again for the frames above itself (`restore`).
//   3. What is asked for is delivered before anything else happens: at the yield where the task waits, at the next
//      yield when it runs, and at the end of a shield.
//   4. An error that a frame throws while it is being closed is kept, with the scope or with the task, and the
//      remaining frames still close. It wins over the TimeoutError.
// Relies on scope, modes and words.

import { combine } from '../words/combine.ts';
import type { Frame } from './frame.ts';
import { CANCELLING, CLOSE, CLOSING, DUE, THROW } from './modes.ts';
import { innermostScope, Scope } from './scope.ts';
import type { Task } from './task.ts';

export class CancelScope extends Scope {
  declare readonly task: Task<any>;
  declare readonly outer: Scope;
  /** The frame that opened it. The frames above that one belong to the scope. */
  readonly frame: Frame | undefined;
  /** Its own cancellation was asked for, and what its frame is thrown when the frames above are closed. */
  cancelAsked = false;
  error: unknown = undefined;
  /** The frames above its own are being closed: what runs there is clean-up. */
  closing = false;
  /** It puts off what is asked for from outside, until it is over. */
  shields = false;
  /** The shield that does not count for the frames above this scope's own. */
  opens: CancelScope | undefined = undefined;
  /** Errors of frames that were being closed. */
  private cleanUpErrors: unknown[] | undefined = undefined;

  /** Opens a scope for the frame that runs now, which must `leave` it before it ends. */
  constructor(task: Task<any>) {
    super(task, innermostScope(task));
    this.frame = task._frame;
    task._scope = this;
  }

  /** The end, when its children are over. */
  leave(): void {
    this.task._scope = this.outer;
    this.onCancel?.();
    forgetWhatIsDelivered(this.task);
  }

  /** Asks for its cancellation: the frames above its own are closed, and then that one is thrown the error. */
  cancel(error: unknown): void {
    if (this.cancelAsked) return;
    this.cancelAsked = true;
    this.error = error;
    this.task._flags |= DUE;
    (this.task._scope as Scope).announce(this);
    this.task._interrupt();
  }

  /** Aborts the signals of all scopes that a cancellation of `until`, or of the task, will reach. */
  override announce(until?: Scope): void {
    let opened: CancelScope | undefined;
    for (const scope of outwards(this)) {
      opened = scope.opens ?? opened;
      if (scope.shields && scope !== opened) return;
      scope.onCancel?.();
      if (scope === until) return;
    }
    if (!until) rootOf(this).onCancel?.();
  }

  /**
   * Was something asked for, of this scope or further out, that must be delivered to the frames above its own now?
   * Called only when something is DUE.
   */
  isDue(): boolean {
    return isDueAt(this);
  }

  /**
   * The innermost frame is to be closed, because a cancellation is delivered (`begins`), or because the one above it
   * was closed and is gone. Gives the mode in which the task goes on; the value is in its inbox.
   */
  close(begins: boolean): number {
    const { task } = this;
    if (begins) {
      this.closing = true;
      announceWhatIsDue(task);
    }
    if (this.frame !== task._frame) return CLOSE;
    // The frames above its own are gone. Does the closing end here?
    const errors = this.cleanUpErrors;
    this.cleanUpErrors = undefined;
    if (this.cancelAsked && !isDueAt(this.outer)) {
      this.cancelAsked = this.closing = false;
      forgetWhatIsDelivered(task);
      task._inbox = errors ? combine(errors) : this.error;
      return THROW;
    }
    // No: its own frame is closed as well, which belongs to the next scope.
    if (this.outer instanceof CancelScope) this.outer.closing = true;
    else task._flags |= CLOSING;
    this.outer.onCancel?.();
    for (const error of errors ?? []) keepCleanUpError(task, this.outer, error);
    return CLOSE;
  }

  /** An error of a frame that was being closed, or one that comes on top of a cancellation: rule 4. */
  keepError(error: unknown): void {
    (this.cleanUpErrors ??= []).push(error);
  }
}

/** For a scope that may be the root. */
export function keepCleanUpError(task: Task<any>, scope: Scope | undefined, error: unknown): void {
  if (scope instanceof CancelScope) scope.keepError(error);
  else task._addError(error);
}

/** What is delivered now may have been put off by a shield: the signals that it has kept from that are aborted now. */
function announceWhatIsDue(task: Task<any>): void {
  let until: CancelScope | undefined;
  if (!(task._flags & CANCELLING)) for (const scope of outwards(task._scope)) if (scope.cancelAsked) until = scope;
  task._scope?.announce(until);
}

/** Was something asked for that reaches the innermost frame, whether it was delivered or not? */
export function isCancelled(task: Task<any>): boolean {
  let opened: CancelScope | undefined;
  for (const scope of outwards(task._scope)) {
    if (scope.cancelAsked || scope.closing) return true;
    opened = scope.opens ?? opened;
    if (scope.shields && scope !== opened) return false;
  }
  return (task._flags & CANCELLING) !== 0;
}

/** In a deadlock: what waits behind a shield can never end, and so cannot put a cancellation off. */
export function openShields(task: Task<any>): void {
  for (const scope of outwards(task._scope)) scope.shields = false;
}

function isDueAt(from: Scope): boolean {
  let opened: CancelScope | undefined;
  for (const scope of outwards(from)) {
    if (scope.closing) return false; // rule 1
    if (scope.cancelAsked) return true;
    opened = scope.opens ?? opened;
    if (scope.shields && scope !== opened) return false; // rule 2
  }
  return ((from.task as Task<any>)._flags & (CANCELLING | CLOSING)) === CANCELLING;
}

/** After a delivery: is anything left? Else the usual step is quick again. */
function forgetWhatIsDelivered(task: Task<any>): void {
  if ((task._flags & (CANCELLING | CLOSING)) === CANCELLING) return;
  for (const scope of outwards(task._scope)) if (scope.cancelAsked) return;
  task._flags &= ~DUE;
}

/** The cancel scopes from here outwards, without the root. */
function* outwards(scope: Scope | undefined): Generator<CancelScope, void> {
  for (; scope instanceof CancelScope; scope = scope.outer) yield scope;
}

function rootOf(scope: Scope): Scope {
  while (scope.outer) scope = scope.outer;
  return scope;
}
