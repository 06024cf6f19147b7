// Recordings as files: JSON lines. The first line is the header, with the version; each further line is an event; the
// last one counts them, so that a file that was cut is known. docs/tracing.md has the format. Relies on recording.

import { mustBe, show } from '../words/messages.ts';
import { checkRecording } from './check-recording.ts';
import type { RecordedEvent, Recording } from './recording.ts';

/** What the header calls itself. */
const FORMAT = 'treadle recording';
const VERSION = 1;

/**
 * A recording as text, to be kept in a file: a line of JSON for each event, behind a header. `readRecording` reads it.
 * Throws a `TypeError` for what is no recording.
 *
 * @example
 * writeFileSync('run.jsonl', toJsonLines(recorder.recording()));
 */
export function toJsonLines(recording: Recording): string {
  checkRecording('toJsonLines', recording);
  const { clock, startedAt, until, dropped } = recording;
  const lines = [JSON.stringify({ format: FORMAT, version: VERSION, clock, startedAt, until: micro(until), dropped })];
  for (const event of recording.events) lines.push(JSON.stringify(event, shorten));
  lines.push(JSON.stringify({ end: true, events: lines.length - 1 }), '');
  return lines.join('\n');
}

const TIMES = new Set(['time', 'until', 'took']);

function shorten(key: string, value: unknown): unknown {
  return TIMES.has(key) ? micro(value as number) : value;
}

/** Milliseconds to the thousandth, which is more than clocks know. */
function micro(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

/**
 * Reads what `toJsonLines` has written. Throws a `TypeError` if that is not a text, and a `SyntaxError` that names the
 * line for a file that is something else, of another version, or cut.
 *
 * @example
 * console.log(toText(readRecording(readFileSync('run.jsonl', 'utf8'))));
 */
export function readRecording(text: string): Recording {
  if (typeof text !== 'string') throw new TypeError(mustBe('readRecording', 'the text of a recording', text));
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const header = headerOf(lines[0] ?? '');
  const last = lines.length > 1 ? parse(lines, lines.length - 1) : undefined;
  if (last?.['end'] !== true) throw new SyntaxError(`the recording is cut: it ends behind line ${lines.length}`);
  const events: RecordedEvent[] = [];
  for (let index = 1; index < lines.length - 1; index++) events.push(eventOf(parse(lines, index), index));
  if (last['events'] !== events.length)
    throw new SyntaxError(`the recording should have ${show(last['events'])} events, and has ${events.length}`);
  return { ...header, events };
}

type Fields = Readonly<Record<string, unknown>>;

function headerOf(line: string): Omit<Recording, 'events'> {
  let header: Fields | null = null;
  try {
    header = JSON.parse(line) as Fields | null;
  } catch {
    // Not even JSON: the same complaint.
  }
  if (header?.['format'] !== FORMAT)
    throw new SyntaxError(`this is no recording of treadle: it begins with ${show(line)}, and not with a header`);
  const { version, clock, startedAt, until, dropped } = header;
  if (version !== VERSION)
    throw new SyntaxError(`the recording has version ${show(version)}, and this treadle reads version ${VERSION}`);
  if (![startedAt, until, dropped].every(Number.isFinite) || (clock !== 'system' && clock !== 'virtual'))
    throw new SyntaxError('the header of the recording (line 1) is damaged');
  return { version, clock, startedAt: startedAt as number, until: until as number, dropped: dropped as number };
}

function parse(lines: readonly string[], index: number): Fields {
  const line = lines[index] as string;
  try {
    const value = JSON.parse(line) as unknown;
    if (typeof value === 'object' && value !== null) return value as Fields;
  } catch {
    if (index === lines.length - 1) throw new SyntaxError(`the recording is cut, in line ${index + 1}`);
  }
  throw new SyntaxError(`line ${index + 1} of the recording is no event: ${show(line)}`);
}

/** What each kind of event must have: `n` a number, `s` a text; with `?` if it is there. */
const FIELDS: Readonly<Record<RecordedEvent['kind'], Readonly<Record<string, string>>>> = {
  spawned: { time: 'n', task: 'n', name: 's', owner: 'n?' },
  alive: { time: 'n', task: 'n', name: 's', owner: 'n?', on: 's?' },
  woken: { time: 'n', task: 'n' },
  step: { time: 'n', until: 'n', task: 'n', on: 's?', took: 'n?', line: 's?' },
  callback: { time: 'n', until: 'n', took: 'n?' },
  called: { time: 'n', task: 'n', depth: 'n', name: 's' },
  returned: { time: 'n', task: 'n', depth: 'n' },
  closing: { time: 'n', task: 'n', depth: 'n' },
  cancel: { time: 'n', task: 'n', reason: 's?' },
  over: { time: 'n', task: 'n', state: 's', error: 's?' },
};

function eventOf(fields: Fields, index: number): RecordedEvent {
  const known = Object.hasOwn(FIELDS, String(fields['kind'])) ? FIELDS[fields['kind'] as RecordedEvent['kind']] : {};
  const wrong = Object.entries(known).find(([name, type]) => !isOf(type, fields[name]))?.[0];
  if (Object.keys(known).length === 0) throw new SyntaxError(`line ${index + 1} has an unknown kind of event`);
  if (wrong !== undefined)
    throw new SyntaxError(`line ${index + 1}, ${show(fields['kind'])}, has no right ${wrong}: ${show(fields[wrong])}`);
  return fields as unknown as RecordedEvent;
}

function isOf(type: string, value: unknown): boolean {
  if (type.endsWith('?') && value === undefined) return true;
  return type.startsWith('n') ? Number.isFinite(value) : typeof value === 'string';
}
