// main: `run` for a whole program under Node: signals and exit codes. Relies on the kernel.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { DeadlockError } from '../words/errors.ts';
import { isInstance } from '../words/thrown.ts';
import { run } from './run.ts';
import type { RunOptions } from './run.ts';
import type { Task } from '../kernel/task.ts';

/** Node's process, as far as it is needed; absent in browsers, where `main` is `run` with a printed error. */
interface NodeProcess {
  on(signal: string, listener: (signal: string) => void): unknown;
  removeListener(signal: string, listener: (signal: string) => void): unknown;
  exit(code: number): never;
  exitCode?: number | string | undefined;
}

/** As a shell has it: 128 and the number of the signal. */
const EXIT_CODES: Record<string, number> = { SIGINT: 130, SIGTERM: 143 };

/**
 * Runs a program: the first Ctrl-C (or SIGTERM) cancels it, so that its clean-ups run, and the exit code
 * is 130 (143); the second one ends the process at once. An error is printed with the path of tasks it
 * crossed, and the exit code is 1.
 *
 * @example
 * main(crawl(process.argv.slice(2)));
 */
export function main<A extends Awaitable<unknown>>(program: A, options: RunOptions = {}): Task<Result<A>> {
  const process = (globalThis as { process?: Partial<NodeProcess> }).process as NodeProcess | undefined;
  const task = run(program, options);
  let caught: string | undefined;
  const onSignal = (signal: string): void => {
    if (caught !== undefined) process?.exit(EXIT_CODES[signal] ?? 1);
    caught = signal;
    if (process !== undefined) process.exitCode = EXIT_CODES[signal] ?? 1;
    task.cancel(signal);
  };
  const signals = process?.on === undefined ? [] : Object.keys(EXIT_CODES);
  for (const signal of signals) process?.on(signal, onSignal);
  task.addDoneCallback(() => {
    for (const signal of signals) process?.removeListener(signal, onSignal);
    const error = task.error();
    if (task.state === 'succeeded' || (task.state === 'cancelled' && caught !== undefined)) return;
    console.error(isInstance(error, DeadlockError) ? error.stack : error); // a report, without the brackets of an error that has no stack
    if (process !== undefined) process.exitCode = 1;
  });
  return task;
}
