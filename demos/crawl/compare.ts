/**
 * The lesson: the same site, crawled by the same code, one page at a time and
 * many at a time, with both times and a timeline of who waited for what.
 */
import { coroutine } from 'treadle';
import type { Options } from './options.ts';
import { type Paint, paintFor } from './paint.ts';
import { report, type Result, seconds, toJson, writeJson } from './report.ts';
import { crawlInto } from './session.ts';
import { openSite } from './site.ts';
import { timeline } from './timeline.ts';

export const compare = coroutine('compare', function* (options: Options, out: NodeJS.WriteStream) {
  const results: Result[] = [];
  const print = (...lines: string[]) => out.write(`${lines.join('\n')}\n`);
  const paint = paintFor(out);
  try {
    yield* openSite(options.scale, options.port, (start) => both(results, { ...options, starts: [start] }, out, print, paint));
  } finally {
    // Also after Ctrl-C: then with what there is.
    const width = out.columns ?? 100;
    const last = results.at(-1);
    if (last !== undefined) print(...report(last, paint, width));
    for (const result of results) {
      print('', paint('bold', `Timeline, ${nameOf(result.options)}`), ...timeline(result.visits, { width, paint }));
    }
    print('', ...times(results, paint, width));
    if (results.length === 2) print('', 'The same tasks on one thread, and the same answers: while one waits, others run.');
    if (options.json !== undefined) writeJson(options.json, comparison(results));
  }
});

const both = coroutine('both', function* (results: Result[], options: Options, out: NodeJS.WriteStream, print: (...lines: string[]) => void, paint: Paint) {
  print(`A slow web site is open at ${options.starts[0]?.href}`, 'Every page takes its time, some fail, one hangs, one redirects in a circle.');
  for (const concurrency of [1, options.concurrency]) {
    const turn = { ...options, concurrency };
    print('', paint('bold', `Crawling, ${nameOf(turn)}`));
    yield* crawlInto(results, turn, out, nameOf(turn));
  }
});

/** Both times as bars on one scale, and the speed-up. */
function times(results: readonly Result[], paint: Paint, width: number): string[] {
  const longest = Math.max(...results.map((result) => result.elapsed));
  const most = Math.max(10, Math.min(width, 100) - 48);
  return results.map((result, i) => {
    const bar = '█'.repeat(Math.max(1, Math.round((result.elapsed / longest) * most)));
    const note = result.stopped !== null ? '  (stopped)' : i === 0 ? '' : `  ${paint('bold', `${(longest / result.elapsed).toFixed(1)} times as fast`)}`;
    return `${nameOf(result.options).padEnd(18)} ${paint('cyan', bar)} ${seconds(result.elapsed)}${note}`;
  });
}

function comparison([sequential, concurrent]: readonly Result[]) {
  return {
    sequential: sequential === undefined ? null : toJson(sequential),
    concurrent: concurrent === undefined ? null : toJson(concurrent),
    speedUp: sequential === undefined || concurrent === undefined ? null : Number((sequential.elapsed / concurrent.elapsed).toFixed(2)),
  };
}

function nameOf({ concurrency }: Options): string {
  return concurrency === 1 ? 'one at a time' : `${concurrency} at a time`;
}
