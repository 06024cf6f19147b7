// The error of whatever a worker was running when it died. Relies on nothing.

/** What is known of a worker's end. */
export interface Ending {
  readonly exitCode?: number | undefined;
  /** Of a process that was killed: `'SIGKILL'`. */
  readonly signal?: string | undefined;
  /** The error that nobody caught, if that was it. */
  readonly cause?: unknown;
}

/**
 * A worker died: `process.exit`, a crash, a signal, no memory left. Everything that it was running is rejected with
 * this; the pool goes on with a new worker.
 *
 * @example
 * try { yield* pool.apply(new URL('./jobs.js', import.meta.url), 'hash', [file]); } catch (error) {
 *   if (error instanceof WorkerDiedError) console.log(`${error.worker} died while it ran ${error.running}`);
 * }
 */
export class WorkerDiedError extends Error {
  override get name(): string {
    return 'WorkerDiedError';
  }
  /** `'process 4711'` or `'thread 3'`. */
  readonly worker: string;
  /** What it ended with; `undefined` for a process that was killed. */
  readonly exitCode: number | undefined;
  /** What killed a process: `'SIGKILL'`. */
  readonly signal: string | undefined;
  /** The calls it was running, as they would be written: `['square(3)']`. */
  readonly running: readonly string[];

  constructor(worker: string, { exitCode, signal, cause }: Ending, running: readonly string[]) {
    const how =
      cause instanceof Error ? `died of ${cause.name}: ${cause.message},`
      : signal !== undefined ? `was killed by ${signal}`
      : exitCode === undefined ? 'died'
      : `ended with exit code ${exitCode}`;
    const named = running.slice(0, 3).join(', ') + (running.length > 3 ? ` and ${running.length - 3} more` : '');
    const when = running.length > 0 ? `while it ran ${named}` : 'before it could run anything';
    super(`${worker} ${how} ${when}`, cause === undefined ? undefined : { cause });
    this.worker = worker;
    this.exitCode = exitCode;
    this.signal = signal;
    this.running = running;
    this.stack = `${this}`; // where the pool found it helps nobody
  }
}
