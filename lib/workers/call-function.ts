// Calls a function in a worker, once: a coroutine runs on the worker's event loop, a promise is waited for, and a plain
// function blocks the worker while it runs. Relies on the kernel, host, loop, context.

import { reportError } from '#host';
import { Effect } from '../kernel/effect.ts';
import { isPromise } from '../kernel/awaitable.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { isGenerator } from '../kernel/frame.ts';
import { EventLoop } from '../loop/event-loop.ts';
import type { Task } from '../kernel/task.ts';
import { DeadlockError } from '../words/errors.ts';
import { show } from '../words/messages.ts';
import type { CallSignal } from './call-signal.ts';
import { signals } from './context.ts';

export type Callable = (...args: readonly unknown[]) => unknown;

/** The report of a deadlock is the error of each call whose task it has closed. */
const deadlocks = new WeakMap<Task, unknown>();

/** All coroutines of the worker run on it. entry.ts starts it. */
export const loop: EventLoop = new EventLoop({
  onError(error, where) {
    if (!(error instanceof DeadlockError)) return reportError(error, where);
    for (const task of loop.tasks()) deadlocks.set(task, error);
  },
});

/** It is over when one of the two is called, once. An aborted signal asks it to end. */
export function callFunction(
  fn: Callable,
  args: readonly unknown[],
  name: string,
  signal: CallSignal,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  let result: unknown;
  try {
    signal.throwIfAborted();
    result = signals.run(signal, () => fn(...args));
    if (result instanceof Effect || isGenerator(result))
      run(result as Coroutine<unknown>, name, signal, resolve, reject);
    else if (isPromise(result)) result.then(resolve, reject);
    else if (Symbol.asyncIterator in Object(result))
      throw new TypeError(
        `${name} must be a coroutine, a plain or a promise-returning function, and gave ${show(result)}`,
      );
    else resolve(result);
  } catch (error) {
    reject(error);
  }
}

function run(
  work: Coroutine<unknown>,
  name: string,
  signal: CallSignal,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  const task = loop.createTask(work, { name });
  signal.onAbort = () => task.cancel(signal.reason);
  task.addDoneCallback(() => {
    signal.onAbort = undefined; // another item of a chunk has the same signal
    const error = task.error();
    if (task.state === 'succeeded') resolve(task.result());
    else if (task.state === 'failed') reject(error);
    else reject(signal.aborted ? signal.reason : (deadlocks.get(task) ?? error));
  });
}
