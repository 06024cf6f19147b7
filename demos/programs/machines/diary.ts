// The diary: a file in which the workers of all hosts write down when a call begins and ends there. The hosts of this
// demo are processes of one machine, so they can share a file and a clock. It outlives a SIGKILL, and a cable that is
// cut. A pure part reads it: lines in, runs out.
import { appendFileSync } from 'node:fs';

/** One run of one call. A call that was tried again has several. */
export interface Run {
  readonly item: number;
  readonly host: string;
  /** In milliseconds since the start of the map. */
  readonly from: number;
  /** Of a run that was cut short, which could not say when: when its host was killed. */
  readonly until: number;
  readonly end: 'done' | 'cancelled' | 'cut short';
}

type Event = 'begins' | 'ends' | 'is cancelled';

export interface Entry {
  readonly item: number;
  /** The name of the host, or of the process where there are no hosts. */
  readonly host: string;
  readonly pid: number;
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly event: Event;
}

/** What hosts and workers are told by their environment: where the diary is, and whose worker they are. */
export const DIARY = 'TREADLE_MACHINES_DIARY';
export const HOST = 'TREADLE_MACHINES_HOST';

/** Milliseconds since 1970, with fractions. The same in all processes of a machine. */
export const timeOfDay = (): number => performance.timeOrigin + performance.now();

/** Adds a line. Written at once, as a whole: a process that is killed behind it leaves no half line. */
export function note(item: number, event: Event): void {
  const { pid, env } = process;
  const entry: Entry = { item, host: env[HOST] ?? '', pid, at: timeOfDay(), event };
  appendFileSync(env[DIARY] ?? '', `${JSON.stringify(entry)}\n`);
}

/** The entries of a diary by time. Without hosts, each process has a name of its own, and is a row in the picture. */
export function entriesIn(diary: string): Entry[] {
  const lines = diary.split('\n').filter(Boolean);
  const entries = lines.map((line) => JSON.parse(line) as Entry).sort((a, b) => a.at - b.at);
  const processes = [...new Set(entries.map(({ pid }) => pid))];
  return entries.map((entry) => ({ ...entry, host: entry.host || `process ${processes.indexOf(entry.pid) + 1}` }));
}

/**
 * The runs, in the order in which they began; their times count from `begin`. `deaths` says when a host was killed, by its
 * name: what it ran then was cut short. Everything else was over at `end`.
 */
export function runsOf(
  entries: readonly Entry[],
  begin: number,
  end: number,
  deaths: ReadonlyMap<string, number>,
): Run[] {
  const open = new Map<string, Entry>();
  const runs: Run[] = [];
  const add = ({ item, host, at }: Entry, until: number, how: Run['end']) =>
    runs.push({ item, host, from: at - begin, until: Math.max(at, until) - begin, end: how });
  for (const entry of entries) {
    const key = `${entry.pid} ${entry.item}`;
    const begun = open.get(key);
    open.delete(key);
    if (entry.event === 'begins') open.set(key, entry);
    else if (begun) add(begun, entry.at, entry.event === 'ends' ? 'done' : 'cancelled');
  }
  for (const entry of open.values()) add(entry, deaths.get(entry.host) ?? end, 'cut short');
  return runs.sort((a, b) => a.from - b.from);
}
