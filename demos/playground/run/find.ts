// Looks for a schedule under which a program fails. Relies on treadle/testing, program and session.

import { runSync } from 'treadle';
import type { Awaitable } from 'treadle';
import { explore } from 'treadle/testing';
import { Activations } from './activations.ts';
import { consoleFor } from './console.ts';
import { errorAtLoad } from './load-error.ts';
import { requireWith } from './modules.ts';
import { Places } from './places.ts';
import { called, load } from './program.ts';
import type { Loaded } from './program.ts';
import type { FindAnswer, FindRequest, Found } from './request.ts';
import { Session } from './session.ts';
import { isInstance, show } from './show.ts';
import type { Script } from './translate.ts';

/** After so many runs the time is looked at. */
const AT_ONCE = 25;
export const MOST_TIME = 8_000;

export function find(script: Script, request: FindRequest): FindAnswer {
  const { runs = 1_000, time = MOST_TIME, order = 'any' } = request;
  const began = Date.now();
  const isOver = () => Date.now() - began > time;
  const answer: FindAnswer = { kind: 'find', error: undefined, runs: 0, complete: false, found: undefined };
  try {
    const tried = (order === 'any' ? inAnyOrder : inOrder)(script, request, runs, isOver);
    return { ...answer, ...tried };
  } catch (error) {
    return { ...answer, error: errorAtLoad(error) };
  }
}

type Tried = Pick<FindAnswer, 'runs' | 'complete' | 'found'>;

function inAnyOrder(script: Script, { late = 0, seed = 1 }: FindRequest, most: number, isOver: () => boolean): Tried {
  for (let runs = 0; ;) {
    // The check belongs to one load of the program, as `main` does.
    let check: Loaded['check'];
    const program = () => {
      const loaded = programOf(script);
      check = loaded.check;
      return loaded.work;
    };
    const tried = explore(program, {
      check: (result) => check?.(result),
      runs: Math.min(AT_ONCE, most - runs),
      late,
      seed: next(seed, runs),
    });
    runs += tried.runs;
    const { failure, complete } = tried;
    if (failure) {
      const { schedule, switches, kind, error } = failure;
      const found: Found = {
        ...{ seed: failure.seed, late, order: 'any', schedule, switches },
        ...{ failure: kind, message: show(error) },
      };
      return { runs, complete: false, found };
    }
    if (complete || runs >= most || isOver()) return { runs, complete, found: undefined };
  }
}

/** The seed of a run as `explore` counts them, so that several explorations are like one. */
function next(seed: number, run: number): number {
  return run === 0 ? seed : (seed + Math.imul(run, 0x9e3779b1)) >>> 0;
}

/** Only the timers vary. `explore` does not know this, because here it is the reader's choice. */
function inOrder(
  script: Script,
  { late = 0, seed: first = 1 }: FindRequest,
  most: number,
  isOver: () => boolean,
): Tried {
  for (let runs = 0; runs < most; runs++) {
    if (isOver()) return { runs, complete: false, found: undefined };
    const seed = first + runs;
    const { log, ended, error } = new Session(script, { seed, late, order: 'fifo' }).run();
    if (error && !log) throw new Error(error.message);
    if (ended !== 'failed') continue;
    const last = log?.events.filter((event) => event.kind === 'ended').at(-1);
    const message = (last?.kind === 'ended' && last.value) || '';
    const failure = log?.events.some(({ kind }) => kind === 'deadlock') ? 'deadlock' : 'error';
    const found: Found = { seed, late, order: 'fifo', schedule: undefined, switches: undefined, failure, message };
    return { runs: runs + 1, complete: false, found };
  }
  return { runs: most, complete: late === 0, found: undefined };
}

/** Loads the program anew, and gives what it starts. */
function programOf(script: Script): { readonly work: Awaitable<unknown>; readonly check: Loaded['check'] } {
  let work: Awaitable<unknown> | undefined;
  let isLoaded = false;
  const start = (given: Awaitable<unknown>, options?: object) => {
    if (isLoaded) return runSync(given, options); // within the program
    work = given;
    throw new Captured();
  };
  try {
    const { main, check } = load(script, {
      require: requireWith(new Places(), { run: start, runSync: start }),
      console: consoleFor(() => {}),
      activations: new Activations(),
    });
    return { work: called(main), check };
  } catch (error) {
    if (isInstance(error, Captured) && work !== undefined) return { work, check: undefined };
    throw error;
  } finally {
    isLoaded = true;
  }
}

/** What stands behind the start of the program is not run: it is not part of what is explored. */
class Captured extends Error {}
