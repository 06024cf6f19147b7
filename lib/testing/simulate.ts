// simulate: a program on a virtual clock that does nothing until it is told to: one step, up to a time, or to its end.
// Relies on the simulation's loop, the director and the seam for instruments.

import '../instruments/attach.ts';
import type { Instrument } from '../instruments/instrument.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import type { Handle } from '../kernel/handle.ts';
import { liveTasks } from '../host/deadlock.ts';
import type { Task } from '../kernel/task.ts';
import { start } from '../loop/run.ts';
import type { RunOptions } from '../loop/run.ts';
import { seeded } from '../time/seeded.ts';
import { checkLimit, checkNumber, checkOneOf } from '../words/check.ts';
import { byChance, Director } from './director.ts';
import { TooManyStepsError } from './testing-errors.ts';
import { SimulationLoop } from './simulation-loop.ts';

/**
 * The options of `simulate`: those of `run` without a clock, what is drawn from a seed, and how long the program may
 * run.
 */
export interface SimulateOptions extends Omit<RunOptions, 'clock'> {
  /** A whole number. `random()`, the order and the lateness of timers are drawn from it. */
  readonly seed?: number | undefined;
  /**
   * `fifo`, the default: the task that became ready first goes first, as in the engine. `any`: any ready task may go
   * next, drawn from the seed.
   */
  readonly order?: 'fifo' | 'any' | undefined;
  /** By how many milliseconds each timer may be late, drawn from the seed; 0 by default. A whole number. */
  readonly late?: number | undefined;
  /** When the program takes more steps than this, a `TooManyStepsError` is thrown; `Infinity` by default. */
  readonly maxSteps?: number | undefined;
}

/**
 * A program on a virtual clock. It runs only within `step()`, `runTo(time)` and `run()`. Between two calls you may look
 * at its tasks, put something into its queues, or cancel tasks.
 *
 * Throws a `TypeError` or a `RangeError` for what cannot be awaited and for wrong options. Waiting for a promise or a
 * request throws an `InvalidStateError` into the coroutine.
 *
 * @example
 * const simulation = simulate(main());
 * simulation.runTo(60_000);
 * console.log(simulation.now, simulation.tasks);
 */
export function simulate<A extends Awaitable<unknown>>(main: A, options: SimulateOptions = {}): Simulation<Result<A>> {
  checkAwaitable(main, 'simulated', 'simulate');
  const { seed, order = 'fifo', late = 0, maxSteps = Infinity } = options;
  checkOneOf('the option order of simulate', order, ['fifo', 'any']);
  checkLateness('simulate', late);
  checkSteps('simulate', maxSteps);
  if (seed !== undefined) checkSeed('simulate', seed);
  else if (order === 'any' || late > 0)
    throw new TypeError(
      `simulate takes a seed with ${late > 0 ? 'late' : "order: 'any'"}: what happens is drawn from it`,
    );
  if (seed === undefined) return new Simulation(main, options, maxSteps);
  const given = { ...options, seed, late, maxSteps };
  const director = new Director(byChance(seeded(seed)));
  // In the engine's order it decides only how late timers are. An instrument of the user's may decide the rest.
  return direct(main, director, given, order === 'any' ? [director] : []);
}

/** @internal A simulation in which the director decides. `instruments` come before those of the user. */
export function direct<A extends Awaitable<unknown>>(
  main: A,
  director: Director,
  options: SimulateOptions & { readonly seed: number; readonly late: number; readonly maxSteps: number },
  instruments: readonly Instrument[],
): Simulation<Result<A>> {
  const { late, seed, maxSteps } = options;
  const all = [...instruments, ...(options.instruments ?? [])];
  // Another stream of numbers than the one that decides, so that `random()` gives the same whatever is decided.
  const random = options.random ?? seeded(~seed);
  const simulation = new Simulation<Result<A>>(main, { ...options, instruments: all, random }, maxSteps);
  if (late > 0) simulation._loop.lateness = () => director.lateness(late);
  return simulation;
}

/**
 * A program that runs step by step, on a virtual clock that starts at 0. `simulate` makes it.
 *
 * @example
 * const simulation = simulate(main());
 * while (!simulation.done) console.log(`${simulation.now} ms: ${simulation.step()}`);
 */
