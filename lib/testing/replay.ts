// replay: a program once more under a schedule that `explore` has found, in this process or in another one. Relies on
// execute, the schedule and the report of failures.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { checkFunction } from '../words/check.ts';
import type { Ready } from './director.ts';
import { ScheduleError } from './testing-errors.ts';
import { execute } from './execute.ts';
import { explorationError, nameOf } from './failure.ts';
import type { Exploration } from './failure.ts';
import type { Recorder } from './interleaving.ts';
import { distanceOf, letterOf, letterOfName, readSchedule } from './schedule.ts';
import type { Schedule } from './schedule.ts';
import { switchesOf } from './shrink.ts';
import { table } from './table.ts';

/** The options of `replay`, the same as they were for the exploration. */
export interface ReplayOptions<T> {
  /** As it was given to `explore`. */
  readonly check?: ((result: T) => unknown) | undefined;
  /** The name of the main task; `main` by default. */
  readonly name?: string | undefined;
}

/**
 * Runs a program under a schedule that `explore` has found. Gives what happened, as `explore` does, and does not throw
 * it; `replay.check` does.
 *
 * Throws a `ScheduleError`, which names the step, when the program no longer does what it did then, and for what is no
 * schedule; a `TypeError` for wrong arguments.
 *
 * @example
 * const { failure } = replay(() => main(), 't1_1_0_3aK_9_x7Q_9d');
 */
export function replay<A extends Awaitable<unknown>>(
  program: () => A,
  schedule: string,
  options: ReplayOptions<Result<A>> = {},
): Exploration<Result<A>> {
  const where = 'replay';
  checkFunction(where, program, 'a function that makes the program anew, such as () => main()');
  const { check, name } = options;
  if (check !== undefined) checkFunction('the option check of replay', check);
  const read = readSchedule(where, schedule);
  const { seed, late, steps } = read;
  const follower = new Follower(read);
  // Of a schedule that was cut nobody knows how many steps it had: far fewer than this.
  const given = { seed, late, maxSteps: steps ?? 100_000, check, name };
  const execution = execute(where, program, follower.decide, given, true, follower.isLost);
  const recorder = execution.recorder as Recorder;
  const misfit = follower.misfit ?? follower.misfitAtEnd(recorder, execution.failure?.kind === 'steps');
  if (misfit) throw misfit;
  if (!execution.failure) return { runs: 1, complete: false, result: execution.result as Result<A> };
  const failure = {
    ...execution.failure,
    seed,
    schedule,
    switches: switchesOf(read.choices).length,
    run: 1,
    table: table(recorder.steps),
    steps: recorder.steps,
  };
  return { runs: 1, complete: false, failure };
}

/** As `replay`, and throws an `ExplorationError` when the program fails. */
replay.check = function replayAndCheck<A extends Awaitable<unknown>>(
  program: () => A,
  schedule: string,
  options: ReplayOptions<Result<A>> = {},
): Exploration<Result<A>> {
  const exploration = replay(program, schedule, options);
  if (exploration.failure) throw explorationError(exploration.failure, 1, 'the replay');
  return exploration;
};

/** Makes the choices of a schedule, and looks whether the program still fits. */
class Follower {
  private readonly schedule: Schedule;
  private at = 0;
  private named = 0;
  private looked = 0;
  /** Why the choice that was just made does not fit. It is for the step that comes next. */
  private wrongChoice: string | undefined = undefined;
  /** The first thing that did not fit. */
  misfit: ScheduleError | undefined = undefined;

  constructor(schedule: Schedule) {
    this.schedule = schedule;
  }

  readonly decide = (count: number, ready: Ready): number => {
    const { choices, names } = this.schedule;
    const choice = choices[this.at++];
    if (choice === undefined || choice === 0) return 0;
    const name = names[this.named++];
    if (choice >= count) {
      const wants = ready ? `the one after ${choice} others that are ready` : `a timer ${choice} ms late`;
      this.wrongChoice ??= `it wants ${wants}, and there ${ready ? `are ${count}: ${list(ready)}` : 'is none'}`;
      return 0;
    }
    const chosen = ready?.[choice];
    if (letterOfName(nameOf(chosen)) !== name)
      this.wrongChoice ??= `another task was chosen here than ${nameOf(chosen)}; ready are ${list(ready ?? [])}`;
    return choice;
  };

  /** After a step: does something not fit? */
  readonly isLost = (recorder: Recorder): boolean => {
    const { choices, samples, steps } = this.schedule;
    const done = recorder.prints.length;
    if (this.wrongChoice !== undefined) this.misfit = misfitAt(done + 1, this.wrongChoice);
    else if (steps === undefined) {
      if (this.at >= choices.length) this.misfit = misfitAt(done + 1, 'the schedule ends here, because it was cut');
    } else {
      const distance = distanceOf(steps);
      // What follows directly on a step belongs to it: there may be more than one that is new.
      for (; this.looked < done; this.looked++) {
        const step = this.looked + 1;
        const isSampled = step % distance === 0 || step === steps;
        const sample = samples[Math.ceil(step / distance) - 1];
        if (isSampled && sample !== letterOf(recorder.prints[step - 1] as number))
          this.misfit ??= misfitAt(step, this.instead(recorder, step));
      }
    }
    return this.misfit !== undefined;
  };

  misfitAtEnd(recorder: Recorder, isTooLong: boolean): ScheduleError | undefined {
    const { steps } = this.schedule;
    const next = recorder.prints.length + 1;
    if (steps === undefined) return misfitAt(next, 'the schedule was cut, and the program does not come to its end');
    if (isTooLong && !this.schedule.isTooLong) return misfitAt(next, 'the program was over then, and goes on now');
    if (!isTooLong && (next <= steps || this.schedule.isTooLong))
      return misfitAt(next, `the program is over now, and was not then: it had ${steps} steps`);
    return undefined;
  }

  private instead(recorder: Recorder, step: number): string {
    const last = recorder.steps[step - 1];
    const distance = distanceOf(this.schedule.steps as number);
    const before = Math.max(1, step - distance + 1);
    const what = last?.task ? `#${last.task.id} ${last.task.name}` : 'a callback';
    return `something else was done there, or in the steps from ${before} on; now it is ${what} that ran`;
  }
}

function misfitAt(step: number, why: string): ScheduleError {
  return new ScheduleError(`the schedule no longer fits the program at step ${step}: ${why}`, step);
}

function list(ready: NonNullable<Ready>): string {
  const more = ready.length > 9 ? ` and ${ready.length - 9} more` : '';
  return ready.slice(0, 9).map(nameOf).join(', ') + more;
}
