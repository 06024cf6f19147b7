// explore: the same program under many schedules, until one fails. That one is shrunk to as few switches as it takes.
// Relies on execute, the strategies, shrinking, and the report of failures.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { checkLimit, checkFunction, checkOneOf } from '../words/check.ts';
import type { Decider } from './director.ts';
import { execute } from './execute.ts';
import type { Program } from './execute.ts';
import { describe, explorationError, isSame, notRepeatable } from './failure.ts';
import type { Exploration } from './failure.ts';
import { byList, shrink } from './shrink.ts';
import { checkLateness, checkSeed, checkSteps } from './simulate.ts';
import { makeStrategy, seedOf } from './strategies.ts';
import type { StrategyName } from './strategies.ts';

/** The options of `explore`: how schedules are chosen, how many there are, and what is demanded of each result. */
export interface ExploreOptions<T> {
  /** How many schedules are tried at most: 1,000 by default, 100,000 with `exhaustive`. */
  readonly runs?: number | undefined;
  /** `random` by default. */
  readonly strategy?: StrategyName | undefined;
  /** Of `pct`: how many orderings between steps a bug may need; 3 by default. */
  readonly depth?: number | undefined;
  /** A whole number, 1 by default: with the same seed the same schedules are tried. */
  readonly seed?: number | undefined;
  /** A run that takes more steps than this is a failure; 10,000 by default. */
  readonly maxSteps?: number | undefined;
  /** By how many milliseconds each timer may be late; 0 by default. A whole number. */
  readonly late?: number | undefined;
  /** Called with the result of each run. The run is a failure if this throws, or returns `false`. */
  readonly check?: ((result: T) => unknown) | undefined;
  /** The name of the main task; `main` by default. */
  readonly name?: string | undefined;
}

/**
 * Runs a program under many schedules, each on a virtual clock, and stops at the first failure: main throws, the check
 * throws or returns `false`, nothing can wake the tasks, the run never ends, or a clean-up never does. The failure is
 * returned and not thrown; `explore.check` throws it.
 *
 * The program must be made anew for each run, with everything that its tasks share. So the first argument is a
 * function.
 *
 * Throws a `TypeError` or a `RangeError` for wrong options, an `InvalidStateError` for a coroutine that was run
 * before, and a `NotRepeatableError` for a program that does not do the same under the same schedule.
 *
 * @example
 * const { failure } = explore(() => main(), { runs: 500, check: (total) => total === 2 });
 * if (failure) console.log(failure.error, failure.schedule, failure.table);
 */
export function explore<A extends Awaitable<unknown>>(
  program: () => A,
  options: ExploreOptions<Result<A>> = {},
): Exploration<Result<A>> {
  const where = 'explore';
  checkFunction(where, program, 'a function that makes the program anew, such as () => main()');
  const { strategy = 'random', seed = 1, maxSteps = 10_000, late = 0, depth = 3, check, name } = options;
  checkOneOf('the option strategy of explore', strategy, ['random', 'pct', 'exhaustive']);
  const { runs = strategy === 'exhaustive' ? 100_000 : 1_000 } = options;
  checkLimit('the option runs of explore', runs, 'a number', 1);
  checkLimit('the option depth of explore', depth, 'a number', 1);
  checkSeed(where, seed);
  checkSteps(where, maxSteps);
  checkLateness(where, late);
  if (check !== undefined) checkFunction('the option check of explore', check);

  const tries = makeStrategy(strategy, runs, depth);
  const seedOfRun = (run: number) => (strategy === 'exhaustive' ? seed : seedOf(seed, run));
  let result: { readonly result?: Result<A> } = {};
  let run = 0;
  for (; run < runs; run++) {
    const decide = tries.next(seedOfRun(run));
    if (decide === undefined) break;
    const given = { seed: seedOfRun(run), late, maxSteps, check, name };
    const execution = execute(where, program, decide, given);
    const { failure, director } = execution;
    if (failure === undefined) {
      result = { result: execution.result as Result<A> };
      tries.learn(director);
      continue;
    }
    const tryOut = (other: Decider) => {
      const again = execute(where, program, other, given);
      return { director: again.director, steps: again.steps, fails: isSame(again.failure, failure) };
    };
    if (!tryOut(byList(director.choices)).fails) throw notRepeatable(failure.error);
    const choices = shrink(director.choices, tryOut, strategy === 'exhaustive');
    return {
      runs: run + 1,
      complete: false,
      failure: describe(where, program, choices, given, failure, given.seed, run + 1),
      ...result,
    };
  }
  return { runs: run, complete: tries.isComplete, ...result };
}

/** As `explore`, and throws an `ExplorationError` when a failure was found: with its schedule and its table. */
explore.check = function exploreAndCheck<A extends Awaitable<unknown>>(
  program: () => A,
  options: ExploreOptions<Result<A>> = {},
): Exploration<Result<A>> {
  const exploration = explore(program, options);
  const { failure, runs } = exploration;
  if (failure) throw explorationError(failure, runs, 'the exploration');
  return exploration;
};

export type { Program };
