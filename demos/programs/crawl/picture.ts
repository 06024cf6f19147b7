/**
 * Both crawls as one picture, drawn from what a recorder wrote down: a row for every page, above one page at a
 * time, below many, on one scale. README.md shows it, in the light and in the dark.
 */
import { writeFileSync } from 'node:fs';
import { toJsonLines } from 'treadle/tracing';
import type { RecordedEvent, Recording } from 'treadle/tracing';

type Theme = 'light' | 'dark';

/** What the task of a page waits for. */
type Phase = 'slot' | 'pause' | 'network';

interface Span {
  readonly phase: Phase;
  readonly from: number;
  readonly until: number;
}

/** The task of a page. */
interface Row {
  readonly path: string;
  readonly begin: number;
  /** When it was over, if it was not cancelled. */
  end?: number;
  readonly spans: Span[];
}

/** One crawl. The first row is the task that is over last, because a task waits for those that it has spawned. */
interface Run {
  readonly rows: readonly Row[];
  readonly begin: number;
  readonly took: number;
}

const PHASES: readonly { readonly phase: Phase; readonly begins: RegExp; readonly means: string }[] = [
  { phase: 'network', begins: /^fetch\(/, means: 'waits for the network' },
  { phase: 'slot', begins: /^semaphore\./, means: 'waits for its turn' },
  { phase: 'pause', begins: /^sleep/, means: 'sleeps' },
];

const COLOURS: Record<Theme, Record<Phase | 'back' | 'text' | 'quiet' | 'edge', string>> = {
  light: {
    back: '#ffffff',
    text: '#1f2328',
    quiet: '#59636e',
    edge: '#d1d9e0',
    network: '#0a6bd6',
    slot: '#dde3ea',
    pause: '#e8a200',
  },
  dark: {
    back: '#0d1117',
    text: '#f0f6fc',
    quiet: '#9198a1',
    edge: '#3d444d',
    network: '#4c9dff',
    slot: '#343e49',
    pause: '#d8a11b',
  },
};

const WIDTH = 840;
const MARGIN = 20;
const ROW = 4;
const HEADING = 42;
const AXIS = 34;
/** Where the pages of the first crawl leave room. */
const LEGEND = { x: 616, y: HEADING + 20, line: 24 };

/** Writes the picture for light and for dark pages, and the recording that it was drawn from. */
export function writePicture(name: string, recording: Recording): void {
  const pages = pagesOf(recording);
  for (const theme of ['light', 'dark'] as const) writeFileSync(`${name}-${theme}.svg`, picture(pages, theme));
  writeFileSync(`${name}.jsonl`, toJsonLines(pages));
}

/** The part of a recording that the picture needs: the tasks of pages, and what each has waited on. */
export function pagesOf(recording: Recording): Recording {
  const pages = new Set<number>();
  const events: RecordedEvent[] = [];
  for (const event of recording.events) {
    if (event.kind === 'spawned' && event.name.startsWith('/')) pages.add(event.task);
    if (event.kind !== 'callback' && pages.has(event.task) && /^(spawned|step|woken|over)$/.test(event.kind))
      events.push(event);
  }
  const { version, clock, startedAt, until, dropped } = recording;
  return { version, clock, startedAt, until, dropped, events };
}

/** The picture as SVG. Throws if there are not two crawls in the recording, because the program was stopped, say. */
export function picture(recording: Recording, theme: Theme): string {
  const [one, many] = runsOf(recording);
  if (one === undefined || many === undefined) throw new Error('there are not two crawls to be compared');
  const colours = COLOURS[theme];
  const scale = (WIDTH - 2 * MARGIN) / one.took;
  const below = HEADING + one.rows.length * ROW;
  const axis = below + HEADING + many.rows.length * ROW;
  const height = axis + AXIS;
  const times = (one.took / many.took).toFixed(1);
  const { text } = colours;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`,
    '  font-family="system-ui, -apple-system, \'Segoe UI\', \'Noto Sans\', Helvetica, Arial, sans-serif" font-size="16">',
    // Letters stand before the lines of the axis, and not in them.
    `<style>text { paint-order: stroke; stroke: ${colours.back}; stroke-width: 6px }</style>`,
    `<rect x=".5" y=".5" width="${WIDTH - 1}" height="${height - 1}" rx="6" fill="${colours.back}" stroke="${colours.edge}"/>`,
    ...axisOf(one.took, scale, axis, colours),
    heading(29, text, 'One page at a time', seconds(one.took)),
    ...rowsOf(one, HEADING, scale, colours),
    heading(below + 29, text, `At most ${atOnce(many)} at once`, seconds(many.took)),
    ...rowsOf(many, below + HEADING, scale, colours),
    `<text x="${WIDTH - MARGIN}" y="${below + HEADING + 84}" font-size="36" font-weight="700" fill="${colours.network}" text-anchor="end">${times} times as fast</text>`,
    `<text x="${WIDTH - MARGIN}" y="${below + HEADING + 112}" fill="${colours.quiet}" text-anchor="end">the same ${many.rows.length} tasks, on one thread</text>`,
    ...legend(colours),
    '</svg>',
    '',
  ].join('\n');
}

/** The crawls that came to their end, each with its pages in the order in which they were found. */
function runsOf({ events }: Recording): Run[] {
  const rows = new Map<number, Row>();
  const waits = new Map<number, { phase: Phase; from: number }>();
  for (const event of events) {
    if (event.kind === 'callback') continue;
    if (event.kind === 'spawned') {
      rows.set(event.task, { path: event.name, begin: event.time, spans: [] });
      continue;
    }
    const row = rows.get(event.task);
    if (row === undefined) continue;
    const wait = waits.get(event.task);
    if (wait !== undefined) row.spans.push({ ...wait, until: event.time });
    waits.delete(event.task);
    if (event.kind === 'over' && event.state === 'succeeded') row.end = event.time;
    const phase = event.kind === 'step' ? phaseOf(event.on) : undefined;
    if (event.kind === 'step' && phase !== undefined) waits.set(event.task, { phase, from: event.until });
  }
  const found = [...rows.values()];
  const starts = found.flatMap(({ path }, index) => (path === '/' ? [index] : []));
  return starts.flatMap((start, nth) => {
    const { begin, end } = found[start] as Row;
    return end === undefined ? [] : [{ rows: found.slice(start, starts[nth + 1]), begin, took: end - begin }];
  });
}

const phaseOf = (on = ''): Phase | undefined => PHASES.find(({ begins }) => begins.test(on))?.phase;

/** How many requests were under way at the same time, at most. */
function atOnce({ rows }: Run): number {
  const requests = rows.flatMap(({ spans }) => spans.filter(({ phase }) => phase === 'network'));
  return Math.max(...requests.map(({ from }) => requests.filter((other) => other.from <= from && from < other.until).length)); // prettier-ignore
}

/** Neighbouring rows touch nothing, so that 37 of them are seen as 37. */
function rowsOf({ rows, begin }: Run, top: number, scale: number, colours: Record<Phase, string>): string[] {
  return rows.map(({ path, spans }, index) => {
    const y = top + index * ROW;
    const bars = spans.map(({ phase, from, until }) => {
      const [x, width] = [MARGIN + (from - begin) * scale, Math.max((until - from) * scale, 0.5)];
      return `<rect x="${round(x)}" y="${y}" width="${round(width)}" height="${ROW - 1}" fill="${colours[phase]}"/>`;
    });
    return `<g><title>${path}</title>${bars.join('')}</g>`;
  });
}

function heading(y: number, colour: string, words: string, took: string): string {
  const time = `<tspan font-weight="400" dx="10">${took}</tspan>`;
  return `<text x="${MARGIN}" y="${y}" font-size="20" font-weight="600" fill="${colour}">${words}${time}</text>`;
}

/** A line for each second, through both crawls. */
function axisOf(took: number, scale: number, bottom: number, { edge, quiet }: Record<'edge' | 'quiet', string>) {
  return Array.from({ length: Math.floor(took / 1_000) + 1 }, (_, second) => {
    const x = round(MARGIN + second * 1_000 * scale);
    const anchor =
      second === 0 ? 'start'
      : x > WIDTH - MARGIN - 10 ? 'end'
      : 'middle';
    return (
      `<path d="M${x} ${HEADING - 4}V${bottom + 4}" stroke="${edge}"/>` +
      `<text x="${x}" y="${bottom + 21}" fill="${quiet}" text-anchor="${anchor}">${second} s</text>`
    );
  });
}

function legend(colours: Record<Phase | 'text', string>): string[] {
  return PHASES.map(({ phase, means }, index) => {
    const y = LEGEND.y + index * LEGEND.line;
    const shape = `<rect x="${LEGEND.x}" y="${y - 10}" width="22" height="10" fill="${colours[phase]}"/>`;
    return `${shape}<text x="${LEGEND.x + 32}" y="${y}" fill="${colours.text}">${means}</text>`;
  });
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

const round = (value: number): number => Math.round(value * 10) / 10;
