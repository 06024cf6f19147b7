// shield: work that cancellation must wait for. Relies on the kernel, in-scope.

import { acquiring, giveBack, givenBackBy } from '../kernel/acquired.ts';
import type { Awaitable, Coroutine, Result } from '../kernel/awaitable.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';
import { AT_ONCE, Effect, inherited } from '../kernel/effect.ts';
import type { CancelScope } from '../kernel/cancel-scope.ts';
import type { Task } from '../kernel/task.ts';
import { inScope } from './in-scope.ts';

/** Runs its work as if the shield around it were not there: in it a cancellation is delivered. */
export type Restore = <A extends Awaitable<unknown>>(work: A) => Effect<Result<A>>;

type Shielded = Awaitable<unknown> | ((restore: Restore) => Coroutine<unknown>);

const performShield = /* @__PURE__ */ givenBackBy(
  (task: Task, work: Shielded) => {
    if (typeof work === 'function') return task._call(shieldedFunction(task, work));
    return task._call(inScope(task, work as Awaitable<unknown>, putOff));
  },
  (work: Shielded, answer, task) => giveBack(work as Awaitable<unknown>, answer, task),
);

function putOff(scope: CancelScope): void {
  scope.shields = true;
}

/**
 * The function is called within the scope, because what it is given opens that one and no other. Its answer may be
 * something that was acquired (`ensure`, `use`): a cancellation that was put off until the end gives that back.
 */
export function shieldedFunction(
  task: Task,
  fn: (restore: Restore) => Coroutine<unknown>,
  giveBackAnswer: (answer: unknown) => void = () => {},
) {
  let shield: CancelScope;
  const restore: Restore = (work) =>
    new Effect('restore', checkAwaitable(work, 'restored'), performRestore, inherited(work));
  const performRestore = givenBackBy(
    (inner: Task, work: Awaitable<unknown>) =>
      inner._call(inScope(inner, work, (scope) => void (scope.opens = shield))),
    (work: Awaitable<unknown>, answer, inner) => giveBack(work, answer, inner),
  );
  const call = new Effect('call', undefined, () => task._perform(fn(restore)));
  acquiring(call, (_payload, answer) => giveBackAnswer(answer));
  return inScope(task, call, (scope) => {
    shield = scope;
    putOff(scope);
  });
}

/**
 * Runs the work to its end, even if this task is cancelled meanwhile. The cancellation is delivered when the work is
 * over, at this very yield, and what the work gives is dropped then. If the work fails then, that error makes the task
 * fail. The tasks that are spawned in it are waited for.
 *
 * Given a generator function, it is called with `restore`. What runs as `restore(work)` can be cancelled as usual; the
 * function's own `finally` blocks then run behind the shield, so that they are whole, however they were entered.
 * Throws a `TypeError` at the call for what cannot be awaited.
 *
 * @example
 * yield* shield(commit(transaction));
 *
 * @example
 * yield* shield(function* (restore) {
 *   const row = yield* insert();
 *   try {
 *     yield* restore(slowCheck(row)); // may be cancelled
 *   } finally {
 *     yield* unlock(row); // always runs whole
 *   }
 * });
 */
export function shield<T>(work: (restore: Restore) => Coroutine<T>): Effect<T>;
export function shield<A extends Awaitable<unknown>>(work: A): Effect<Result<A>>;
export function shield(work: Shielded): Effect<unknown> {
  if (typeof work !== 'function') checkAwaitable(work, 'shielded');
  return new Effect('shield', work, performShield, inherited(work) | AT_ONCE);
}
