// Starting a program on a loop of its own. Relies on loop.

import { checkAwaitable } from '../kernel/awaitable.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Task } from '../kernel/task.ts';
import { Loop } from './loop.ts';
import type { LoopOptions } from './loop.ts';

/** The options of `run` and `runSync`: the name of the main task, a signal that cancels it, and those of the loop. */
export interface RunOptions extends LoopOptions {
  /** The name of the main task; `main` by default. */
  readonly name?: string | undefined;
  /** Aborting it cancels the main task, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program and returns its main task, which a promise user may `await`. Nothing is stepped before `run` returns.
 * When main is over, so is everything that was started in it. Everything runs in the platform's asynchronous context
 * (`AsyncLocalStorage`) in which `run` was called. Cancelling the task, or aborting `signal`, cancels the program.
 *
 * Throws a `TypeError` for what cannot be awaited, and for an option that does not exist.
 *
 * @example
 * run(main()).then(console.log, console.error);
 */
export function run<A extends Awaitable<unknown>>(main: A, options: RunOptions = {}): Task<Result<A>> {
  checkAwaitable(main, 'run', 'run');
  return start(new Loop(options), main, options);
}

/** Makes the main task of the loop, and starts the loop. */
export function start<A extends Awaitable<unknown>>(loop: Loop, main: A, options: RunOptions): Task<Result<A>> {
  const { name = 'main', signal } = options;
  const task = new Task<Result<A>>(loop, loop._scope, main as Awaitable<Result<A>>, name);
  if (signal) cancelOnAbort(task as Task, signal);
  loop._start(task as Task);
  return task;
}

function cancelOnAbort(task: Task, signal: AbortSignal): void {
  const abort = () => task.cancel(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  task.addDoneCallback(() => signal.removeEventListener('abort', abort));
}
