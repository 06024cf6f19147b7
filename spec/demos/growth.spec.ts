// `node demos bench growth` and `soak`: their verdicts, and that what they measure works. What they find is no
// matter of a spec: a busy machine would decide it. And the charts, where the library that draws them is installed.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { barChart, lineChart } from '../../demos/bench/chart.ts';
import { growthTable, verdict } from '../../demos/bench/growth.ts';
import type { Grown } from '../../demos/bench/growth.ts';
import { compile } from '../../demos/bench/rounds.ts';
import { fit, judge } from '../../demos/bench/soak.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Ended {
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

const node = (...args: string[]) =>
  new Promise<Ended>((resolve) => {
    execFile(process.execPath, args, { cwd: root, timeout: 100_000 }, (error, out, err) =>
      resolve({ code: error ? (error.code ?? 'killed') : 0, out, err }),
    );
  });

// ---- growth

const sizes = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
const grown = (name: string, cost: (n: number) => number, nature: Grown['nature'] = 'step'): Grown => ({
  group: nature === 'control' ? 'control' : 'made up',
  name,
  nature,
  objects: 4,
  sizes: sizes.map((n) => ({ n, ns: 2 * cost(n), samples: [3 * cost(n), cost(n)] })),
});
/** The machine adds 100 ns where the caches end. */
const control = grown('control', (n) => (n > 10_000 ? 120 : 20), 'control');
const judged = (one: Grown) => verdict(one, [control, one]);

const growth = suite('the verdict on growth');

growth('O(1), O(log n) and what the caches add are good; O(n) and O(sqrt n) are not, however small they begin', () => {
  assert.is(judged(grown('constant', () => 50))?.good, true);
  assert.is(judged(grown('logarithm', (n) => 50 * Math.log(n + 1)))?.good, true);
  assert.is(judged({ ...grown('a dozen objects', (n) => 50 + (n > 10_000 ? 2_000 : 0)), objects: 12 })?.good, true);
  assert.is(judged(grown('caches', (n) => 50 + (n > 10_000 ? 400 : 0)))?.good, true);
  assert.is(judged(grown('linear', (n) => 500 + n / 100))?.good, false);
  assert.is(judged(grown('root', (n) => 20 * Math.sqrt(n)))?.good, false);
});

growth('takes the fastest samples, and says what it found and what it allowed', () => {
  assert.equal(judged(grown('constant', () => 50)), {
    largest: 1_000_000,
    times: 1,
    limit: 2 * (50 + 4 * 100),
    good: true,
  });
});

growth('cannot say anything without a size beyond 1,000', () => {
  const one = grown('constant', () => 50);
  assert.is(judged({ ...one, sizes: one.sizes.slice(0, 4) }), undefined);
});

growth('an operation that was stopped early, because it is linear, is judged at the size that it reached', () => {
  const one = grown('linear', (n) => 100 + 10 * n);
  assert.is(judged({ ...one, sizes: one.sizes.slice(0, 5) })?.good, false);
});

growth('the table has a line for each, and marks what is worse and what failed', () => {
  const lines = growthTable([
    control,
    grown('linear', (n) => 500 + n),
    { ...grown('broken', () => 1), sizes: [], error: 'RangeError: too deep' },
  ]).split('\n');
  assert.match(
    lines.find((line) => line.includes('linear'))!,
    /501 +510 +600 +1500 +10\.5 us +.*1\.0 ms +667\.0 +.* WORSE$/,
  );
  assert.match(
    lines.find((line) => line.includes('broken'))!,
    /RangeError: too deep$/,
  );
  assert.not.match(
    lines.find((line) => line.includes('  control'))!,
    'WORSE',
  );
});

growth('every operation that is measured works', async () => {
  const { child, remove } = await compile(join(root, 'demos/bench/growth/child.ts'));
  try {
    const { code, err } = await node(child, '--check');
    assert.is(code, 0, err);
    assert.ok((JSON.parse((await node(child, '--list')).out) as unknown[]).length > 50);
  } finally {
    remove();
  }
});

growth('the command measures what it is asked for, and prints a table', async () => {
  const { code, out, err } = await node('demos', 'bench', 'growth', '--only', 'control', '--largest', '1000');
  assert.is(code, 0, err);
  assert.match(out, /make n objects that live +\d/);
  assert.not.match(out, 'sleepers');
});

