// A recording as entries of the platform's `performance.measure`, with what Chrome's performance panel needs to show
// each task as a track of its own. In Node they are entries like others, for a PerformanceObserver. Relies on lives.

import { checkCount } from '../words/check.ts';
import { checkRecording } from './check-recording.ts';
import { livesOf } from './lives.ts';
import type { Life, Span } from './lives.ts';
import { clean } from './names.ts';
import type { Recording } from './recording.ts';

/** The options of `measureTasks`: the name of the tracks, and how much is put there. */
export interface MeasureOptions {
  /** The group of tracks; 'treadle' by default. */
  readonly group?: string | undefined;
  /** How many entries are made at most, 10,000 by default, the longest first. */
  readonly limit?: number | undefined;
}

interface Entry {
  readonly life: Life;
  readonly name: string;
  readonly from: number;
  readonly until: number;
  readonly color: string;
}

/**
 * Makes entries with `performance.measure` of what the tasks did. While Chrome's performance panel records, they are
 * shown as tracks, one for each task. Gives how many entries were made, and how many were left out for the limit.
 * Throws a `TypeError` or `RangeError` for what is no recording, and for wrong options.
 *
 * @example
 * measureTasks(recorder.recording()); // before the panel's recording is stopped
 */
export function measureTasks(recording: Recording, options: MeasureOptions = {}): { made: number; leftOut: number } {
  checkRecording('measureTasks', recording);
  const { group = 'treadle' } = options;
  const limit = checkCount('the option limit', options.limit ?? 10_000, 'a number of entries', 1);
  const entries = livesOf(recording).flatMap(entriesOf);
  const kept = [...entries].sort((a, b) => b.until - b.from - (a.until - a.from)).slice(0, limit);
  const zero = recording.startedAt - performance.timeOrigin;
  for (const { life, name, from, until, color } of kept) {
    const track = `#${life.id} ${clean(life.name)}`;
    const devtools = { dataType: 'track-entry', track, trackGroup: group, color, tooltipText: `${track}: ${name}` };
    const start = Math.max(0, zero + from); // a recording of another process may begin before this one
    performance.measure(name, { start, end: Math.max(start, zero + until), detail: { devtools } });
  }
  return { made: kept.length, leftOut: entries.length - kept.length };
}

function entriesOf(life: Life): Entry[] {
  const frames = life.frames.map(({ name, from, until }) => ({
    name: clean(name),
    from,
    until,
    color: 'primary-light',
  }));
  const spans = life.spans.map((span) => ({ ...span, name: nameOf(span), color: colorOf(span) }));
  const end =
    life.error === undefined ? [] : [{ name: clean(life.error), from: life.until, until: life.until, color: 'error' }];
  return [...frames, ...spans, ...end].map(({ name, from, until, color }) => ({ life, name, from, until, color }));
}

function nameOf({ doing, on }: Span): string {
  return doing === 'waiting' ? clean(on ?? 'waiting') : doing;
}

/** Of the panel's palette. */
function colorOf({ doing, closing }: Span): string {
  if (closing) return 'tertiary';
  if (doing === 'running') return 'primary-dark';
  return doing === 'ready' ? 'secondary' : 'secondary-light';
}
