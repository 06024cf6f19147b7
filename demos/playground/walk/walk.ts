// Going through a log, both ways. Every 64th state is kept, so that any other one is at most 63 events away: a step
// back costs as much as a step forward, whatever the length. Relies on reduce and lines.

import { linesOf } from './lines.ts';
import type { Log, LogEvent } from './log.ts';
import { apply, BEGINNING, draftOf, reduce } from './reduce.ts';
import type { State, Walk } from './state.ts';

/** Between two states that are kept. */
export const DISTANCE = 64;

export function walkThrough(log: Log): Walk {
  const { events } = log;
  const keyframes: State[] = [BEGINNING];
  /** The one that was asked for last: most often the next one is wanted. */
  let last: State = BEGINNING;

  const from = (start: State, n: number): State => {
    if (start.n === n) return start;
    if (n === start.n + 1) return reduce(start, events[start.n] as LogEvent, log);
    const draft = draftOf(start);
    while (draft.n < n) apply(draft, events[draft.n] as LogEvent, log);
    return draft;
  };
  const stateAt = (wanted: number): State => {
    const n = Math.max(0, Math.min(events.length, Math.floor(wanted) || 0));
    const index = Math.floor(n / DISTANCE);
    while (keyframes.length <= index) keyframes.push(from(keyframes.at(-1) as State, keyframes.length * DISTANCE));
    const near = last.n <= n && last.n >= index * DISTANCE ? last : (keyframes[index] as State);
    return (last = from(near, n));
  };

  const turns = events.flatMap((event, index) => ('turn' in event ? [index + 1] : []));
  return {
    length: events.length,
    lines: linesOf(events),
    stateAt,
    nextTurn: (n) => turns.find((turn) => turn > n) ?? events.length,
    previousTurn: (n) => turns.filter((turn) => turn < n).at(-1) ?? 0,
    fatal: fatalIn(events),
  };
}

/**
 * Where it goes wrong: nobody can go on, or a task fails whose failure is that of the program, or the program is
 * stopped. Behind a step out of order, or a timer that was late, that is this one: from there on it cannot be helped.
 */
function fatalIn(events: readonly LogEvent[]): number {
  const end = events.filter(({ kind }) => kind === 'ended' || kind === 'stopped').at(-1);
  if (end === undefined || (end.kind === 'ended' && end.state === 'succeeded')) return events.length;
  const isSwitch = (event: LogEvent) =>
    (event.kind === 'begins' && event.switched) || (event.kind === 'waits' && event.late !== undefined);
  const switches = events.flatMap((event, index) => (isSwitch(event) ? [index + 1] : []));
  const lastSwitch = switches.at(-1);
  if (lastSwitch !== undefined) return lastSwitch;
  const isFatal = (event: LogEvent) =>
    event.kind === 'deadlock' || (event.kind === 'over' && event.state === 'failed') || event.kind === 'stopped';
  return events.findIndex(isFatal) + 1 || events.length;
}
