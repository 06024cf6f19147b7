// Starting a program on a loop of its own. Relies on loop.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Loop } from './loop.ts';
import type { LoopOptions } from './loop.ts';
import { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';

export interface RunOptions extends LoopOptions {
  /** The name of the main task; `main` by default. */
  readonly name?: string | undefined;
  /** Aborting it cancels the main task, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program and returns its main task, which a promise user may `await`. Nothing is stepped before
 * `run` returns. When main is over, so is everything that was started in it. Throws a `TypeError` at the call for what
 * cannot be awaited.
 *
 * @example
 * run(main()).then(console.log, console.error);
 */
export function run<A extends Awaitable<unknown>>(main: A, options: RunOptions = {}): Task<Result<A>> {
  checkAwaitable(main, 'run', 'run');
  return startMain(new Loop(options), main, options);
}

export function startMain<A extends Awaitable<unknown>>(
  loop: Loop,
  main: A,
  { name = 'main', signal }: RunOptions,
): Task<Result<A>> {
  const task = new Task<Result<A>>(loop, loop._scope, main as Awaitable<Result<A>>, name);
  if (signal) {
    const abort = () => task.cancel(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    task.addDoneCallback(() => signal.removeEventListener('abort', abort));
  }
  loop._start(task as Task);
  return task;
}
