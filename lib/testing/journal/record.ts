// record: runs a program and keeps the journal of its run. Relies on recorder and recording-loop.

import type { Awaitable, Result } from '../../kernel/awaitable.ts';
import { checkAwaitable } from '../../kernel/awaitable.ts';
import type { Task } from '../../kernel/task.ts';
import { start } from '../../loop/run.ts';
import type { RunOptions } from '../../loop/run.ts';
import { checkFunction } from '../../words/check.ts';
import { VERSION } from './format.ts';
import { Recorder } from './recorder.ts';
import { RecordingLoop } from './recording-loop.ts';
import type { ValueOptions } from './values.ts';

/** The options of `record`: those of `run`, where the journal goes, and how values are kept in it. */
export interface RecordOptions extends RunOptions, ValueOptions {
  /**
   * Is given each line of the journal, without a line break, as soon as it is written: `(line) => appendFileSync(...)`.
   * With it, `lines` stays empty. If it throws, that is reported once, and the program goes on without a journal.
   */
  readonly write?: ((line: string) => void) | undefined;
}

/** A run that keeps a journal. */
export interface Recording<T> {
  /** The main task, as `run` gives it. */
  readonly task: Task<T>;
  /** The journal so far; all of it, when the task is over. */
  readonly lines: readonly string[];
  /** The journal as a text. */
  toString(): string;
}

/**
 * Runs a program as `run` does, and keeps a journal of all that comes from outside: the answers of `fetch` and of its
 * bodies, of promises, `suspend`, `fromCallback` and `once`, the events of `on`, times, timers, chance, and
 * cancellations from outside. `replayJournal` plays it back.
 *
 * An answer that is no data, such as a socket, is a `JournalError` that is thrown at its `yield`, unless `encode` knows
 * it. Throws a `TypeError` at the call as `run` does.
 *
 * @example
 * const recording = record(main());
 * recording.task.then(() => writeFileSync('main.journal', `${recording}`));
 */
export function record<A extends Awaitable<unknown>>(main: A, options: RecordOptions = {}): Recording<Result<A>> {
  checkAwaitable(main, 'recorded', 'record');
  const { write, encode, decode, signal, name = 'main', ...others } = options;
  if (write !== undefined) checkFunction('the option write of record', write);
  if (encode !== undefined) checkFunction('the option encode of record', encode);
  const lines: string[] = [];
  const put = write ? carefully(write) : (line: string) => void lines.push(line);
  put(JSON.stringify({ treadle: 'journal', version: VERSION, main: name }));
  let n = 0;
  const recorder = new Recorder((entry) => put(JSON.stringify({ n: ++n, ...entry })), { encode, decode });
  const task = start(new RecordingLoop(others, recorder), main, { name });
  recorder.begin(task as Task);
  if (signal) cancelOnAbort(task as Task, signal);
  return { task, lines, toString: () => lines.map((line) => `${line}\n`).join('') };
}

/** Not before the recorder listens: that the signal was aborted comes from outside, too. */
function cancelOnAbort(task: Task, signal: AbortSignal): void {
  const abort = () => task.cancel(signal.reason);
  if (signal.aborted) return void abort();
  signal.addEventListener('abort', abort);
  task.addDoneCallback(() => signal.removeEventListener('abort', abort));
}

/** A full disk ends the journal, and not the program. */
function carefully(write: (line: string) => void): (line: string) => void {
  let failed = false;
  return (line) => {
    if (failed) return;
    try {
      write(line);
    } catch (error) {
      failed = true;
      console.warn('treadle: the journal could not be written, and the program goes on without it:', error);
    }
  };
}
