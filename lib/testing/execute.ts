// One run of a program that is being explored: from a fresh coroutine to its end, or to what is wrong with it.
// Relies on the simulation, the director and the recorder.

import { checkAwaitable } from '../kernel/awaitable.ts';
import type { Awaitable } from '../kernel/awaitable.ts';
import { isTaken } from '../kernel/frame.ts';
import { mustBe, show } from '../words/messages.ts';
import { isInstance } from '../words/thrown.ts';
import { Director } from './director.ts';
import type { Decider } from './director.ts';
import { CheckFailedError, TooManyStepsError } from './testing-errors.ts';
import { Recorder } from './interleaving.ts';
import { direct } from './simulate.ts';

/** Makes the program anew. */
export type Program<A extends Awaitable<unknown> = Awaitable<unknown>> = () => A;

export interface ExecuteOptions {
  readonly seed: number;
  readonly late: number;
  readonly maxSteps: number;
  readonly check: ((result: never) => unknown) | undefined;
  readonly name: string | undefined;
}

/**
 * What is wrong with a run: main failed or a callback threw (`error`), the check failed (`check`), nothing could wake
 * any task (`deadlock`), it went on for more than `maxSteps` steps (`steps`), or a clean-up never ended (`clean-up`).
 */
export type FailureKind = 'error' | 'check' | 'deadlock' | 'steps' | 'clean-up';

export interface Execution {
  readonly director: Director;
  readonly recorder: Recorder | undefined;
  readonly steps: number;
  readonly failure: { readonly kind: FailureKind; readonly error: unknown } | undefined;
  readonly result: unknown;
}

/** `stop` is asked after each step, and ends the run when it says true. */
export function execute(
  where: string,
  program: Program,
  decide: Decider,
  options: ExecuteOptions,
  records = false,
  stop?: (recorder: Recorder) => boolean,
): Execution {
  const director = new Director(decide);
  const reported: unknown[] = [];
  const recorder = records ? new Recorder(director) : undefined;
  const onError = (error: unknown) => void reported.push(error);
  const main = anew(where, program);
  const simulation = direct(main, director, { ...options, onError }, recorder ? [director, recorder] : [director]);
  const { _loop: loop } = simulation;
  let tooMany: TooManyStepsError | undefined;
  let isStopped = false;
  try {
    if (stop === undefined || recorder === undefined) loop.drive(() => simulation._runAll());
    else while (simulation.step() !== undefined && !(isStopped = stop(recorder))) continue;
  } catch (error) {
    if (!isInstance(error, TooManyStepsError)) throw error;
    tooMany = error;
  }
  const { steps } = simulation;
  const end = (kind: FailureKind, error: unknown): Execution => {
    return { director, recorder, steps, failure: { kind, error }, result: undefined };
  };
  if (tooMany) {
    director.close();
    recorder?.close();
    simulation.cancel(tooMany);
    return end('steps', tooMany);
  }
  if (isStopped) {
    director.close();
    simulation.cancel('the schedule no longer fits');
    return { director, recorder, steps, failure: undefined, result: undefined };
  }
  const { main: task } = simulation;
  if (task.state !== 'succeeded') return end(loop.stuck ?? 'error', task.error());
  if (reported.length > 0) return end('error', reported[0]);
  const result: unknown = task.result();
  const failed = options.check && failureOf(where, options.check as (result: unknown) => unknown, result);
  if (failed) return end('check', failed.error);
  return { director, recorder, steps, failure: undefined, result };
}

function failureOf(
  where: string,
  check: (result: unknown) => unknown,
  result: unknown,
): { readonly error: unknown } | undefined {
  let said: unknown;
  try {
    said = check(result);
  } catch (error) {
    return { error };
  }
  if (typeof (said as PromiseLike<unknown> | undefined)?.then === 'function')
    throw new TypeError(mustBe(`the option check of ${where}`, 'a function that decides at once', said));
  if (said !== false) return undefined;
  return { error: new CheckFailedError(`the check said false of the result ${show(result)}`) };
}

function anew(where: string, program: Program): Awaitable<unknown> {
  const main = checkAwaitable(program(), 'explored', where);
  if (isTaken(main))
    throw new TypeError(
      `${where} takes a function that makes the program anew for each run, and this one gave a coroutine ` +
        'that was run before: write () => main()',
    );
  return main;
}
