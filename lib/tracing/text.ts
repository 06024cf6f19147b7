// A recording as a timeline of characters, for a terminal. Relies on lives, rows, scale, waits and names.

import { checkCount } from '../words/check.ts';
import { checkRecording } from './check-recording.ts';
import { livesOf } from './lives.ts';
import type { Life, Span } from './lives.ts';
import { clean, columns, cutTo, padTo } from './names.ts';
import type { Recording } from './recording.ts';
import { chooseRows, stretchOf } from './rows.ts';
import type { Row } from './rows.ts';
import { tickLabels, ticksOf } from './scale.ts';
import { groupOf, WAIT_GROUPS } from './waits.ts';
import type { WaitGroup } from './waits.ts';

/** The options of `toText`: how wide and how long the picture is. */
export interface TextOptions {
  /** The width, 80 by default, at least 40. */
  readonly columns?: number | undefined;
  /** How many tasks are shown at most, 40 by default: the ones that failed or lived longest, and their owners. */
  readonly rows?: number | undefined;
}

type Mark = WaitGroup | 'running' | 'ready' | 'closing';

const MARKS: Readonly<Record<Mark, string>> = {
  running: '█',
  ready: '▒',
  time: '·',
  outside: '~',
  tasks: '-',
  shared: '=',
  closing: '%',
};

const ENDS: Readonly<Record<NonNullable<Life['end']>, string>> = { succeeded: '✓', failed: '✗', cancelled: '/' };
const GOES_ON = '>';

const WORDS: Readonly<Record<Mark, string>> = {
  running: 'runs',
  ready: 'is ready',
  ...WAIT_GROUPS,
  closing: 'cleans up',
};

/**
 * A timeline of the tasks as text: a line for each task, below its owner, with what it did most of the time in each
 * column. Throws a `TypeError` or `RangeError` for what is no recording, and for wrong options.
 *
 * @example
 * console.log(toText(recorder.recording(), { columns: process.stdout.columns }));
 */
export function toText(recording: Recording, options: TextOptions = {}): string {
  checkRecording('toText', recording);
  const width = checkCount('the option columns', options.columns ?? 80, 'a number of columns', 40);
  const most = checkCount('the option rows', options.rows ?? 40, 'a number of rows', 1);
  const { rows, leftOut } = chooseRows(livesOf(recording), most);
  if (rows.length === 0) return 'no tasks were recorded\n';

  const labels = rows.map(labelOf);
  const labelWidth = Math.min(Math.max(...labels.map(columns)), Math.floor(width / 3));
  const barWidth = width - labelWidth - 1;
  const { from, until } = stretchOf(rows);
  const perColumn = (until - from) / barWidth;

  const used = new Set<string>();
  const lines = rows.map(({ life }, index) => {
    const label = padTo(labelWidth, cutTo(labelWidth, labels[index] as string));
    return `${label} ${barOf(life, from, perColumn, barWidth, used)}`.trimEnd();
  });
  const axis = `${' '.repeat(labelWidth + 1)}${axisOf(from, until, barWidth)}`;
  const more = leftOut > 0 ? [`... and ${leftOut} more tasks`] : [];
  return [axis, ...lines, ...more, '', ...legendOf(used, width), ''].join('\n');
}

/** Nested by two spaces for each owner, but not further than there is room. */
function labelOf({ life, depth }: Row): string {
  return `${'  '.repeat(Math.min(depth, 6))}${clean(life.name)}`;
}

function axisOf(from: number, until: number, width: number): string {
  const ticks = ticksOf(from, until, width / 14);
  const labels = tickLabels(ticks);
  let axis = '';
  for (const [index, tick] of ticks.entries()) {
    const at = Math.floor(((tick - from) / (until - from)) * (width - 1));
    const label = `│${labels[index]}`;
    if (at >= axis.length && at + label.length <= width) axis = padTo(at, axis) + label;
  }
  return axis;
}

function barOf(life: Life, from: number, perColumn: number, width: number, used: Set<string>): string {
  const columnOf = (time: number) => Math.min(width - 1, Math.floor((time - from) / perColumn));
  const first = columnOf(life.from);
  const last = columnOf(life.until);
  const times = Array.from({ length: last - first + 1 }, (): Partial<Record<Mark, number>> => ({}));
  for (const span of life.spans) {
    for (let column = columnOf(span.from); column <= columnOf(span.until); column++) {
      const begin = from + column * perColumn;
      const within = Math.min(span.until, begin + perColumn) - Math.max(span.from, begin);
      const cell = times[column - first];
      if (cell) cell[markOf(span)] = (cell[markOf(span)] ?? 0) + within;
    }
  }
  const marks = times.map((cell) => {
    const [mark] = Object.entries(cell).sort((a, b) => b[1] - a[1])[0] ?? ['ready'];
    return mark as Mark;
  });
  for (const mark of marks.slice(0, -1)) used.add(MARKS[mark]);
  const end = life.end === undefined ? GOES_ON : ENDS[life.end];
  used.add(end);
  return `${' '.repeat(first)}${marks
    .slice(0, -1)
    .map((mark) => MARKS[mark])
    .join('')}${end}`;
}

function markOf({ doing, on, closing }: Span): Mark {
  if (closing) return 'closing';
  return doing === 'waiting' ? groupOf(on ?? '') : doing;
}

/** Only what is in the picture. */
function legendOf(used: ReadonlySet<string>, width: number): string[] {
  const entries = [
    ...Object.entries(MARKS).map(([mark, sign]) => [sign, WORDS[mark as Mark]]),
    ...Object.entries(ENDS).map(([end, sign]) => [sign, end]),
    [GOES_ON, 'goes on'],
  ].filter(([sign]) => used.has(sign as string));
  const lines: string[] = [];
  for (const [sign, words] of entries) {
    const entry = `${sign} ${words}`;
    const line = lines.at(-1);
    if (line !== undefined && line.length + 3 + entry.length <= width) lines[lines.length - 1] = `${line}   ${entry}`;
    else lines.push(entry);
  }
  return lines;
}
