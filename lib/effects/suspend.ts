// suspend: the bridge from callbacks. Relies on the kernel.

import { Effect, LISTENS } from '../kernel/effect.ts';
import { checkFunction } from '../words/check.ts';
import { suspendUntil } from '../kernel/suspension.ts';
import type { Start } from '../kernel/suspension.ts';
import type { Task } from '../kernel/task.ts';

/** What `suspend` does, for effects that are made of it. */
export function performSuspend(task: Task, [start]: [Start<never>]): unknown {
  // While `start` runs, so does the task: there is nobody to wake. An answer that comes by then is given inline.
  let starting = true;
  let early: (() => unknown) | undefined;
  const waiting = suspendUntil(task, (resume, fail) => {
    let cleanUp;
    try {
      cleanUp = start(
        (value) => (starting ? (early ??= () => value) : resume(value)),
        (error) =>
          starting ?
            (early ??= () => {
              throw error;
            })
          : fail(error),
      );
    } catch (error) {
      early = () => {
        throw error;
      };
    }
    starting = false;
    return early ? undefined : cleanUp;
  });
  if (!early) return waiting;
  task._place?._withdraw(task);
  task._place = undefined;
  return early();
}

/**
 * Waits until `resume(value)` or `fail(error)` is called, at once or later; every further call is ignored. What `start`
 * returns is the clean-up: it is called when the wait is cancelled. Throws what `fail` was called with, and a
 * `TypeError` at the call for what is no function.
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
  checkFunction('suspend', start, 'a function (resume, fail) => cleanUp');
  return new Effect('suspend', [start], performSuspend, LISTENS);
}
