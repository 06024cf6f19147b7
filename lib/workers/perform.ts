// One call of an exported function in a worker: a coroutine on the worker's event loop, a promise, or a plain function.
// Relies on the kernel, loop, context, exports.

import { Effect } from '../kernel/effect.ts';
import { isPromise } from '../kernel/awaitable.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { isGenerator } from '../kernel/frame.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { show } from '../words/messages.ts';
import { signals } from './context.ts';
import { withExported } from './exports.ts';
import type { Call } from './protocol.ts';

const loop = new EventLoop();
loop.runForever();

/** Calls the function. It is over when one of the two is called, once. */
export function perform(
  { module, export: name, args }: Call,
  signal: AbortSignal,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  const call = (fn: (...args: readonly unknown[]) => unknown): void => {
    try {
      signal.throwIfAborted();
      follow(
        signals.run(signal, () => fn(...args)),
        name,
        signal,
        resolve,
        reject,
      );
    } catch (error) {
      reject(error);
    }
  };
  withExported(module, name, call, reject);
}

/** Waits for what the function gave, and asks it to end when the signal is aborted. */
function follow(
  result: unknown,
  name: string,
  signal: AbortSignal,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  if (result instanceof Effect || isGenerator(result)) {
    const task = loop.createTask(result as Coroutine<unknown>, { name });
    signal.addEventListener('abort', () => task.cancel(signal.reason));
    task.addDoneCallback(() => {
      const error = task.error();
      if (task.state === 'succeeded') resolve(task.result());
      else reject(task.state === 'cancelled' && signal.aborted ? signal.reason : error);
    });
  } else if (isPromise(result)) result.then(resolve, reject);
  else if (Symbol.asyncIterator in Object(result))
    throw new TypeError(
      `${name} must be a coroutine, a plain or a promise-returning function, and gave ${show(result)}`,
    );
  else resolve(result);
}
