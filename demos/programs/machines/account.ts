// What happened, from the runs: which calls ran twice, which runs were in vain, and what each blow has cost. A pure
// function: a story in, an account out.
import type { Run } from './diary.ts';

/** What was done to a host, in the middle of the map. */
export interface Blow {
  readonly host: string;
  readonly kind: 'killed' | 'cut off';
  /** In milliseconds since the start of the map. */
  readonly at: number;
}

/** All that the pictures need to know. Times are in milliseconds since the start of the map. */
export interface Story {
  /** Host by host, or process by process, in the order of the rows. */
  readonly hosts: readonly string[];
  readonly runs: readonly Run[];
  readonly blows: readonly Blow[];
  /** When the last result was there. */
  readonly end: number;
}

/** `counted`: its result is the caller's. `again`: this one, too, but another run came before it. `in vain`: it is not. */
export type Fate = 'counted' | 'again' | 'in vain';

export interface Loss extends Blow {
  /** How many calls were on their way there. */
  readonly calls: number;
  /** After how many milliseconds the first and the last of them began somewhere else. */
  readonly first: number;
  readonly last: number;
}

export interface Account {
  readonly fates: ReadonlyMap<Run, Fate>;
  /** The numbers of the items whose calls ran more than once. */
  readonly twice: readonly number[];
  readonly losses: readonly Loss[];
  /** Milliseconds of work whose results nobody has. */
  readonly wasted: number;
  /** For how long the map waited only for calls that ran again: it would have been over so much earlier without them. */
  readonly waited: number;
  /** Pairs of runs of one call: the one in vain, and the next one. */
  readonly repeats: readonly (readonly [Run, Run])[];
}

export function accountOf({ runs, blows, end }: Story): Account {
  const byItem = new Map<number, Run[]>();
  for (const run of runs) byItem.set(run.item, [...(byItem.get(run.item) ?? []), run]);

  const struck = (run: Run) => blows.find(({ host, at }) => host === run.host && run.until >= at);
  const fates = new Map<Run, Fate>();
  const repeats: (readonly [Run, Run])[] = [];
  for (const several of byItem.values()) {
    // What was done on a host that was struck has not arrived, or there would be no further run.
    const reached = several.filter((run) => run.end === 'done' && !struck(run));
    const kept = reached.at(-1) ?? several.at(-1);
    several.forEach((run, i) => {
      fates.set(
        run,
        run !== kept ? 'in vain'
        : several.length > 1 ? 'again'
        : 'counted',
      );
      const next = several[i + 1];
      if (next) repeats.push([run, next]);
    });
  }

  const losses = blows.map((blow) => {
    const after = repeats
      .filter(([run]) => run.host === blow.host)
      .map(([, next]) => next.from - blow.at)
      .filter((wait) => wait >= 0);
    return { ...blow, calls: after.length, first: Math.min(...after, Infinity), last: Math.max(...after, 0) };
  });
  const vain = [...fates].filter(([, fate]) => fate === 'in vain').map(([run]) => run);
  const lastOrdinary = Math.max(
    0,
    ...[...fates].filter(([, fate]) => fate === 'counted').map(([{ until }]) => Math.min(until, end)),
  );
  return {
    fates,
    twice: [...byItem].filter(([, several]) => several.length > 1).map(([item]) => item),
    losses,
    wasted: vain.reduce((sum, { from, until }) => sum + until - from, 0),
    waited: Math.max(0, end - lastOrdinary),
    repeats,
  };
}
