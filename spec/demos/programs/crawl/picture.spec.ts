import { readRecording } from 'treadle/tracing';
import type { RecordedEvent, Recording } from 'treadle/tracing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { pagesOf, picture } from '../../../../demos/programs/crawl/picture.ts';
import { PAGES } from '../../../../demos/programs/crawl/site.ts';
import { read } from '../../../support/package.ts';

const test = suite('the picture of the crawl');

const recorded = readRecording(read('docs/crawl.jsonl'));

const spawned = (task: number, time: number, name: string): RecordedEvent => ({ kind: 'spawned', task, time, name });
const waits = (task: number, time: number, on: string): RecordedEvent => ({
  kind: 'step',
  task,
  time,
  until: time,
  on,
});
const woken = (task: number, time: number): RecordedEvent => ({ kind: 'woken', task, time });
const over = (task: number, time: number, state: 'succeeded' | 'cancelled' = 'succeeded'): RecordedEvent => ({
  kind: 'over',
  task,
  time,
  state,
});
const recording = (events: readonly RecordedEvent[]): Recording => ({ ...head, events });
const head = { version: 1, clock: 'system', startedAt: 0, until: 9_000, dropped: 0 } as const;

/** A crawl of two pages, whose first task is the given one. */
const crawl = (first: number, begin: number, apart: number): RecordedEvent[] => [
  spawned(first, begin, '/'),
  waits(first, begin, 'fetch(...)'),
  spawned(first + 1, begin + 50, '/a'),
  waits(first + 1, begin + 50, 'semaphore.acquire()'),
  woken(first + 1, begin + 50 + apart),
  waits(first + 1, begin + 50 + apart, 'fetch(...)'),
  woken(first, begin + 100),
  waits(first, begin + 100, 'its children'),
  woken(first + 1, begin + 100 + apart),
  over(first + 1, begin + 100 + apart),
  over(first, begin + 100 + apart),
];

for (const theme of ['light', 'dark'] as const)
  test(`docs/crawl-${theme}.svg is drawn from docs/crawl.jsonl: node demos crawl --picture docs/crawl`, () => {
    assert.ok(picture(recorded, theme) === read(`docs/crawl-${theme}.svg`), 'draw it anew');
  });

test('what was recorded is a crawl of the site as it is, twice', () => {
  const names = [...recorded.events].flatMap((event) => (event.kind === 'spawned' ? [event.name] : [])).sort();
  for (const path of Object.keys(PAGES)) assert.is(names.filter((name) => name === path).length, 2, path);
  const once = [...new Set(names)];
  assert.equal(names, [...once, ...once].sort());
});

test('README.md says in words what the picture shows', () => {
  const svg = read('docs/crawl-light.svg');
  const [one, many] = [...svg.matchAll(/<tspan[^>]*>([\d.]+ s)</g)].map(([, seconds]) => seconds);
  const [, times] = />([\d.]+) times as fast</.exec(svg)!;
  const alt = /<img alt="([^"]*)" src="docs\/crawl-light\.svg">/.exec(read('README.md'))![1]!;
  assert.match(alt, new RegExp(`^37 tasks .* in ${one}, .* in ${many}: ${times} times as fast$`));
  for (const number of ['37', one, many, times])
    assert.match(/<img alt="([^"]*)" src="..\/crawl-light\.svg">/.exec(read('docs/zh/README.md'))![1]!, number!);
});

test('a bar is as long as its wait, both crawls have one scale, and the most requests at once are counted', () => {
  const svg = picture(recording([...crawl(1, 1_000, 900), ...crawl(5, 3_000, 0)]), 'light');
  const bars = [...svg.matchAll(/<rect x="([\d.]+)" y="\d+" width="([\d.]+)"[^>]*fill="(#\w+)"\/>(?!<text)/g)];
  // 840 pixels, of which 20 on each side are empty, are 1,000 ms.
  assert.equal(
    bars.map(([, x, width]) => [Number(x), Number(width)]),
    [
      [20, 80],
      [60, 720],
      [780, 40],
      [20, 80],
      [60, 0.5], // too short to be seen, and shown
      [60, 40],
    ],
  );
  assert.is(bars[0]![3], bars[2]![3]);
  assert.is.not(bars[0]![3], bars[1]![3]);
  for (const words of ['>10.0 times as fast<', '>At most 2 at once<', '>1.0 s<', '>0.1 s<', 'the same 2 tasks'])
    assert.ok(svg.includes(words), words);
});

test('of a recording only the tasks of pages are kept', () => {
  const events = [
    spawned(9, 0, 'main'),
    { kind: 'callback', time: 1, until: 2 } as const,
    { kind: 'called', time: 1, task: 1, depth: 1, name: 'visit' } as const,
    ...crawl(1, 1_000, 900),
    over(9, 5_000),
  ];
  assert.equal([...pagesOf(recording(events)).events], crawl(1, 1_000, 900));
});

test('a crawl that was stopped is not shown as one that was fast', () => {
  const stopped = [...crawl(5, 3_000, 100).slice(0, -1), over(5, 3_120, 'cancelled')];
  assert.throws(() => picture(recording([...crawl(1, 1_000, 900), ...stopped]), 'dark'), /not two crawls/);
  assert.throws(() => picture(recording([]), 'dark'), /not two crawls/);
});

test.run();
