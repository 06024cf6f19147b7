// The map itself: what a program writes that has many calls to make, and, for the demo, blows in the middle of it.
import { coroutine } from 'treadle';
import type { Coroutine } from 'treadle';
import type { Machines } from 'treadle/distributed';
import type { Blow } from './account.ts';
import { JOBS } from './agreed.ts';
import { timeOfDay } from './diary.ts';
import type { Progress } from './progress.ts';
import { expected } from './redis/jobs.ts';
import type { Answer } from './redis/jobs.ts';

/** Something that is done to a host when there are so many results. */
export interface Strike {
  readonly results: number;
  /** Does it, and says to whom. */
  perform(): Pick<Blow, 'host' | 'kind'>;
  readonly said: string;
}

export interface Mapped {
  /** When it began, in milliseconds since 1970. */
  readonly begin: number;
  /** When the last result was there, in milliseconds since then. */
  readonly end: number;
  readonly blows: readonly Blow[];
  /** How many of the items have their right result. */
  readonly right: number;
}

/** `retries`: a call whose host has died is tried again. That is allowed here: to compute a checksum twice does no harm. */
const CALL = { retries: 5 };

export const mapAll = coroutine(
  'map',
  function* (
    pool: Machines,
    items: readonly number[],
    strikes: readonly Strike[],
    progress: Progress,
  ): Coroutine<Mapped> {
    const begin = timeOfDay();
    const blows: Blow[] = [];
    const results = new Map<number, string>();
    for (const next of pool.imap<Answer>(JOBS, 'checksum', items, CALL)) {
      const { item, checksum } = yield* next;
      results.set(item, checksum);
      progress.show(results.size);
      for (const strike of strikes) {
        if (strike.results !== results.size) continue;
        blows.push({ ...strike.perform(), at: timeOfDay() - begin });
        progress.note(strike.said);
      }
    }
    const right = items.filter((item) => results.get(item) === expected(item)).length;
    return { begin, end: timeOfDay() - begin, blows, right };
  },
);

/**
 * Waits until so many hosts or processes run calls: those that are asked last have started by then. Each loads the module
 * and makes a first call, so that the picture does not show how long it takes to start Node.
 */
export const untilAllServe = coroutine('until all serve', function* (pool: Machines, many: number, atOnce: number) {
  const seen = new Set<string>();
  while (seen.size < many) {
    const calls = Array.from({ length: atOnce }, () => 50);
    for (const name of yield* pool.map<string>(JOBS, 'whereabouts', calls, CALL)) seen.add(name);
  }
});
