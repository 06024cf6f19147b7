// main: `run` for a whole program. It adds what the shell expects of one: signals and exit codes. Relies on run.

import { dumpOnSignal } from '#host';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import type { Task } from '../kernel/task.ts';
import { DeadlockError } from '../words/errors.ts';
import { isInstance } from '../words/thrown.ts';
import { run } from './run.ts';
import type { RunOptions } from './run.ts';

/** What is needed of Node's process. A browser has none, and a few platforms have one without signals. */
interface Process {
  on?(signal: string, listener: (signal: string) => void): unknown;
  removeListener?(signal: string, listener: (signal: string) => void): unknown;
  exit?(code: number): never;
  exitCode?: number | string | undefined;
}

/** As a shell has it: 128 and the number of the signal. */
const EXIT_CODES: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 };

/** The options of `main`: those of `run`, and a signal on which the tree of tasks is printed. */
export interface MainOptions extends RunOptions {
  /**
   * A signal, `'SIGQUIT'` (Ctrl-\\ in a terminal) or `'SIGUSR2'` for instance: when the process gets it, the tree of
   * all tasks is printed on stderr, with the line where each is suspended, and the program goes on. A step that runs is
   * ended first: for a program that is stuck in one there is `npx treadle ps PID`.
   */
  readonly dumpOn?: string | undefined;
}

/**
 * Runs a program. The first Ctrl-C (or SIGTERM) cancels it, so that its clean-ups run, and the exit code is 130 (143);
 * the second one ends the process at once. An error is printed with the path of tasks it crossed, and the exit code is
 * 1; so is a cancellation that no signal asked for. In a browser there are no signals, and errors are printed.
 *
 * Throws a `TypeError` at the call for what cannot be awaited, and for an option that does not exist.
 *
 * @example
 * main(crawl(process.argv.slice(2)));
 */
export function main<A extends Awaitable<unknown>>(program: A, options: MainOptions = {}): Task<Result<A>> {
  const { process = {} } = globalThis as { process?: Process };
  const { dumpOn } = options;
  const stop = dumpOn === undefined ? undefined : dumpOnSignal(dumpOn);
  const task = run(program, options);
  if (stop) task.addDoneCallback(stop);
  const caught = cancelOnSignal(task as Task, process);
  task.addDoneCallback(() => {
    const error = task.error();
    const wasAsked = task.state === 'cancelled' && caught.signal !== undefined;
    if (task.state !== 'succeeded' && !wasAsked) fail(error, process);
  });
  return task;
}

/** Listens until the task is over. Gives an object that will know which signal came first. */
function cancelOnSignal(task: Task, process: Process): { signal: string | undefined } {
  const caught: { signal: string | undefined } = { signal: undefined };
  const onSignal = (signal: string): void => {
    const code = EXIT_CODES[signal] as number;
    if (caught.signal !== undefined) process.exit?.(code);
    caught.signal = signal;
    process.exitCode = code;
    task.cancel(signal);
  };
  const signals = Object.keys(EXIT_CODES);
  for (const signal of signals) process.on?.(signal, onSignal);
  task.addDoneCallback(() => {
    for (const signal of signals) process.removeListener?.(signal, onSignal);
  });
  return caught;
}

function fail(error: unknown, process: Process): void {
  // The report of a deadlock has no stack, and Node would print it in brackets.
  console.error(isInstance(error, DeadlockError) ? error.stack : error);
  process.exitCode = 1;
}
