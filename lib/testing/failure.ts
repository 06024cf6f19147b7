// What is known of a failure that was found: its error, the schedule by which it comes again, and what happened, as a
// table and as data. Relies on execute, the schedule and the table.

import { Task } from '../kernel/task.ts';
import { oneLine } from '../words/show.ts';
import { show } from '../words/messages.ts';
import { isInstance } from '../words/thrown.ts';
import { execute } from './execute.ts';
import type { ExecuteOptions, Execution, FailureKind, Program } from './execute.ts';
import { ExplorationError, NotRepeatableError } from './testing-errors.ts';
import type { Step } from './interleaving.ts';
import { letterOfName, samplesOf, writeSchedule } from './schedule.ts';
import { byList, switchesOf } from './shrink.ts';
import { table } from './table.ts';

/**
 * A run that went wrong, shrunk to as few unusual choices as possible: what happened, and how to make it happen again.
 */
export interface Failure {
  readonly kind: FailureKind;
  /** What main threw, what the check threw, a `DeadlockError`, a `TooManyStepsError`. */
  readonly error: unknown;
  /** The seed of the run in which it was found. */
  readonly seed: number;
  /** For `replay`. */
  readonly schedule: string;
  /** How many choices of the schedule are not what the engine does by itself. */
  readonly switches: number;
  /** In which run it was found, counted from 1. */
  readonly run: number;
  /** What happened, as text: a column a task, a line a step. */
  readonly table: string;
  /** The same as data. */
  readonly steps: readonly Step[];
}

/** What `explore` and `replay` give: the first failure, if there was one, and how much was tried. */
export interface Exploration<T> {
  /** How many schedules were tried, without those of the shrinking. */
  readonly runs: number;
  /** All schedules have been tried. Only `exhaustive` knows that, unless there is nothing to choose. */
  readonly complete: boolean;
  /** The first failure that was found. */
  readonly failure?: Failure;
  /** The result of the last run that had one. */
  readonly result?: T;
}

/** Runs the schedule once more and writes down what happens. Throws a `NotRepeatableError` when something else does. */
export function describe(
  where: string,
  program: Program,
  choices: readonly number[],
  options: ExecuteOptions,
  found: { readonly kind: FailureKind; readonly error: unknown },
  seed: number,
  run: number,
): Failure {
  const names: string[] = [];
  const list = byList(choices);
  const execution = execute(
    where,
    program,
    (count, ready) => {
      const choice = list(count, ready);
      if (choice > 0) names.push(letterOfName(nameOf(ready?.[choice])));
      return choice;
    },
    options,
    true,
  );
  if (!isSame(execution.failure, found)) throw notRepeatable(found.error);
  const { kind, error } = execution.failure as Failure;
  const recorder = execution.recorder as NonNullable<Execution['recorder']>;
  const schedule = writeSchedule({
    seed: options.seed,
    late: options.late,
    choices,
    names: names.join(''),
    steps: recorder.prints.length,
    isTooLong: kind === 'steps',
    samples: samplesOf(recorder.prints),
  });
  const { steps } = recorder;
  return { kind, error, seed, schedule, switches: switchesOf(choices).length, run, table: table(steps), steps };
}

/** Did it fail in the same way? The text of an error may have a time or a number in it. */
export function isSame(
  one: { readonly kind: FailureKind; readonly error: unknown } | undefined,
  other: { readonly kind: FailureKind; readonly error: unknown },
): boolean {
  return one !== undefined && one.kind === other.kind && classOf(one.error) === classOf(other.error);
}

function classOf(error: unknown): string {
  try {
    return String((error as Error | undefined)?.name ?? typeof error);
  } catch {
    return 'unknown';
  }
}

/** The name under which a chosen task or callback is written down. */
export function nameOf(waiter: unknown): string {
  return waiter instanceof Task ? waiter.name : 'a callback';
}

export function notRepeatable(error: unknown): NotRepeatableError {
  return new NotRepeatableError(
    `the program failed (${show(error)}), and did something else when it was run again with the same choices: ` +
      'it depends on Math.random(), on Date, on a variable that outlives a run, or on something else from outside',
    { cause: error },
  );
}

/** What `explore.check` and `replay.check` throw. */
export function explorationError(failure: Failure, runs: number, how: string): ExplorationError<Failure> {
  const { error, schedule, switches, kind } = failure;
  const what =
    isInstance(error, Error) ? `${classOf(error)}: ${oneLine(error.message.split('\n')[0] as string)}` : show(error);
  const found = `${how} of ${runs} ${runs === 1 ? 'schedule' : 'schedules'} found a failure (${kind}): ${what}`;
  const written = `schedule: ${schedule} (${switches} ${switches === 1 ? 'switch' : 'switches'})`;
  const message = `${found}\n\n${written}\n\n${failure.table}\n`;
  return new ExplorationError(message, failure, error);
}
