// Loads a script: runs what stands at the top of it. What it starts there with `runSync` or `run` is the program;
// otherwise it is its `main`. Relies on refusals.

import type { Awaitable } from 'treadle';
import { seeded } from 'treadle/testing';
import type { Activations } from './activations.ts';
import { REFUSED, refusing } from './refusals.ts';
import type { Script } from './translate.ts';

export interface Surroundings {
  readonly require: (name: string) => object;
  readonly console: object;
  readonly activations: Activations;
}

/** The name of the program in stacks. */
export const SOURCE = 'program-of-the-playground.ts';
/** On which line of the function its first line is: the language writes two lines in front of it. */
export const FIRST_LINE = 3;

/** What a script defines. */
export interface Loaded {
  /** The program, if it has not been started at the top. */
  readonly main: unknown;
  /** Says of the result whether all went well, as the option `check` of `explore` does. */
  readonly check: ((result: unknown) => unknown) | undefined;
}

/** Gives what the script defines. Throws what it throws. */
export function load({ code, names }: Script, { require, console, activations }: Surroundings): Loaded {
  const refused = Object.keys(REFUSED);
  // A function within the function, because a program may have a variable of its own called `self` or `performance`.
  const body =
    `return (function () {${code}\n;return typeof main === 'undefined' ? exports.main : main;})();` +
    `\n//# sourceURL=${SOURCE}`;
  const parameters = ['require', 'exports', 'module', 'console', 'Math', names.enter, names.at, ...refused];
  const program = new Function(...parameters, body) as (...args: unknown[]) => unknown;
  const exports: { readonly check?: unknown } = {};
  // The same numbers in each run. `random()` of treadle is drawn from the seed.
  const math: object = Object.create(Math, { random: { value: seeded(1) } });
  const values = refused.map(refusing);
  const given = [require, exports, { exports }, console, math, activations.enter, activations.at, ...values];
  const main = program(...given);
  const { check } = exports;
  return { main, check: typeof check === 'function' ? (check as NonNullable<Loaded['check']>) : undefined };
}

/** What the program runs: `main()`. Throws a `NoMain` if there is none. */
export function called(main: unknown): Awaitable<unknown> {
  if (typeof main === 'function') return main() as Awaitable<unknown>;
  const what = main === undefined ? 'There is no main' : 'main is not a function';
  throw new NoMain(`${what}: write function* main() { ... }, and the playground runs it.`);
}

/** There is no program in the script. */
export class NoMain extends Error {}
