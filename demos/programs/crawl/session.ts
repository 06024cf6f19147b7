/**
 * One crawl, from its first request to its result. The result goes into a list
 * instead of being returned, because a cancelled task returns nothing, and after
 * Ctrl-C the user wants to see what was found until then.
 */
import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import { coroutine, fromCallback, timeout, TimeoutError } from 'treadle';
import { Crawl, crawl } from './crawler.ts';
import { BadInput, type Options } from './options.ts';
import { progressOn, silent } from './progress.ts';
import type { Result } from './report.ts';
import type { Screen } from './screen.ts';

/** Crawls, and adds the result to the list, however the crawl ends. */
export const crawlInto = coroutine(
  'session',
  function* (results: Result[], options: Options, { out }: Screen, label: string) {
    const progress = options.quiet ? silent : progressOn(out, label);
    const job = new Crawl(options, progress);
    const begin = performance.now();
    let stopped: Result['stopped'] = 'interrupted';
    try {
      yield* timeout(options.timeout, crawl(job));
      stopped = null;
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      stopped = 'time limit';
    } finally {
      progress.stop();
      const { visits, leftOut } = job.frontier;
      results.push({ options, visits, leftOut, stopped, elapsed: performance.now() - begin });
    }
  },
);

/** A start URL whose host does not exist is bad input, and reported before the crawl begins. */
export const checkHosts = coroutine('check hosts', function* ({ starts, timeout: limit }: Options) {
  for (const hostname of new Set(starts.map((url) => url.hostname))) {
    if (isIP(hostname.replace(/^\[|\]$/g, '')) > 0) continue;
    try {
      yield* timeout(
        limit,
        fromCallback<string>((done) => lookup(hostname, done)),
      );
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTFOUND') throw new BadInput(`no such host: ${hostname}`, { cause: error });
      if (code === 'EAI_AGAIN') throw new BadInput(`no such host, or no network: ${hostname}`, { cause: error });
      throw error;
    }
  }
});
