/**
 * The main demo: a web crawler. Start reading at crawler.ts, the part that is
 * made of coroutines. The rest serves it:
 *
 *   crawler.ts   a task for every address       visit.ts     what is known about one
 *   host.ts      robots.txt and politeness      frontier.ts  which addresses to visit
 *   load.ts      one request                    page.ts, robots.ts, url.ts: pure functions
 *   session.ts   one crawl, however it ends     compare.ts   one by one, then together
 *   site.ts      the slow web site              options.ts   the command line
 *   progress.ts, report.ts, timeline.ts, picture.ts, screen.ts: what is shown
 */
import { writeFileSync } from 'node:fs';
import { coroutine, main, suspend } from 'treadle';
import { Recorder, toSvg } from 'treadle/tracing';
import { compare } from './compare.ts';
import { BadInput, type Options, readOptions } from './options.ts';
import { writePicture } from './picture.ts';
import { report, type Result, toJson, writeJson } from './report.ts';
import { Screen } from './screen.ts';
import { checkHosts, crawlInto } from './session.ts';
import { openSite } from './site.ts';
import { timeline } from './timeline.ts';

export const summary = 'a polite web crawler, with a slow site of its own to crawl';
export { help } from './options.ts';

export default function demo(argv: string[]): void {
  // `| head` closes the pipe when it has seen enough. That is no error, and there is no reason to go on.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  try {
    start(readOptions(argv));
  } catch (error) {
    complain(error);
  }
}

function start(options: Options): void {
  const { timeline: file, picture } = options;
  const isDrawn = file !== undefined && file !== '-';
  if (!isDrawn && picture === undefined) return void main(program(options));
  const recorder = new Recorder();
  const task = main(program(options), { instruments: [recorder] });
  task.addDoneCallback(() => {
    const recording = recorder.recording(); // also after Ctrl-C
    if (isDrawn) draw('timeline', () => writeFileSync(file, toSvg(recording, { title: 'The crawl' })));
    if (picture !== undefined) draw('picture', () => writePicture(picture, recording));
  });
}

function draw(what: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    console.error(`crawl: the ${what} cannot be written: ${(error as Error).message}`);
    process.exitCode ||= 1;
  }
}

const program = coroutine('program', function* (options: Options) {
  // When the data goes to standard output, everything for people goes to standard error.
  const screen = new Screen(options.json === '-' ? process.stderr : process.stdout);
  try {
    if (options.serve) yield* serve(options);
    else if (options.starts.length === 0) yield* compare(options, screen);
    else yield* crawlSites(options, screen);
  } catch (error) {
    complain(error);
  }
});

const crawlSites = coroutine('crawl sites', function* (options: Options, screen: Screen) {
  const results: Result[] = [];
  try {
    yield* checkHosts(options);
    yield* crawlInto(results, options, screen, 'crawling');
  } finally {
    for (const result of results) show(result, screen); // also after Ctrl-C
  }
});

function show(result: Result, screen: Screen): void {
  const { options, visits, stopped } = result;
  screen.print(...report(result, screen));
  if (options.timeline === '-') {
    screen.heading('Timeline');
    screen.print(...timeline(visits, screen));
  }
  if (options.json !== undefined) writeJson(options.json, toJson(result));
  if (stopped !== 'interrupted' && visits.every((visit) => visit.outcome.kind !== 'page')) process.exitCode = 1;
}

const serve = (options: Options) =>
  openSite(options.scale, options.port, (start) => {
    console.log(`The slow web site is open at ${start.href} until Ctrl-C`);
    return suspend<never>(() => {});
  });

/** Bad input is the user's mistake: one line, no stack. Any other error is ours. */
function complain(error: unknown): void {
  if (!(error instanceof BadInput)) throw error;
  console.error(`crawl: ${error.message}\n(node demos crawl --help explains the options)`);
  process.exitCode = 2;
}
