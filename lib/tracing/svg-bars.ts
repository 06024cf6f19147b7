// The bars of an SVG timeline, and what they mean. What is too short to be seen is put together: one mark for each
// pixel, so that a picture does not grow with the number of steps. Relies on lives, waits and names.

import type { Life, Span } from './lives.ts';
import { clean, columns, cutTo } from './names.ts';
import { duration } from './scale.ts';
import { groupOf, WAIT_GROUPS } from './waits.ts';
import type { WaitGroup } from './waits.ts';

/** Measures of a picture, in pixels, and where a time is. */
export interface Place {
  readonly row: number;
  readonly font: number;
  readonly indent: number;
  readonly character: number;
  readonly left: number;
  readonly right: number;
  readonly from: number;
  readonly until: number;
  readonly x: (time: number) => number;
}

export type Mark = 'running' | 'ready' | WaitGroup | 'closing' | 'failed' | 'cancelled' | 'succeeded';

/** In the order of the legend. */
export const MARK_WORDS: Readonly<Record<Mark, string>> = {
  running: 'runs',
  ready: 'is ready',
  ...WAIT_GROUPS,
  closing: 'cleans up',
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** A bar must be this wide, in pixels, to have a text of its own under the pointer. */
const VISIBLE = 2;

export function barsOf(life: Life, y: number, place: Place, marks: Set<Mark>): string[] {
  const bars: string[] = [];
  const short: Span[] = [];
  for (const span of life.spans) {
    if (place.x(span.until) - place.x(span.from) < VISIBLE) short.push(span);
    else bars.push(barOf(life, span, y, place, marks));
  }
  return [...bars, ...shortOf(short, y, place, marks)];
}

function barOf(life: Life, span: Span, y: number, place: Place, marks: Set<Mark>): string {
  const { from, until, doing, on, closing } = span;
  const mark = markOf(span);
  marks.add(mark);
  const x = place.x(from);
  const width = place.x(until) - x;
  const part = heightOf(mark, doing === 'running');
  const height = place.row * part;
  const top = y + (place.row - height) / 2;
  const what =
    doing === 'waiting' ? `waits on ${clean(on ?? '')}`
    : doing === 'running' ? 'runs'
    : 'is ready';
  const when = `for ${duration(until - from)} from ${duration(from)} on`;
  const tip = xml(`${clean(life.name)} ${what}${closing ? ', cleaning up' : ''}, ${when}`);
  const idle = closing && doing !== 'running' ? ' idle' : '';
  const box = `x="${round(x)}" y="${round(top)}" width="${round(width)}" height="${round(height)}"`;
  const rect = `<rect class="${mark}${idle}" ${box}><title>${tip}</title></rect>`;
  return rect + textIn(span, x, width, y, place, tip);
}

/** What it waits on, if there is room in the bar for it, or for enough of it to be read. */
function textIn({ doing, on }: Span, x: number, width: number, y: number, place: Place, tip: string): string {
  const size = place.font - 1;
  const room = Math.floor((width - 8) / (size * (place.character / place.font)));
  if (doing !== 'waiting' || on === undefined || room < Math.min(10, columns(clean(on)))) return '';
  const baseline = y + place.row / 2 + size * 0.36;
  const at = `x="${round(x + 4)}" y="${round(baseline)}" font-size="${size}"`;
  return `<text ${at}>${xml(cutTo(room, clean(on)))}<title>${tip}</title></text>`;
}

/** Spans too short to be seen: what most of each pixel was, as one path for each mark. */
function shortOf(spans: readonly Span[], y: number, place: Place, marks: Set<Mark>): string[] {
  const pixels = new Map<number, Map<Mark, number>>();
  for (const span of spans) {
    const pixel = Math.floor(place.x(span.from));
    const mark = markOf(span);
    const times = pixels.get(pixel) ?? new Map<Mark, number>();
    // On a virtual clock a step takes no time, and is there all the same.
    times.set(mark, (times.get(mark) ?? 0) + span.until - span.from + (mark === 'running' ? 1e-6 : 0));
    pixels.set(pixel, times);
  }
  const paths = new Map<Mark, string>();
  for (const [pixel, times] of pixels) {
    const [mark] = [...times].sort((a, b) => b[1] - a[1])[0] as [Mark, number];
    marks.add(mark);
    const height = place.row * heightOf(mark, mark === 'running');
    const top = round(y + (place.row - height) / 2);
    paths.set(mark, `${paths.get(mark) ?? ''}M${pixel} ${top}h1.2v${round(height)}h-1.2z`);
  }
  return Array.from(paths, ([mark, path]) => `<path class="${mark}" d="${path}"/>`);
}

function markOf({ doing, on, closing }: Span): Mark {
  if (closing) return 'closing';
  return doing === 'waiting' ? groupOf(on ?? '') : doing;
}

/** In parts of the row: what runs stands out. */
function heightOf(mark: Mark, runs: boolean): number {
  if (runs) return 0.78;
  return mark === 'ready' ? 0.4 : 0.62;
}

/** How it ended, and its error, if there is room for it behind. */
export function endOf(life: Life, y: number, place: Place, marks: Set<Mark>): string[] {
  if (life.end === undefined) return [];
  marks.add(life.end);
  const x = place.x(life.until);
  const middle = y + place.row / 2;
  const size = place.row * 0.2;
  const sign = `<g transform="translate(${round(x + size + 2)} ${round(middle)})">${signOf(life.end, size)}</g>`;
  const room = Math.floor((place.right - x - size * 2 - 8) / place.character);
  if (life.error === undefined || room < 8) return [sign];
  const text = xml(cutTo(room, clean(life.error)));
  const at = `x="${round(x + size * 2 + 8)}" y="${round(middle + place.font * 0.36)}"`;
  return [sign, `<text class="error" ${at}>${text}</text>`];
}

function signOf(end: NonNullable<Life['end']>, size: number): string {
  const s = round(size);
  const path =
    end === 'failed' ? `M-${s} -${s}L${s} ${s}M-${s} ${s}L${s} -${s}`
    : end === 'succeeded' ? `M0 -${s}V${s}`
    : `M-${s} ${s}L${s} -${s}M${s} 0A${s} ${s} 0 1 1 -${s} 0A${s} ${s} 0 1 1 ${s} 0`;
  return `<path class="end ${end}" d="${path}"/>`;
}

/** A mark in the legend, 14 pixels wide. */
export function markShape(mark: Mark): string {
  if (mark === 'failed' || mark === 'cancelled' || mark === 'succeeded')
    return `<g transform="translate(8 6)">${signOf(mark, 5)}</g>`;
  const height = 14 * heightOf(mark, mark === 'running');
  return `<rect class="${mark}" x="0" y="${round(6 - height / 2)}" width="14" height="${round(height)}"/>`;
}

/** A text within XML. Characters that XML does not know have been cleaned away. */
export function xml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/\p{Surrogate}/gu, '\ufffd');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
