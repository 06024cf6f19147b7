// A recording as a picture: a timeline in SVG that needs nothing else, neither a script nor a font nor a style sheet.
// What is under the pointer says more. Relies on lives, rows, scale, svg-bars and svg-style.

import { checkCount } from '../words/check.ts';
import { mustBe } from '../words/messages.ts';
import { checkRecording } from './check-recording.ts';
import { livesOf } from './lives.ts';
import { clean, cutTo } from './names.ts';
import type { Recording } from './recording.ts';
import { chooseRows, stretchOf } from './rows.ts';
import type { Row } from './rows.ts';
import { duration, tickLabels, ticksOf } from './scale.ts';
import { barsOf, endOf, MARK_WORDS, markShape, xml } from './svg-bars.ts';
import type { Mark, Place } from './svg-bars.ts';
import { STYLE } from './svg-style.ts';

/** The options of `toSvg`: the title, and how wide and how long the picture is. */
export interface SvgOptions {
  /** Above the picture; 'Timeline' by default. */
  readonly title?: string | undefined;
  /** In pixels: 1,200 by default, at least 400. */
  readonly width?: number | undefined;
  /** How many tasks are shown at most, 300 by default: the ones that failed or lived longest, and their owners. */
  readonly rows?: number | undefined;
}

/** Of a character, in parts of the size of the letters: that of the widest of the fonts. */
const CHARACTER = 0.605;
const MARGIN = 16;

/**
 * A timeline of the tasks as an SVG picture, light or dark as its reader prefers: a row for each task, below its owner,
 * with what it did when. The picture is a text to be written to a file, or put into a page. Throws a `TypeError` or
 * `RangeError` for what is no recording, and for wrong options.
 *
 * @example
 * writeFileSync('timeline.svg', toSvg(recorder.recording(), { title: 'the crawl' }));
 */
export function toSvg(recording: Recording, options: SvgOptions = {}): string {
  checkRecording('toSvg', recording);
  const { title = 'Timeline' } = options;
  if (typeof title !== 'string') throw new TypeError(mustBe('the option title', 'a text', title));
  const width = checkCount('the option width', options.width ?? 1_200, 'a number of pixels', 400);
  const most = checkCount('the option rows', options.rows ?? 300, 'a number of rows', 1);
  const lives = livesOf(recording);
  const { rows, leftOut } = chooseRows(lives, most);
  const said = about(recording, rows, lives.length, leftOut);
  const place = placeOf(rows, width);
  const marks = new Set<Mark>();
  const body = rows.map((row, index) => rowOf(row, index, place, marks));
  const legend = legendOf(marks, place);
  const top = 52 + legend.height + 30;
  const bottom = rows.length * place.row;
  const height = top + bottom + (rows.length > 30 ? 34 : 16);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}"`,
    `  width="${width}" height="${height}" font-size="${place.font}">`,
    `<style>${STYLE}</style>`,
    `<rect class="back" width="${width}" height="${height}"/>`,
    `<text class="title" x="${MARGIN}" y="26" font-size="15">${xml(title)}</text>`,
    `<text class="quiet" x="${MARGIN}" y="44" font-size="11">${xml(said)}</text>`,
    `<g transform="translate(${MARGIN} 60)" font-size="11">${legend.text}</g>`,
    `<g transform="translate(0 ${top})">`,
    ...stripesOf(rows.length, place),
    ...axisOf(place, bottom, rows.length > 30),
    ...(rows.length <= 60 ? ownersOf(rows, place) : []),
    ...body,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Where things are. Many rows are lower ones. */
function placeOf(rows: readonly Row[], width: number): Place {
  const [row, font, indent] =
    rows.length <= 30 ? [26, 12, 14]
    : rows.length <= 80 ? [19, 11, 11]
    : [14, 10, 8];
  const longest = Math.max(
    8,
    ...rows.map(({ life, depth }) => clean(life.name).length * font * CHARACTER + depth * indent),
  );
  const left = MARGIN + Math.min(Math.ceil(longest) + 14, Math.floor(width * 0.24));
  const right = width - MARGIN - 8;
  const { from, until } = stretchOf(rows);
  const scale = (right - left) / (until - from);
  return {
    row,
    font,
    indent,
    left,
    right,
    from,
    until,
    character: font * CHARACTER,
    x: (t) => left + (t - from) * scale,
  };
}

