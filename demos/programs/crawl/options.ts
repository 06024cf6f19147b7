/**
 * The command line: the options, their usual values, and one clear line
 * (`BadInput`, exit code 2) for input that makes no sense. Everything is checked
 * before the first request, even the files to be written: a crawl of ten minutes that
 * cannot save what it found is no fun.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { normalise, parse } from './url.ts';

export const help = `node demos crawl [options] [URL ...]

Crawls the sites of the given URLs: fetches pages, follows their links within
the site, and prints what it found. Without a URL it starts a slow web site of
its own on 127.0.0.1 and crawls that twice, one page at a time, then many at a
time. It shows both times, and a timeline of what each task waited for.

What to fetch
  --max-pages N        visit at most N addresses             (default 500)
  --max-depth N        follow links at most N deep           (default: no limit)
  --max-bytes N        give up a page larger than N bytes    (default 2000000)
  --ignore-robots      do not read robots.txt, and follow nofollow links too
How fast
  --concurrency N      requests at a time                    (default 10)
  --delay MS           politeness: the shortest time between two requests to a
                       host; a longer Crawl-delay in robots.txt wins
                                                   (default 100, own site 10)
  --retries N          how often to retry after a lost connection, 429 or 5xx; a
                       page that timed out is not retried    (default 2)
  --backoff MS         pause before the first retry; each further one is doubled
                                                   (default 500, own site 100)
  --page-timeout MS    time limit for one try of one page
                                               (default 10000, own site 800)
  --timeout MS         time limit for the whole crawl        (default 120000)
What to show
  --json FILE          write everything found to FILE ("-" for standard output)
  --timeline FILE      write the timeline of the tasks to FILE, as SVG
                       ("-": print a short one)
  --picture NAME       write both crawls of the own site as one picture, to
                       NAME-light.svg and NAME-dark.svg, and what was recorded
                       to NAME.jsonl
  --quiet              show no progress
Its own site
  --scale FACTOR       make the slow site slower or faster: multiply its delays,
                       the pauses and the time limit         (default 1)
  --serve [--port N]   only serve the slow site, until Ctrl-C
  --help               this page

Ctrl-C stops a crawl cleanly: requests under way are aborted, and what was
found so far is printed (and written). A second Ctrl-C kills it.

Exit codes: 0 the crawl is over (a failed page, or a limit that was reached, is
a result and not an error), 1 no page could be fetched, 2 bad input, 130
stopped by Ctrl-C.`;

/** The user typed something wrong: one line, exit code 2. */
export class BadInput extends Error {
  override name = 'BadInput';
}

