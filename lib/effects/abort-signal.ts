// abortSignal: the task's cancellation, for functions of the platform. Relies on the kernel.

import { CancelScope, isCancelled } from '../kernel/cancel-scope.ts';
import { Effect } from '../kernel/effect.ts';
import { innermostScope } from '../kernel/scope.ts';
import type { Scope } from '../kernel/scope.ts';
import type { Task } from '../kernel/task.ts';

// One signal a scope, so that the end of a time limit aborts what was started within it.
const signals = /* @__PURE__ */ new WeakMap<Scope, AbortSignal>();

function performAbortSignal(task: Task): AbortSignal {
  const scope = innermostScope(task);
  const known = signals.get(scope);
  if (known) return known;
  const controller = new AbortController();
  scope.onCancel = () =>
    controller.abort(scope instanceof CancelScope && scope.cancelAsked ? scope.error : task._value);
  if (isCancelled(task)) scope.onCancel();
  signals.set(scope, controller.signal);
  return controller.signal;
}

const effect = /* @__PURE__ */ new Effect<AbortSignal>('abortSignal', undefined, performAbortSignal);

/**
 * An `AbortSignal` for functions of the platform that take one. It is aborted when this task is cancelled, or the
 * time limit around this yield is over, and at the latest when that or the task is over.
 *
 * @example
 * const signal = yield* abortSignal();
 * element.addEventListener('click', onClick, { signal });
 */
export function abortSignal(): Effect<AbortSignal> {
  return effect;
}