function about(recording: Recording, rows: readonly Row[], tasks: number, leftOut: number): string {
  if (tasks === 0) return 'no tasks were recorded';
  const { from, until } = stretchOf(rows);
  const clock = recording.clock === 'virtual' ? ' on a virtual clock' : '';
  const parts = [`${tasks} ${tasks === 1 ? 'task' : 'tasks'} in ${duration(until - from)}${clock}`];
  if (leftOut > 0) parts.push(`${leftOut} of them are not shown`);
  if (recording.dropped > 0) parts.push(`${recording.dropped} events are missing`);
  return parts.join(', ');
}

function rowOf({ life, depth }: Row, index: number, place: Place, marks: Set<Mark>): string {
  const y = index * place.row;
  const indent = Math.min(depth, 8) * place.indent;
  const room = Math.floor((place.left - MARGIN - indent - 10) / place.character);
  const baseline = y + place.row / 2 + place.font * 0.36;
  const name = clean(life.name);
  const state = life.end ?? 'goes on';
  const error = life.error === undefined ? '' : `, ${clean(life.error)}`;
  const tip = xml(`#${life.id} ${name}: ${state} after ${duration(life.until - life.from)}${error}`);
  const at = `x="${MARGIN + indent}" y="${round(baseline)}"`;
  return [
    `<text ${at}>${xml(cutTo(Math.max(3, room), name))}<title>${tip}</title></text>`,
    ...barsOf(life, y, place, marks),
    ...endOf(life, y, place, marks),
  ].join('');
}

function stripesOf(rows: number, { row, right }: Place): string[] {
  const box = `x="${MARGIN - 6}" width="${round(right - MARGIN + 14)}" height="${row}"`;
  return Array.from({ length: rows >> 1 }, (_, at) => `<rect class="stripe" y="${(2 * at + 1) * row}" ${box}/>`);
}

function axisOf(place: Place, bottom: number, isLong: boolean): string[] {
  const ticks = ticksOf(place.from, place.until, (place.right - place.left) / 100);
  const labels = tickLabels(ticks);
  return ticks.flatMap((tick, index) => {
    const x = round(place.x(tick));
    const anchor = x > place.right - 20 ? 'end' : 'middle';
    const label = (y: number) =>
      `<text class="quiet" x="${x}" y="${y}" font-size="11" text-anchor="${anchor}">${labels[index]}</text>`;
    return [`<path class="grid" d="M${x} -4V${bottom + 4}"/>`, label(-9), ...(isLong ? [label(bottom + 18)] : [])];
  });
}

/** From the owner down to the beginning of its child. */
function ownersOf(rows: readonly Row[], place: Place): string[] {
  const index = new Map(rows.map(({ life }, at) => [life.id, at]));
  return rows.flatMap(({ life }, at) => {
    const owner = index.get(life.owner ?? NaN);
    if (owner === undefined) return [];
    const x = round(place.x(life.from));
    return [`<path class="owner" d="M${x} ${round((owner + 0.75) * place.row)}V${round((at + 0.5) * place.row)}"/>`];
  });
}

/** Only what is in the picture, in lines of the picture's width. */
function legendOf(marks: ReadonlySet<Mark>, { right }: Place): { text: string; height: number } {
  let [x, line] = [0, 0];
  let text = '';
  for (const [mark, words] of Object.entries(MARK_WORDS) as [Mark, string][]) {
    if (!marks.has(mark)) continue;
    const width = 20 + words.length * 11 * CHARACTER + 16;
    if (x + width > right - MARGIN && x > 0) [x, line] = [0, line + 1];
    const shape = `${markShape(mark)}<text x="20" y="10">${words}</text>`;
    text += `<g transform="translate(${round(x)} ${line * 18})">${shape}</g>`;
    x += width;
  }
  return { text, height: text === '' ? 0 : (line + 1) * 18 };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
