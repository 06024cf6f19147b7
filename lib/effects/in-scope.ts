// What timeout, shield and the like have in common: work that runs on the task's own stack, in a scope of its own. It
// is over when the tasks that were spawned in it are. Relies on the kernel, yield-now.

import { giveBack } from '../kernel/acquired.ts';
import type { Awaitable } from '../kernel/awaitable.ts';
import { CancelScope, keepCleanUpError } from '../kernel/cancel-scope.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { NEXT } from '../kernel/modes.ts';
import type { Scope } from '../kernel/scope.ts';
import type { Task } from '../kernel/task.ts';
import { combine } from '../words/combine.ts';
import { yieldNow } from './yield-now.ts';

/**
 * Waits until the children of the task's innermost scope are over: the scope is the place, and makes the task ready.
 */
const children = /* @__PURE__ */ new Effect<void>('children', undefined, (task: Task) => {
  const scope = task._scope as Scope;
  if (scope.drain()) return undefined; // the effect was put off, and by now they are over
  task._place = scope;
  task._mode = NEXT;
  return SUSPENDED;
});

/**
 * The frame of such a scope. `prepare` makes the scope what it is (a limit, a shield) and gives what to do at its end.
 *
 * It is one generator, without a `yield*` to another one: closed by `return()` while an inner one still cleans up, an
 * outer one would go on as if nothing had happened.
 */
export function* inScope(
  task: Task,
  work: Awaitable<unknown>,
  prepare: (scope: CancelScope) => (() => void) | void,
): Generator<unknown, unknown, unknown> {
  const scope = new CancelScope(task);
  const release = prepare(scope);
  const errors: unknown[] = [];
  let answer: unknown;
  let answered = false;
  let closed = true; // by return(): stays so, unless one of the lines below is reached
  try {
    answer = yield work;
    answered = true;
    if (!scope.drain()) yield children; // a normal end waits, and a cancellation may still come
    closed = false;
  } catch (error) {
    errors.push(error);
    closed = false;
  } finally {
    release?.();
    scope.shields = true; // from here on nothing is cut
    if (closed || errors.length > 0) scope.cancelChildren(task);
    if (!scope.drain()) yield children;
    if (scope.awaitsJoins()) yield yieldNow();
    errors.push(...scope.takeErrors());
    scope.leave();
    if (closed) for (const error of errors) keepCleanUpError(task, task._scope, error);
    if (answered && (closed || errors.length > 0)) giveBack(work, answer, task);
  }
  // An error of a clean-up wins over the limit's own, and so does a cancellation that came meanwhile.
  const isCancelled = task._mustClose();
  const failures =
    scope.error !== undefined && (isCancelled || errors.length > 1) ?
      errors.filter((error) => error !== scope.error)
    : errors;
  if (failures.length > 0) throw combine(failures);
  if (isCancelled) {
    // What was put off is delivered now, at the caller's own yield, and not behind it.
    if (answered && errors.length === 0) giveBack(work, answer, task);
    yield yieldNow();
  }
  return answer;
}
