// The crawl of the demo, recorded against its slow site and played back when the site is gone and the network off.
import { coroutine, Future, join, run, spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import type { Instrument } from 'treadle/instruments';
import { record, replayJournal } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Crawl, crawl } from '../../../../demos/programs/crawl/crawler.ts';
import { readOptions } from '../../../../demos/programs/crawl/options.ts';
import { openSite } from '../../../../demos/programs/crawl/site.ts';

const test = suite('a journal of the crawl');

let site: ReturnType<typeof run> | undefined;

/** What each visit has found, in the order in which they began. */
const crawlOf = coroutine('crawl', function* (url: string, pageTimeout: number): Coroutine<unknown[]> {
  const options = readOptions([url, '--quiet', '--delay', '0', '--page-timeout', `${pageTimeout}`, '--backoff', '20']);
  const job = new Crawl(options);
  yield* join(yield* spawn(crawl(job))); // it is over when the visits are
  return job.frontier.visits.map(({ url: { pathname }, outcome, tries }) => ({ pathname, tries, outcome }));
});

/** Every effect of every task, in their order. */
function tracer(): Instrument & { readonly trace: string[] } {
  const trace: string[] = [];
  return { trace, effectPerformed: (task, yielded) => trace.push(`${task.id} ${task.name} ${String(yielded)}`) };
}

test('is played back without the network, in no time, with the same trace and the same pages', async () => {
  // The site is open until the crawl is over.
  let close: (() => void) | undefined;
  const opened = new Promise<string>((resolve) => {
    site = run(
      openSite(0.05, 0, (start) => {
        resolve(start.href);
        const over = new Future<void>(site!.loop);
        close = () => over.setResult();
        return over;
      }),
    );
  });
  const url = await opened;
  const recorded = async (pageTimeout: number) => {
    const first = tracer();
    const recording = record(crawlOf(url, pageTimeout), { instruments: [first] });
    const begin = performance.now();
    const visits = await recording.task;
    return { pageTimeout, first, recording, visits, took: performance.now() - begin };
  };
  // A machine may be so busy that not even the first page comes in time.
  let crawled = await recorded(1_500);
  for (let ms = 4_500; crawled.visits.length <= 30 && ms < 50_000; ms *= 3) crawled = await recorded(ms);
  const { pageTimeout, first, recording, visits, took } = crawled;
  close?.();
  await site;
  assert.ok(visits.length > 30, `${visits.length} visits`);
  assert.ok(first.trace.length > 500, `${first.trace.length} effects`);

  const { fetch } = globalThis;
  globalThis.fetch = () => assert.unreachable('the network is off') as never;
  try {
    const second = tracer();
    const start = performance.now();
    assert.equal(replayJournal(crawlOf(url, pageTimeout), `${recording}`, { instruments: [second] }), visits);
    console.log(
      `\nnote: ${visits.length} visits and ${first.trace.length} effects in ${Math.round(took)} ms, ${recording.lines.length} lines of ` +
        `journal, played back in ${Math.round(performance.now() - start)} ms`,
    );
    assert.is(
      second.trace.findIndex((line, at) => line !== first.trace[at]),
      -1,
    );
    assert.is(second.trace.length, first.trace.length);
  } finally {
    globalThis.fetch = fetch;
  }
});

test.run();
