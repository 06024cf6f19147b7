// Bridges to promises and to callbacks of Node's kind, `(error, value) => ...`. Relies on the kernel, effects/suspend.

import { performSuspend } from '../effects/suspend.ts';
import { Effect, inherited, LISTENS } from '../kernel/effect.ts';
import { checkFunction } from '../words/check.ts';
import { mustBe, show } from '../words/messages.ts';
import type { Task } from '../kernel/task.ts';
import { isPromise } from '../kernel/awaitable.ts';

type Promised<T> = PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>);

/** Waits for the promise that `start` gives. `cleanUp` is called when the wait is cancelled. */
export function awaitPromise(task: Task, start: () => PromiseLike<unknown>, cleanUp?: () => void): unknown {
  task.loop._refusePromise(task);
  return performSuspend(task, [
    (resume: (value: never) => void, fail) => {
      const promise = start();
      if (!isPromise(promise))
        throw new TypeError(`fromPromise takes a function that returns a promise; it returned ${show(promise)}`);
      promise.then(resume as never, fail);
      return cleanUp;
    },
  ]);
}

function performFromPromise(task: Task, [promised]: [Promised<unknown>]): unknown {
  if (typeof promised !== 'function') {
    task.loop._refusePromise(task, promised);
    return awaitPromise(task, () => promised);
  }
  const controller = new AbortController();
  return awaitPromise(
    task,
    () => promised(controller.signal),
    () => controller.abort(),
  );
}

/**
 * Waits for a promise and gives its value; its rejection is thrown. Given a function, calls it with an `AbortSignal`
 * that is aborted when the wait is cancelled. A promise by itself cannot be cancelled: it goes on, and nobody waits for
 * it any more. Throws a `TypeError` at the call for what is neither, and under `runSync` an `InvalidStateError`.
 *
 * @example
 * const rows = yield* fromPromise((signal) => database.query(sql, { signal }));
 */
export function fromPromise<T>(promised: Promised<T>): Effect<T> {
  if (typeof promised !== 'function' && !isPromise(promised))
    throw new TypeError(mustBe('fromPromise', 'a promise, or a function that returns one', promised));
  return new Effect('fromPromise', [promised], performFromPromise, inherited(promised));
}

type NodeCallback<T> = (error: unknown, value: T) => void;

function performFromCallback(task: Task, [start]: [(callback: NodeCallback<unknown>) => unknown]): unknown {
  const answer = (resume: (value: never) => void, fail: (error: unknown) => void) => {
    const cleanUp = start((error, value) =>
      error === null || error === undefined ? resume(value as never) : fail(error),
    );
    return typeof cleanUp === 'function' ? (cleanUp as () => void) : undefined;
  };
  return performSuspend(task, [answer]);
}

/**
 * Starts something that takes a callback of Node's kind, `(error, value)`, and waits for that: gives the value, or
 * throws the error. If `start` returns a function, that one is called when the wait is cancelled. Throws a `TypeError`
 * at the call for what is not a function.
 *
 * @example
 * const text = yield* fromCallback<string>((callback) => readFile('notes.txt', 'utf8', callback));
 */
export function fromCallback<T = void>(start: (callback: (error: unknown, value: T) => void) => unknown): Effect<T> {
  checkFunction('fromCallback', start, 'a function (callback) => cleanUp');
  return new Effect('fromCallback', [start], performFromCallback, LISTENS);
}

/**
 * A native promise of the task's outcome, for functions that cannot take a thenable. Counts as a join: an error of the
 * task is this promise's from then on. When the task is cancelled, it is rejected with a `CancelledError`.
 *
 * @example
 * const answers = await Promise.all([toPromise(run(a())), toPromise(run(b()))]);
 */
export function toPromise<T>(task: Task<T>): Promise<T> {
  return task.then();
}
