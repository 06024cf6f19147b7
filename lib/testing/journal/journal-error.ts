// The error of journals. Relies on nothing.

/** Where in the journal and in the program. */
export interface JournalPlace {
  /** Counted from 1; the header is line 1. */
  readonly line?: number | undefined;
  readonly step?: number | undefined;
  /** As the journal names it: `'#3 main/page'`. */
  readonly task?: string | undefined;
}

/**
 * A journal cannot be written or played back: it is of another program or another version, it is cut or was changed, or
 * a value cannot be kept in it. The message names the line, the step and the task where it no longer fits.
 *
 * @example
 * try { replayJournal(main(), readFileSync('main.journal', 'utf8')); } catch (error) {
 *   if (error instanceof JournalError) console.log(`line ${error.line}, step ${error.step}, task ${error.task}`);
 * }
 */
export class JournalError extends Error {
  override get name(): string {
    return 'JournalError';
  }
  /** The line of the journal, counted from 1; the header is line 1. */
  declare readonly line: number | undefined;
  /** The step of the program where it no longer fits. */
  declare readonly step: number | undefined;
  /** The task, as the journal names it: `'#3 main/page'`. */
  declare readonly task: string | undefined;

  constructor(message: string, { line, step, task }: JournalPlace = {}, options?: ErrorOptions) {
    super(message, options);
    this.line = line;
    this.step = step;
    this.task = task;
  }
}
