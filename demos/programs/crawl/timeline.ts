/**
 * The timeline: a row for each task, a column for each moment, and in every cell
 * what the task waited for during most of that moment. The shapes differ, not
 * only the colours, so it can be read without colour too. A pure function:
 * visits in, lines out.
 */
import type { Paint } from '../../support/colour.ts';
import type { Phase, Visit } from './visit.ts';
import { shortName } from './url.ts';

const GLYPHS: Record<Phase, { glyph: string; colour: Parameters<Paint>[0]; means: string }> = {
  slot: { glyph: '·', colour: 'dim', means: 'a slot' },
  robots: { glyph: '▒', colour: 'magenta', means: 'robots.txt' },
  turn: { glyph: '░', colour: 'yellow', means: 'a polite pause' },
  network: { glyph: '█', colour: 'cyan', means: 'the network' },
  pause: { glyph: '~', colour: 'yellow', means: 'a retry' },
};

const ENDS: Record<Visit['outcome']['kind'], { glyph: string; colour: Parameters<Paint>[0]; means: string }> = {
  page: { glyph: '✓', colour: 'green', means: 'read' },
  redirect: { glyph: '→', colour: 'blue', means: 'redirected' },
  skipped: { glyph: '-', colour: 'dim', means: 'skipped' },
  failed: { glyph: '×', colour: 'red', means: 'failed' },
  unfinished: { glyph: '!', colour: 'yellow', means: 'stopped' },
};

export interface TimelineOptions {
  readonly width: number;
  readonly paint: Paint;
  /** The most rows to show. If more are left out, it says so. */
  readonly rows?: number;
}

export function timeline(visits: readonly Visit[], { width, paint, rows = 60 }: TimelineOptions): string[] {
  const begun = visits.filter((visit) => visit.marks.length > 0 && visit.end !== null);
  const shown = begun.slice(0, rows);
  const first = shown[0]?.marks[0];
  if (first === undefined) return [];
  const begin = Math.min(...shown.map((visit) => visit.marks[0]?.at ?? Number.POSITIVE_INFINITY));
  const end = Math.max(...shown.map((visit) => visit.end ?? 0));
  const labels = Math.min(24, Math.max(...shown.map((visit) => shortName(visit.url).length)));
  const columns = Math.max(10, Math.min(width, 160) - labels - 3); // two spaces, and one for the glyph of the end
  const cell = Math.max((end - begin) / columns, 0.001);

  const row = (visit: Visit) => {
    const cells = visit.marks.length === 0 ? [] : phasesByCell(visit, begin, cell);
    const { glyph, colour } = ENDS[visit.outcome.kind];
    return `${fit(shortName(visit.url), labels)}  ${runs(cells, paint)}${paint(colour, glyph)}`;
  };
  const lines = [axis(end - begin, columns, labels), ...shown.map(row)];
  if (begun.length > shown.length) lines.push(`... and ${begun.length - shown.length} more`);
  return [...lines, '', ...legend(shown, paint)];
}

/** For each cell up to the visit's end, the phase that fills most of it; `null` before the first phase. */
function phasesByCell(visit: Visit, begin: number, cell: number): (Phase | null)[] {
  const end = visit.end ?? begin;
  const spans = visit.marks.map(({ phase, at }, i) => ({ phase, from: at, to: visit.marks[i + 1]?.at ?? end }));
  return Array.from({ length: Math.floor((end - begin) / cell) }, (_, i) => {
    const left = begin + i * cell;
    let most: Phase | null = null;
    let share = 0;
    for (const phase of Object.keys(GLYPHS) as Phase[]) {
      const inside = spans.reduce(
        (sum, span) =>
          span.phase === phase ? sum + Math.max(0, Math.min(span.to, left + cell) - Math.max(span.from, left)) : sum,
        0,
      );
      if (inside > share) [most, share] = [phase, inside];
    }
    return most;
  });
}

/** The cells as text. Neighbours of the same phase share one colour code. */
function runs(cells: readonly (Phase | null)[], paint: Paint): string {
  let text = '';
  for (let i = 0, next = 0; i < cells.length; i = next) {
    const phase = cells[i] ?? null;
    next = i + 1;
    while (next < cells.length && (cells[next] ?? null) === phase) next++;
    text += phase === null ? ' '.repeat(next - i) : paint(GLYPHS[phase].colour, GLYPHS[phase].glyph.repeat(next - i));
  }
  return text;
}

/** Round times above the columns: `0 ms      200 ms      400 ms`. */
function axis(span: number, columns: number, indent: number): string {
  const rough = (span * 12) / columns; // a label and its gap need about 12 columns
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  let line = ' '.repeat(indent + 2);
  for (let time = 0; time <= span; time += step) {
    const at = indent + 2 + Math.round((time / span) * columns);
    const label = step >= 1_000 ? `${Math.round(time / 1_000)} s` : `${Math.round(time)} ms`;
    if (at + label.length <= indent + 3 + columns) line = line.padEnd(at) + label;
  }
  return line;
}

/** Explains the glyphs that occur. */
function legend(visits: readonly Visit[], paint: Paint): string[] {
  const phases = new Set(visits.flatMap((visit) => visit.marks.map((mark) => mark.phase)));
  const kinds = new Set(visits.map((visit) => visit.outcome.kind));
  const say = ({ glyph, colour, means }: (typeof ENDS)['page']) => `${paint(colour, glyph)} ${means}`;
  return [
    `waits for  ${(Object.keys(GLYPHS) as Phase[])
      .filter((phase) => phases.has(phase))
      .map((phase) => say(GLYPHS[phase]))
      .join('  ')}`,
    `ends       ${(Object.keys(ENDS) as (keyof typeof ENDS)[])
      .filter((kind) => kinds.has(kind))
      .map((kind) => say(ENDS[kind]))
      .join('  ')}`,
  ];
}

/** The text, padded or cut to exactly this many columns (addresses are ASCII). */
export function fit(text: string, width: number): string {
  return text.length <= width ? text.padEnd(width) : `${text.slice(0, width - 1)}…`;
}
