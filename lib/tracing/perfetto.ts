// A recording as a trace in Chrome's format, which Perfetto (https://ui.perfetto.dev), chrome://tracing and others
// open: a track for each task, with its frames and below them what it did, and arrows from the step that woke a task to
// its next step. The format: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU Relies on
// lives.

import { checkRecording } from './check-recording.ts';
import { livesOf } from './lives.ts';
import type { Life, Span } from './lives.ts';
import { clean } from './names.ts';
import type { RecordedCause, Recording } from './recording.ts';

/** An event of the format; times are in microseconds. */
interface TraceEvent {
  readonly name: string;
  /** X: from `ts` on for `dur`. i: an instant. s, f: an arrow from, and to. M: about a track. */
  readonly ph: 'X' | 'i' | 's' | 'f' | 'M';
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly cat: string;
  readonly id?: number;
  readonly bp?: 'e';
  readonly s?: 't';
  readonly args?: Readonly<Record<string, unknown>>;
}

const PROCESS = 1;
/** The track of callbacks. Tasks have the tracks of their ids. */
const CALLBACKS = 0;

/**
 * A recording as JSON for Perfetto and for Chrome: drop the file on https://ui.perfetto.dev. Throws a `TypeError` for
 * what is no recording.
 *
 * @example
 * writeFileSync('trace.json', toPerfetto(recorder.recording()));
 */
export function toPerfetto(recording: Recording): string {
  checkRecording('toPerfetto', recording);
  const lives = livesOf(recording);
  const otherData = {
    format: 'treadle',
    version: recording.version,
    clock: recording.clock,
    startedAt: new Date(recording.startedAt).toISOString(),
    dropped: recording.dropped,
  };
  const head = JSON.stringify({ displayTimeUnit: 'ms', otherData }).slice(0, -1);
  // Each event becomes a text at once: a million of them as objects would be half a gigabyte.
  const lines: string[] = [];
  const write = (event: TraceEvent) => void lines.push(JSON.stringify(event));
  write(aboutProcess());
  callbacksOf(recording).forEach(write);
  for (const [order, life] of lives.entries()) eventsOf(life, order).forEach(write);
  for (const event of arrowsOf(lives)) write(event);
  return `${head},"traceEvents":[\n${lines.join(',\n')}\n]}\n`;
}

function aboutProcess(): TraceEvent {
  return about('process_name', CALLBACKS, { name: 'treadle' });
}

function callbacksOf({ events }: Recording): TraceEvent[] {
  const found: TraceEvent[] = [];
  for (const event of events) {
    if (event.kind !== 'callback') continue;
    if (found.length === 0) found.push(...aboutTrack(CALLBACKS, 'callbacks', -1));
    found.push(slice('a callback', 'callback', CALLBACKS, event.time, event.until, tookOf(event.took)));
  }
  return found;
}

function aboutTrack(tid: number, name: string, order: number): TraceEvent[] {
  return [about('thread_name', tid, { name }), about('thread_sort_index', tid, { sort_index: order })];
}

function about(name: string, tid: number, args: TraceEvent['args'] & object): TraceEvent {
  return { name, cat: '__metadata', ph: 'M', pid: PROCESS, tid, ts: 0, args };
}

function eventsOf(life: Life, order: number): TraceEvent[] {
  const { id, name, owner, end, error, cancel } = life;
  const events = aboutTrack(id, `#${id} ${clean(name)}`, order);
  const whole = { owner, end: end ?? 'goes on', ...(error === undefined ? {} : { error }) };
  events.push(slice(clean(name), 'task', id, life.from, life.until, whole));
  // The outer ones first: slices that begin at the same time are nested in the order of the file.
  for (const frame of [...life.frames].sort((a, b) => a.from - b.from || a.depth - b.depth))
    events.push(slice(clean(frame.name), 'frame', id, frame.from, frame.until, {}));
  for (const span of life.spans) {
    const category = span.closing ? 'closing' : span.doing;
    events.push(
      slice(
        nameOf(span),
        category,
        id,
        span.from,
        span.until,
        span.line ? { ...tookOf(span.took), 'came as far as': span.line } : tookOf(span.took),
      ),
    );
  }
  if (cancel) events.push(instant('cancel', id, cancel.time, { by: causeOf(cancel.by), reason: cancel.reason }));
  if (error !== undefined) events.push(instant(clean(error), id, life.until, {}));
  return events;
}

function nameOf({ doing, on, closing }: Span): string {
  const what = doing === 'waiting' ? clean(on ?? 'waiting') : doing;
  return closing ? `${what} (cleaning up)` : what;
}

/** From the step that woke or spawned a task to the step that followed. */
function* arrowsOf(lives: readonly Life[]): Generator<TraceEvent, void, undefined> {
  let arrows = 0;
  for (const life of lives) {
    let next = 0;
    const steps = life.spans.filter(({ doing }) => doing === 'running');
    for (const { time, by } of life.wakes) {
      while (next < steps.length && (steps[next] as Span).from < time) next++;
      const step = steps[next];
      if (step === undefined || by === undefined) continue;
      const id = ++arrows;
      const arrow = { name: 'wakes', cat: 'cause', id, pid: PROCESS };
      yield { ...arrow, ph: 's', tid: by === 'callback' ? CALLBACKS : by, ts: micro(time) };
      yield { ...arrow, ph: 'f', bp: 'e', tid: life.id, ts: micro(step.from) };
    }
  }
}

function slice(name: string, cat: string, tid: number, from: number, until: number, args: object): TraceEvent {
  const ts = micro(from);
  return { name, cat, ph: 'X', pid: PROCESS, tid, ts, dur: micro(micro(until) - ts, 1), args: { ...args } };
}

function instant(name: string, tid: number, time: number, args: object): TraceEvent {
  return { name, cat: 'end', ph: 'i', s: 't', pid: PROCESS, tid, ts: micro(time), args: { ...args } };
}

function tookOf(took: number | undefined): object {
  return took === undefined ? {} : { 'really took (ms)': Math.round(took * 1_000) / 1_000 };
}

function causeOf(by: RecordedCause): string {
  if (by === undefined) return 'outside';
  return by === 'callback' ? 'a callback' : `#${by}`;
}

/** Microseconds, to the nanosecond, from milliseconds. Ends are rounded like beginnings, so that slices stay nested. */
function micro(time: number, factor = 1_000): number {
  return Math.round(time * factor * 1_000) / 1_000;
}
