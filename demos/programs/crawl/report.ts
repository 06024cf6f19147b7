/**
 * What a crawl found, for people (a table) and for programs (JSON).
 */
import { writeFileSync } from 'node:fs';
import type { Options } from './options.ts';
import type { Screen } from './screen.ts';
import { fit } from './timeline.ts';
import { nameFor, shortName } from './url.ts';
import type { Outcome, Visit } from './visit.ts';

/** A crawl that is over, however it ended. */
export interface Result {
  readonly options: Options;
  readonly visits: readonly Visit[];
  /** How many links were left out because of a limit. */
  readonly leftOut: number;
  /** What stopped the crawl before its end, if anything did. */
  readonly stopped: 'interrupted' | 'time limit' | null;
  readonly elapsed: number;
}

const ENDINGS: Record<Outcome['kind'], string> = {
  page: 'read',
  redirect: 'redirected',
  skipped: 'skipped',
  failed: 'failed',
  unfinished: 'unfinished',
};
const STOPS = { interrupted: 'by Ctrl-C or a signal', 'time limit': 'by the time limit' };

/** The table: totals, the slowest pages, what went wrong. */
export function report(result: Result, { paint, width }: Screen): string[] {
  const { visits } = result;
  const wide = Math.max(70, Math.min(width, 100));
  const oneHost = new Set(visits.map((visit) => visit.url.host)).size === 1;
  const nameOf = ({ url }: Visit) => (oneHost ? shortName(url) : url.href);
  const title = (text: string) => ['', paint('bold', text)];
  const total = (label: string, value: string) => `  ${label.padEnd(11)}${value}`;

  const pages = visits.filter((visit) => visit.outcome.kind === 'page');
  const lines = [
    ...title('Crawled'),
    total('pages', `${pages.length} read of ${visits.length} found, in ${seconds(result.elapsed)}`),
    total('bytes', size(pages.reduce((sum, visit) => sum + bytesOf(visit), 0))),
    total('status', count(visits.flatMap((visit) => visit.status ?? [])) || 'no answer at all'),
    total('outcome', count(visits.map((visit) => ENDINGS[visit.outcome.kind]))),
  ];
  if (result.leftOut > 0) lines.push(total('left out', `${result.leftOut} links, by --max-pages or --max-depth`));
  if (result.stopped !== null)
    lines.push(total('stopped', paint('yellow', `${STOPS[result.stopped]}; this is what it had found`)));

  const errors = visits.filter((visit) => visit.outcome.kind === 'failed');
  const slowest = [...pages].sort((a, b) => b.elapsed - a.elapsed).slice(0, 5);
  const longest = [...slowest, ...errors].reduce((most, visit) => Math.max(most, nameOf(visit).length), 24);
  const names = Math.min(wide - 46, longest);
  if (slowest.length > 0) lines.push(...title('Slowest'));
  for (const visit of slowest) {
    lines.push(
      `  ${fit(nameOf(visit), names)}${`${Math.round(visit.elapsed)} ms`.padStart(10)}${size(bytesOf(visit)).padStart(11)}`,
    );
  }

  if (errors.length > 0) lines.push(...title('Errors'));
  for (const visit of errors) {
    const tries = visit.tries > 1 ? ` (${visit.tries} tries)` : '';
    const from =
      visit.from === null ?
        ''
      : `${visit.hops > 0 ? 'redirected' : 'linked'} from ${nameFor(visit.from.url, visit.url)}`;
    const start = `  ${fit(nameOf(visit), names)}  ${paint('red', visit.remark)}${tries}`;
    const fits = names + 4 + visit.remark.length + tries.length + 2 + from.length <= wide;
    if (from === '' || fits) lines.push(from === '' ? start : `${start}${paint('dim', `, ${from}`)}`);
    else lines.push(start, `${' '.repeat(names + 4)}${paint('dim', from)}`);
  }
  return lines;
}

/** The result as data, ready for `JSON.stringify`. */
export function toJson(result: Result) {
  const { options, visits } = result;
  return {
    starts: options.starts.map(String),
    concurrency: options.concurrency,
    stopped: result.stopped,
    elapsed: Math.round(result.elapsed),
    found: visits.length,
    leftOut: result.leftOut,
    bytes: visits.reduce((sum, visit) => sum + bytesOf(visit), 0),
    pages: visits.map((visit) => ({
      url: visit.url.href,
      from: visit.from?.url.href ?? null,
      depth: visit.depth,
      tries: visit.tries,
      elapsed: Math.round(visit.elapsed),
      ...details(visit),
    })),
  };
}

function details({ outcome }: Visit) {
  switch (outcome.kind) {
    case 'page':
      return { ...outcome, kind: outcome.kind, links: outcome.links.map(String) };
    case 'redirect':
      return { ...outcome, kind: outcome.kind, to: outcome.to.href };
    default:
      return outcome;
  }
}

/** Writes the data to the file of `--json`. `-` is standard output. */
export function writeJson(path: string, data: unknown): void {
  const text = `${JSON.stringify(data, null, 2)}\n`;
  if (path === '-') process.stdout.write(text);
  else writeFileSync(path, text);
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(ms < 9_950 ? 2 : 1)} s`;
}

export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

const bytesOf = ({ outcome }: Visit) => (outcome.kind === 'page' ? outcome.bytes : 0);

/** `200 x 24, 404 x 1`. */
function count(values: readonly (string | number)[]): string {
  const counts = new Map<string | number, number>();
  for (const value of [...values].sort()) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, times]) => `${value} × ${times}`).join('   ');
}
