/**
 * The lesson: the same code crawls the same site one page at a time, then many
 * at a time. It shows both times, and a timeline of what each task waited for.
 */
import { coroutine } from 'treadle';
import type { Options } from './options.ts';
import { report, type Result, seconds, toJson, writeJson } from './report.ts';
import type { Screen } from './screen.ts';
import { crawlInto } from './session.ts';
import { openSite } from './site.ts';
import { timeline } from './timeline.ts';

export const compare = coroutine('compare', function* (options: Options, screen: Screen) {
  const results: Result[] = [];
  try {
    yield* openSite(options.scale, options.port, (start) => both(results, { ...options, starts: [start] }, screen));
  } finally {
    show(results, screen); // after Ctrl-C too: then it shows what there is
    if (options.json !== undefined) writeJson(options.json, comparison(results));
  }
});

const both = coroutine('both', function* (results: Result[], options: Options, screen: Screen) {
  screen.print(
    `A slow web site is open at ${options.starts[0]?.href}`,
    'Every page takes time; some fail, one hangs, and one redirects in a circle.',
  );
  for (const concurrency of [1, options.concurrency]) {
    const turn = { ...options, concurrency };
    screen.heading(`Crawling, ${nameOf(turn)}`);
    yield* crawlInto(results, turn, screen, nameOf(turn));
  }
});

function show(results: readonly Result[], screen: Screen): void {
  const last = results.at(-1);
  if (last === undefined) return;
  screen.print(...report(last, screen));
  for (const result of results) {
    screen.heading(`Timeline, ${nameOf(result.options)}`);
    screen.print(...timeline(result.visits, screen));
  }
  screen.print('', ...times(results, screen));
  if (results.length === 2 && last.stopped === null)
    screen.print('', 'The same tasks on one thread, and the same answers: while one waits, others run.');
}

/** Both times as bars of one scale, and the speed-up. */
function times(results: readonly Result[], { paint, width }: Screen): string[] {
  const longest = Math.max(...results.map((result) => result.elapsed));
  const most = Math.max(10, Math.min(width, 100) - 48);
  return results.map((result, i) => {
    const bar = '█'.repeat(Math.max(1, Math.round((result.elapsed / longest) * most)));
    const speedUp = `${((results[0]?.elapsed ?? 0) / result.elapsed).toFixed(1)} times as fast`;
    const note =
      result.stopped !== null ? '(stopped)'
      : i === 0 ? ''
      : paint('bold', speedUp);
    return `${nameOf(result.options).padEnd(18)} ${paint('cyan', bar)} ${seconds(result.elapsed)}  ${note}`.trimEnd();
  });
}

function comparison([sequential, concurrent]: readonly Result[]) {
  return {
    sequential: sequential === undefined ? null : toJson(sequential),
    concurrent: concurrent === undefined ? null : toJson(concurrent),
    speedUp:
      sequential === undefined || concurrent === undefined ?
        null
      : Number((sequential.elapsed / concurrent.elapsed).toFixed(2)),
  };
}

function nameOf({ concurrency }: Options): string {
  return concurrency === 1 ? 'one at a time' : `${concurrency} at a time`;
}