export class Simulation<T> {
  /** The main task. `await simulation.main` waits until somebody has run the simulation to its end. */
  readonly main: Task<T>;
  /** @internal */ readonly _loop: SimulationLoop;
  private readonly maxSteps: number;

  /** @internal Use `simulate`. */
  constructor(main: Awaitable<unknown>, options: RunOptions, maxSteps: number) {
    this._loop = new SimulationLoop(options);
    this.maxSteps = maxSteps;
    this.main = start(this._loop, main, options) as Task<T>;
  }

  /** The time of the simulation, in milliseconds. It starts at 0. */
  get now(): number {
    return this._loop.now();
  }

  /** How many steps were taken. */
  get steps(): number {
    return this._loop.steps;
  }

  /** The tasks that are not over: main and, after it, their children. */
  get tasks(): Task[] {
    return liveTasks(this._loop);
  }

  /** True when the program is over. */
  get done(): boolean {
    return this.main.done;
  }

  /**
   * One step of one task or callback, the next one that is ready; time moves on first when none is. Gives what ran, or
   * `undefined` when the program is over. When nothing can wake any task, all are ended with a `DeadlockError`, as in
   * `run`. Throws a `TooManyStepsError`, see `maxSteps`.
   */
  step(): Task | Handle | undefined {
    return this._loop.drive(() => this.next(true));
  }

  /**
   * Runs all that is due up to this time, and stops the clock there. When every task waits, that is not a
   * deadlock: you may still wake one. Throws a `RangeError` for a time that is over, and a `TooManyStepsError`.
   */
  runTo(time: number): void {
    const { _loop: loop } = this;
    const now = this.now;
    checkNumber('runTo', time, `a time of the simulation from ${now} on`, (n) => n >= now && n < Infinity);
    loop.drive(() => {
      const stop = loop.stopAt(Math.floor(time));
      try {
        do while (loop.hasReady) this.take();
        while (!this.done && !stop.isReached && loop.moveOn());
      } finally {
        stop.forget();
      }
    });
  }

  /** Runs the program to its end. Gives its result, or throws its error. Throws a `TooManyStepsError`. */
  run(): T {
    this._loop.drive(() => this._runAll());
    return this.result();
  }

  /** @internal */ _runAll(): void {
    while (this.next(true)) continue;
  }

  /** The result of main. Throws its error, and an `InvalidStateError` while it is not over. */
  result(): T {
    return this.main.result();
  }

  /**
   * Cancels main and runs the clean-ups. True when everything is over then, false when clean-ups go on for more than
   * `maxSteps` further steps (for 100,000 if that is `Infinity`). The result is then a `CancelledError`.
   */
  cancel(reason?: unknown): boolean {
    const limit = this.steps + (this.maxSteps === Infinity ? 100_000 : this.maxSteps);
    this._loop.drive(() => {
      this.main.cancel(reason);
      while (this.steps < limit && this.next(true, limit)) continue;
    });
    return this.done;
  }

  /** What runs next has run, if there is anything. */
  private next(breaksDeadlock: boolean, limit?: number): Task | Handle | undefined {
    const { _loop: loop } = this;
    while (!loop.hasReady) if (!loop.moveOn() && !(breaksDeadlock && loop.breakDeadlock())) return undefined;
    return this.take(limit);
  }

  private take(limit = this.maxSteps): Task | Handle | undefined {
    if (this.steps >= limit) throw new TooManyStepsError(tooMany(limit, this.tasks));
    return this._loop.takeStep();
  }
}

function tooMany(limit: number, tasks: readonly Task[]): string {
  const few = tasks.slice(0, 9).map((task) => `\n  ${task}`);
  const more = tasks.length > few.length ? `\n  and ${tasks.length - few.length} more` : '';
  return `the program is not over after ${limit} steps (maxSteps). Its tasks are:${few.join('')}${more}`;
}

// ---- The checks of what simulate and explore have in common

export function checkSeed(where: string, seed: number): void {
  checkNumber(`the option seed of ${where}`, seed, 'a whole number', Number.isInteger);
}

export function checkLateness(where: string, late: number): void {
  checkNumber(
    `the option late of ${where}`,
    late,
    'a whole number of milliseconds, from 0 to 1000',
    (n) => Number.isInteger(n) && n >= 0 && n <= 1000,
  );
}

export function checkSteps(where: string, maxSteps: number): void {
  checkLimit(`the option maxSteps of ${where}`, maxSteps, 'a number', 1);
}
