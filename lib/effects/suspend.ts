// suspend: the bridge from callbacks. Relies on the kernel.

import { Effect } from '../kernel/effect.ts';
import { suspendUntil } from '../kernel/suspension.ts';
import type { Start } from '../kernel/suspension.ts';
import { show } from '../kernel/show.ts';
import type { Task } from '../kernel/task.ts';

function perform(task: Task, [start]: [Start<never>]): unknown {
  return suspendUntil(task, start);
}

/**
 * Waits until `resume(value)` or `fail(error)` is called, at once or later; every further call is ignored.
 * What `start` returns is the clean-up: it is called when the wait is cancelled.
 *
 * @example
 * const size = yield* suspend<number>((resume, fail) => {
 *   const image = new Image();
 *   image.onload = () => resume(image.width * image.height);
 *   image.onerror = fail;
 *   image.src = url;
 *   return () => { image.src = ''; };
 * });
 */
export function suspend<T = void>(start: Start<T>): Effect<T> {
  if (typeof start !== 'function') throw new TypeError(`suspend takes a function (resume, fail) => cleanUp, not ${show(start)}`);
  return new Effect('suspend', [start], perform);
}