export interface Options {
  readonly starts: readonly URL[];
  readonly maxPages: number;
  readonly maxDepth: number;
  readonly maxBytes: number;
  readonly maxRedirects: number;
  readonly ignoreRobots: boolean;
  readonly concurrency: number;
  readonly delay: number;
  readonly retries: number;
  /** The pause before the first retry. Every further one is twice as long. */
  readonly backoff: number;
  readonly pageTimeout: number;
  readonly timeout: number;
  readonly userAgent: string;
  readonly json: string | undefined;
  /** A file for the picture, or '-'. */
  readonly timeline: string | undefined;
  /** The beginning of the names of three files. */
  readonly picture: string | undefined;
  readonly quiet: boolean;
  readonly scale: number;
  readonly serve: boolean;
  readonly port: number;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const known = {
  'max-pages': text,
  'max-depth': text,
  'max-bytes': text,
  'ignore-robots': flag,
  concurrency: text,
  delay: text,
  retries: text,
  backoff: text,
  'page-timeout': text,
  timeout: text,
  json: text,
  timeline: text,
  picture: text,
  quiet: flag,
  scale: text,
  serve: flag,
  port: text,
} as const;

/** Reads the arguments, or throws `BadInput`. */
export function readOptions(argv: readonly string[]): Options {
  const { values, positionals } = split(argv);
  const number = (name: keyof typeof values, usual: number, least: number, unit: 'whole' | 'ms' | 'factor') => {
    const given = values[name];
    if (given === undefined) return usual;
    const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(String(given)) ? Number(given) : Number.NaN;
    if (value >= least && value <= MOST && (unit !== 'whole' || Number.isInteger(value))) return value;
    const kind = { whole: 'a whole number', ms: 'a number of milliseconds', factor: 'a number' }[unit];
    throw new BadInput(`--${name} must be ${kind}, at least ${least}, not "${given}"`);
  };

  const own = positionals.length === 0;
  const scale = number('scale', 1, 0.001, 'factor');
  const options: Options = {
    starts: positionals.map(readStart),
    maxPages: number('max-pages', 500, 1, 'whole'),
    maxDepth: number('max-depth', Number.POSITIVE_INFINITY, 0, 'whole'),
    maxBytes: number('max-bytes', 2_000_000, 1, 'whole'),
    maxRedirects: 10,
    ignoreRobots: values['ignore-robots'] ?? false,
    concurrency: number('concurrency', 10, 1, 'whole'),
    delay: number('delay', own ? 10 * scale : 100, 0, 'ms'),
    retries: number('retries', 2, 0, 'whole'),
    backoff: number('backoff', own ? 100 * scale : 500, 0, 'ms'),
    pageTimeout: number('page-timeout', own ? Math.max(250, 800 * scale) : 10_000, 1, 'ms'),
    timeout: number('timeout', 120_000, 1, 'ms'),
    userAgent: 'treadle-crawl/1.0 (a demo of coroutines)',
    json: values.json,
    timeline: values.timeline,
    picture: values.picture,
    quiet: values.quiet ?? false,
    scale,
    serve: values.serve ?? false,
    port: number('port', 0, 0, 'whole'),
  };
  if (options.port > 65_535) throw new BadInput(`--port must be at most 65535, not "${values.port}"`);
  if (options.serve && !own) throw new BadInput('--serve only serves the slow site, so it takes no URL');
  if (options.picture !== undefined && (options.serve || !own))
    throw new BadInput('--picture is of the own site, so it takes no URL and no --serve');
  if (options.picture !== undefined) mustBeWritable('--picture', `${options.picture}.jsonl`);
  if (options.json !== undefined) mustBeWritable('--json', options.json);
  if (options.timeline !== undefined) mustBeWritable('--timeline', options.timeline);
  return options;
}

/** The largest number that an option takes: a century of milliseconds. */
const MOST = 100 * 365 * 24 * 3_600_000;

function split(argv: readonly string[]) {
  // parseArgs takes `--concurrency -1` for two options. Glued together, it is one with a bad number, and we can say so.
  const args: string[] = [];
  for (const arg of argv) {
    const before = args.at(-1) ?? '';
    if (/^-[\d.]/.test(arg) && /^--[a-z-]+$/.test(before)) args[args.length - 1] = `${before}=${arg}`;
    else args.push(arg);
  }
  try {
    return parseArgs({ args, options: known, allowPositionals: true });
  } catch (error) {
    // The messages of parseArgs begin well, but then go on for lines about `--`.
    throw new BadInput((error as Error).message.split(/\. |\n/)[0] ?? 'bad arguments', { cause: error });
  }
}

function readStart(text: string): URL {
  const url = parse(text);
  const hint = parse(`http://${text}`)?.hostname.match(/\.|^localhost$/) ? ` (did you mean http://${text}?)` : '';
  if (url === null || (hint !== '' && url.host === '')) throw new BadInput(`"${text}" is not a URL${hint}`);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new BadInput(`"${text}" cannot be crawled: only http: and https: addresses can`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new BadInput(`"${url.host}": a user name or password in a URL is not supported`);
  }
  return normalise(text) ?? url;
}

function mustBeWritable(option: string, path: string): void {
  if (path === '-') return;
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw new Error('it is a directory');
    if (there === undefined && !statSync(dirname(path)).isDirectory()) throw new Error('its directory is a file');
    accessSync(there === undefined ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Record<string, string> = {
      ENOENT: 'its directory does not exist',
      EACCES: 'permission denied',
      EROFS: 'the file system is read-only',
      ENOTDIR: 'its directory is a file',
    };
    throw new BadInput(`${option}: "${path}" cannot be written: ${reasons[code ?? ''] ?? message}`, { cause: error });
  }
}
