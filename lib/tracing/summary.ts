// What a recording comes to: how long tasks ran, were ready, waited, and for what; and what stands out.
// Relies on lives, waits, names and dump-text.

import { checkRecording } from './check-recording.ts';
import { frameText } from './dump-text.ts';
import { livesOf } from './lives.ts';
import type { Life, Span } from './lives.ts';
import { clean, cutTo, padTo } from './names.ts';
import type { Recording } from './recording.ts';
import { duration } from './scale.ts';
import { kindOf } from './waits.ts';

/** All times in milliseconds. */
export interface Summary {
  readonly tasks: number;
  /** How many of them ended how. The others go on. */
  readonly ended: { readonly succeeded: number; readonly failed: number; readonly cancelled: number };
  /** From the first event to the end of the recording. */
  readonly lasted: number;
  readonly steps: number;
  /** The time of all steps together. On a virtual clock, what they really took. */
  readonly ran: number;
  /** The time for which tasks could have run, while others did. */
  readonly ready: number;
  /** Of all this, while they cleaned up behind a cancellation. */
  readonly cleanedUp: number;
  /** By kind, such as `sleep`, `fetch` or `jobs.get`; the longest first. */
  readonly waited: Readonly<Record<string, number>>;
  /** The step that held up all others for longest. */
  readonly longestStep: Moment | undefined;
  /** The task that was ready for longest before it ran. */
  readonly longestReady: Moment | undefined;
  /** Events that are missing in the recording. */
  readonly dropped: number;
  /** The same for people, in lines of at most 80 columns. */
  toString(): string;
}

/** What took long, when it began, and whose it was. */
export interface Moment {
  readonly task: number;
  readonly name: string;
  readonly time: number;
  readonly took: number;
  /** Of a step that took longer than 50 ms, in Node: the line that it came to, `at page (file:///app.ts:12:5)`. */
  readonly line?: string;
}

/**
 * Adds up a recording. Printed, it is a report of some lines. Throws a `TypeError` for what is no recording.
 *
 * @example
 * console.log(`${summarize(recorder.recording())}`);
 */
export function summarize(recording: Recording): Summary {
  checkRecording('summarize', recording);
  const lives = livesOf(recording);
  const ended = { succeeded: 0, failed: 0, cancelled: 0 };
  const waited = new Map<string, number>();
  const sums = { running: 0, ready: 0, closing: 0, steps: 0 };
  let from = recording.until;
  let longestStep: Moment | undefined;
  let longestReady: Moment | undefined;
  for (const life of lives) {
    from = Math.min(from, life.from);
    if (life.end !== undefined) ended[life.end]++;
    for (const span of life.spans) {
      const { doing, on, closing } = span;
      const took = span.took ?? span.until - span.from;
      if (closing) sums.closing += took;
      if (doing === 'waiting') {
        const kind = kindOf(on ?? '');
        waited.set(kind, (waited.get(kind) ?? 0) + took);
      } else if (doing === 'ready') {
        sums.ready += took;
        longestReady = longer(longestReady, life, span, took);
      } else {
        sums.running += took;
        sums.steps++;
        longestStep = longer(longestStep, life, span, took);
      }
    }
  }
  const summary = {
    tasks: lives.length,
    ended,
    lasted: recording.until - from,
    steps: sums.steps,
    ran: sums.running,
    ready: sums.ready,
    cleanedUp: sums.closing,
    waited: Object.fromEntries([...waited].sort((a, b) => b[1] - a[1])),
    longestStep,
    longestReady,
    dropped: recording.dropped,
  };
  // Not listed when it is printed as an object or as JSON.
  const toString = { value: () => textOf(summary, recording.clock === 'virtual'), enumerable: false };
  return Object.defineProperty(summary, 'toString', toString) as Summary;
}

function longer(
  longest: Moment | undefined,
  { id, name }: Life,
  { from, line }: Span,
  took: number,
): Moment | undefined {
  if (took === 0 || took <= (longest?.took ?? 0)) return longest;
  return { task: id, name, time: from, took, ...(line === undefined ? {} : { line }) };
}

const WIDTH = 80;
/** The columns of names. */
const NAMES = 24;
/** At most this many kinds of waits are printed. */
const MOST_KINDS = 12;

function textOf(summary: Omit<Summary, 'toString'>, isVirtual: boolean): string {
  const { tasks, ended, lasted, steps, ran, ready, cleanedUp, waited, longestStep, longestReady, dropped } = summary;
  const ends = Object.entries(ended).flatMap(([end, count]) => (count > 0 ? [`${count} ${end}`] : []));
  const kinds = Object.entries(waited).map(([kind, time]): [string, string] => [`  ${clean(kind)}`, duration(time)]);
  const rows: [string, string][] = [
    ['tasks', `${tasks} in ${duration(lasted)}${isVirtual ? ' of a virtual clock' : ''}`],
    ['ended', ends.join(', ') || 'none'],
    ['ran', `${duration(ran)}${isVirtual ? ' of real time' : ''}, in ${steps} steps`],
    ['were ready', duration(ready)],
    ...(cleanedUp > 0 ? [['cleaned up', duration(cleanedUp)] as [string, string]] : []),
    ['waited', duration(Object.values(waited).reduce((sum, time) => sum + time, 0))],
    ...kinds.slice(0, MOST_KINDS),
    ...(kinds.length > MOST_KINDS ? [[`  and ${kinds.length - MOST_KINDS} kinds more`, ''] as [string, string]] : []),
    ...(longestStep ? [['longest step', momentOf(longestStep)] as [string, string]] : []),
    ...(longestStep?.line ? [['  came as far as', shortLine(longestStep.line)] as [string, string]] : []),
    ...(longestReady ? [['longest ready', momentOf(longestReady)] as [string, string]] : []),
    ...(dropped > 0 ? [['missing', `${dropped} events`] as [string, string]] : []),
  ];
  return rows
    .map(([name, text]) => cutTo(WIDTH, `${padTo(NAMES, cutTo(NAMES - 2, name))}${text}`.trimEnd()))
    .join('\n');
}

/** Relative to the working directory. A long path loses its beginning: its end tells more. */
function shortLine(line: string): string {
  const [, name = '', place = line] = /^at (?:(.*) \()?(.*?)\)?$/.exec(line) ?? [];
  return frameText({ name, place }, WIDTH - NAMES);
}

function momentOf({ task, name, time, took }: Moment): string {
  return `${duration(took)}, #${task} ${clean(name)} at ${duration(time)}`;
}