growth('what makes no sense is refused with one line and exit code 2', async () => {
  for (const args of [
    ['growth', '--largest', '12'],
    ['soak', '--minutes', 'x'],
    ['soak', '--wrong'],
  ]) {
    const { code, err } = await node('demos', 'bench', ...args);
    assert.is(code, 2, err);
    assert.is(err.trim().split('\n').length, 2, err);
  }
});

growth.run();

// ---- the soak

const samples = (bytes: number, noise: number) =>
  Array.from({ length: 100 }, (_, i) => ({
    time: i * 100,
    rounds: i * 1_000,
    heap: 4e6 + bytes * i * 1_000 + noise * ((i * 7) % 11),
    rss: 1,
  }));

const soak = suite('the verdict on the heap');

soak('a line is fitted by least squares', () => {
  const { slope, error } = fit([
    [0, 1],
    [1, 3],
    [2, 5],
    [3, 7],
  ]);
  assert.is(slope, 2);
  assert.is(error, 0);
  assert.ok(
    fit([
      [0, 1],
      [1, 4],
      [2, 5],
      [3, 7],
    ]).error > 0,
  );
});

soak('what rises leaks; what is flat, falls, or only goes up and down does not', () => {
  assert.is(judge('virtual', samples(1, 10_000), undefined).good, false);
  assert.is(judge('virtual', samples(0, 10_000), undefined).good, true);
  assert.is(judge('virtual', samples(-1, 10_000), undefined).good, true);
  assert.is(judge('virtual', samples(0.4, 0), undefined).good, true); // less than the limit
  assert.is(judge('virtual', samples(0.6, 100_000), undefined).good, true); // within its noise
});

soak('the warm-up does not count, too short a run says nothing, and a failure is not good', () => {
  assert.is(
    judge(
      'virtual',
      samples(0, 1_000).map((one, i) => (i < 19 ? { ...one, heap: i * 1e5 } : one)),
      undefined,
    ).good,
    true,
  );
  const short = judge('virtual', samples(1, 0).slice(0, 15), undefined);
  assert.is(short.short && short.good, true);
  assert.is(judge('virtual', samples(0, 1), 'it broke').good, false);
});

soak('the work goes on for as long as it should, on both clocks', async () => {
  const { out, err } = await node('demos', 'bench', 'soak', '--minutes', '0.1', '--seconds', '1');
  assert.match(out, /virtual clock: 6 s, [\d,]+ rounds/, err);
  assert.match(out, /system clock: \d s, [\d,]+ rounds/, err); // it may end late
  assert.is([...out.matchAll(/verdict {3}too short to tell$/gm)].length, 2, out);
});

soak.run();

// ---- charts

const charts = suite('charts');
const test = existsSync(join(root, 'demos/bench/node_modules/echarts')) ? charts : charts.skip;

test('are the same for the same data, on a white background, whatever was drawn before', async () => {
  const bars = {
    title: 'Bars',
    subtitle: 'of ratios',
    unit: 'times',
    log: true,
    groups: [
      {
        name: 'ping-pong',
        bars: [
          { name: 'treadle', value: 0.5 },
          { name: 'effect', value: 34 },
          { name: 'co', value: Number.NaN },
        ],
      },
    ],
  };
  const lines = {
    title: 'Lines',
    subtitle: '',
    x: { name: 'n', log: true },
    y: { name: 'ns' },
    series: [
      {
        name: 'switch',
        points: [
          [1, 2],
          [10, 3],
        ] as const,
      },
    ],
  };
  const first = [await barChart(bars), await lineChart(lines)];
  const second = [await lineChart(lines), await barChart(bars)].reverse();
  assert.equal(second, first);
  for (const svg of first) {
    assert.match(svg, /^<svg [^>]*viewBox="0 0 \d+ \d+">\n<rect [^>]*fill="#ffffff"/);
    assert.not.match(svg, /NaN|undefined|class=/);
  }
  for (const text of ['Bars', 'of ratios', 'ping-pong', 'treadle', 'effect', '0.5', '34'])
    assert.match(first[0]!, `>${text}</text>`);
  assert.not.match(first[0]!, '>co</text>'); // it has no value
});

charts.run();
