// Closing: how a cancellation travels through a task's stack.
//
// It is asked for in one of two places: for the whole task (`task.cancel()`), or for one of its scopes (a time limit). It is
// delivered by closing frames with `return()`, from the innermost one out, each only when the one above it is gone. So
// no `catch` sees it, and every `finally` runs whole before the next one begins.
//
//        frames, the innermost first        scopes
//        ┌───────────────┐
//        │ sleep's caller│ ◀ return()       the time limit is over: the frames above the scope's own are
//        ├───────────────┤                  closed, one after the other ...
//        │ page()        │ ◀ return()
//        ├───────────────┤
//        │ timeout       │ ◀ throw(...)     scope of timeout: ... and here the closing ends with a TimeoutError.
//        ├───────────────┤                  Had the whole task been cancelled, this frame would be closed
//        │ main()        │                  as well, and so on, down to the task's end.
//        └───────────────┘                  root
//
// The rules:
//   1. Clean-up is not cancelled again. A scope whose frames are being closed is `closing`, and what is asked for
//      further out waits: the closing will arrive there by itself, and goes on as far as the outermost scope that was
//      cancelled. So a task that is cancelled while a limit of its own expires never sees the TimeoutError.
//   2. A scope that `shields` puts off what is asked for outside of it, until it is over. A scope that `opens` that shield
//      lets it through again for the frames above itself (`restore`).
//   3. What is asked for is delivered before anything else happens: at the yield where the task waits, at the next yield
//      when it runs, and at the end of a shield.
//   4. An error that a frame throws while it is being closed is kept, with the scope or with the task, and the remaining
//      frames still close. It wins over the TimeoutError.
// Relies on modes and words.

import { combine } from '../words/combine.ts';
import { CANCELLING, CLOSE, CLOSING, DUE, THROW } from './modes.ts';
import { Scope } from './scope.ts';
import type { Task } from './task.ts';

/** Opens a scope for the frame that runs now. It is closed by `closeScope` before that frame ends. */
export function openScope(task: Task<any>): Scope {
  return enterScope(task, new Scope(task, innermostScope(task)));
}

/** The same for a scope of another class. */
export function enterScope<S extends Scope>(task: Task<any>, scope: S): S {
  task._scope = scope;
  return scope;
}

export function closeScope(scope: Scope): void {
  const task = scope.task as Task<any>;
  task._scope = scope.outer;
  scope.onCancel?.();
  if (task._flags & DUE) forgetWhatIsNoLongerDue(task);
}

/** The innermost scope of a task. Made when it is first needed: most tasks never spawn. */
export function innermostScope(task: Task<any>): Scope {
  return (task._scope ??= new Scope(task, undefined));
}

/** The root of a task itself, under all scopes that it has opened. */
export function rootScope(task: Task<any>): Scope {
  let scope = innermostScope(task);
  while (scope.outer) scope = scope.outer;
  return scope;
}

/** Asks for the cancellation of a scope: the frames above its own are closed, and then that one is thrown the error. */
export function cancelScope(scope: Scope, error: unknown): void {
  const task = scope.task as Task<any>;
  if (scope.cancelAsked) return;
  scope.cancelAsked = true;
  scope.error = error;
  task._flags |= DUE;
  announce(task, scope);
  task._interrupt();
}

/** Aborts the signals of all scopes that a cancellation asked for now, for `until` or for the task, will reach. */
export function announce(task: Task<any>, until?: Scope): void {
  let opened: Scope | undefined;
  for (let scope = task._scope; scope; scope = scope.outer) {
    opened = scope.opens ?? opened;
    if (scope.shields && scope !== opened) return;
    scope.onCancel?.();
    if (scope === until) return;
  }
}

/** Must the innermost frame be closed now? Called only when something is DUE. */
export function mustClose(task: Task<any>): boolean {
  return isDueAt(task, task._scope);
}

/**
 * Was something asked for, of this scope or further out, that is to be delivered to the frames above the scope's own, and has
 * not been? Without a scope: to those that are under all scopes but the root.
 */
function isDueAt(task: Task<any>, from: Scope | undefined): boolean {
  let opened: Scope | undefined;
  for (let scope = from; scope?.outer; scope = scope.outer) {
    if (scope.closing) return false; // rule 1
    if (scope.cancelAsked) return true;
    opened = scope.opens ?? opened;
    if (scope.shields && scope !== opened) return false; // rule 2
  }
  return (task._flags & (CANCELLING | CLOSING)) === CANCELLING;
}

/** Was something asked for that reaches the innermost frame, delivered or not? */
export function isCancelled(task: Task<any>): boolean {
  let opened: Scope | undefined;
  for (let scope = task._scope; scope?.outer; scope = scope.outer) {
    if (scope.cancelAsked || scope.closing) return true;
    opened = scope.opens ?? opened;
    if (scope.shields && scope !== opened) return false;
  }
  return (task._flags & CANCELLING) !== 0;
}

/** Begins to close what is above the innermost scope's frame. Gives the mode in which the task goes on. */
export function beginClosing(task: Task<any>): number {
  markClosing(task, task._scope);
  forgetWhatIsNoLongerDue(task);
  return closeNext(task);
}

/**
 * How the innermost frame goes on, when the one above it was closed and is gone, or when closing begins with it. It is
 * closed as well, unless it is the frame of a scope at which the closing ends.
 */
export function closeNext(task: Task<any>): number {
  const scope = task._scope;
  task._inbox = undefined;
  if (!scope?.outer || scope.frame !== task._frame) return CLOSE;
  const { cleanUpErrors } = scope;
  scope.cleanUpErrors = undefined;
  if (scope.cancelAsked && !isDueAt(task, scope.outer)) {
    scope.cancelAsked = scope.closing = false;
    forgetWhatIsNoLongerDue(task);
    task._inbox = cleanUpErrors ? combine(cleanUpErrors) : scope.error;
    return THROW;
  }
  markClosing(task, scope.outer);
  if (cleanUpErrors) for (const error of cleanUpErrors) keepCleanUpError(task, scope.outer, error);
  return CLOSE;
}

function markClosing(task: Task<any>, scope: Scope | undefined): void {
  if (scope?.outer) scope.closing = true;
  else task._flags |= CLOSING;
}

/** An error that comes while frames are being closed, or on top of a cancellation: rule 4. */
export function keepCleanUpError(task: Task<any>, scope: Scope | undefined, error: unknown): void {
  if (scope?.outer) (scope.cleanUpErrors ??= []).push(error);
  else task._addError(error);
}

function forgetWhatIsNoLongerDue(task: Task<any>): void {
  if ((task._flags & (CANCELLING | CLOSING)) === CANCELLING) return;
  for (let scope = task._scope; scope?.outer; scope = scope.outer) if (scope.cancelAsked) return;
  task._flags &= ~DUE;
}
