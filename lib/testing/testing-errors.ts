// The errors of treadle/testing. Each says what was found, in which step, and what to do. Relies on nothing.

/**
 * The program takes more steps than it was allowed (`maxSteps`): tasks may be waking each other for ever.
 *
 * @example
 * try { simulate(main(), { maxSteps: 10_000 }).run(); } catch (error) {
 *   if (error instanceof TooManyStepsError) console.log('it never ends');
 * }
 */
export class TooManyStepsError extends Error {
  override get name(): string {
    return 'TooManyStepsError';
  }
}

/**
 * The `check` of an exploration said false of a result.
 *
 * @example
 * const { failure } = explore(() => main(), { check: (total) => total === 2 });
 * console.log(failure?.error instanceof CheckFailedError);
 */
export class CheckFailedError extends Error {
  override get name(): string {
    return 'CheckFailedError';
  }
}

/**
 * A text that is not a schedule, or a schedule that no longer fits the program. `step` says where, counted from 1.
 *
 * @example
 * try { replay(() => main(), schedule); } catch (error) {
 *   if (error instanceof ScheduleError) console.log(`it no longer fits from step ${error.step} on`);
 * }
 */
export class ScheduleError extends Error {
  override get name(): string {
    return 'ScheduleError';
  }
  /** Where the schedule no longer fits, counted from 1. */
  declare readonly step: number;

  constructor(message: string, step: number) {
    super(message);
    this.step = step;
  }
}

/**
 * The program did something else when it was run again with the same choices: it depends on something that the
 * simulation does not know of, such as `Math.random()`, `Date.now()` or a variable that outlives a run. `cause` is what
 * the first run failed with.
 *
 * @example
 * try { explore(() => main()); } catch (error) {
 *   if (error instanceof NotRepeatableError) console.log('is there a Math.random() in it?', error.cause);
 * }
 */
export class NotRepeatableError extends Error {
  override get name(): string {
    return 'NotRepeatableError';
  }
}

/**
 * `explore.check` and `replay.check` found a failure. `cause` is its error, `failure` is all that is known of it.
 *
 * @example
 * try { explore.check(() => main()); } catch (error) {
 *   if (error instanceof ExplorationError) console.log(error.failure, error.cause);
 * }
 */
export class ExplorationError<F> extends Error {
  override get name(): string {
    return 'ExplorationError';
  }
  /** What went wrong, and the schedule that makes it go wrong again. */
  declare readonly failure: F;

  constructor(message: string, failure: F, cause: unknown) {
    super(message, { cause });
    this.failure = failure;
  }
}
