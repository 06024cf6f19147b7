// What a program gets when it imports from 'treadle' and 'treadle/testing': the real things, but for those that start a
// loop. A program that is started here runs on the clock of a simulation, under the schedule that was asked for.
//
// Relies on treadle, the places and the refusals.

import * as treadle from 'treadle';
import type { Awaitable } from 'treadle';
import { CheckFailedError, fakeFetch, intercept, seeded, TooManyStepsError, VirtualClock } from 'treadle/testing';
import type { Places } from './places.ts';
import { isModule, noModule } from './refusals.ts';
import { noteCoroutine } from './show.ts';

/** How a program is started. */
export interface Starter {
  /** Runs it to its end: its result, or its error. */
  runSync(work: Awaitable<unknown>, options?: object): unknown;
  /** Runs it when the module was loaded. Gives what one may call `then` on. */
  run(work: Awaitable<unknown>, options?: object): unknown;
}

const instead = (what: string, use: string) =>
  class {
    constructor() {
      throw new TypeError(`${what} cannot be made here: ${use}`);
    }
  };

const notHere = (name: string, why: string) => () => {
  throw new TypeError(`${name} is not here: ${why}`);
};

/** The `require` of one load of the program. */
export function requireWith(places: Places, { runSync, run }: Starter): (name: string) => object {
  const main: object = {
    ...treadle,
    ...places.classes,
    coroutine: (...given: Parameters<typeof treadle.coroutine>) => noteCoroutine(treadle.coroutine(...given)),
    runSync,
    run,
    main: run,
    EventLoop: instead('An EventLoop', 'write function* main() and spawn, and the playground starts the loop'),
    fromPromise: notHere(
      'fromPromise',
      'a promise is settled by the host, after the program. A Future can stand for it',
    ),
  };
  const playground = notHere(
    'It',
    'the playground does that: choose an order, a lateness and a seed beside the program',
  );
  const testing: object = {
    fakeFetch,
    intercept,
    seeded,
    VirtualClock,
    CheckFailedError,
    TooManyStepsError,
    explore: playground,
    replay: playground,
    simulate: playground,
  };
  return (name) => {
    if (!isModule(name)) throw new TypeError(noModule(name));
    return name === 'treadle/testing' ? testing : main;
  };
}
