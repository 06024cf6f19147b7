// `node demos bench growth`: its verdict, and that what it measures works. What it finds is not checked here, because a
// busy machine would decide it.
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { growthTable, verdict } from '../../../demos/bench/growth.ts';
import type { Grown } from '../../../demos/bench/growth.ts';
import { compile } from '../../../demos/bench/rounds.ts';
import { refusal } from '../../support/demo-module.ts';
import { root } from '../../support/package.ts';
import { node } from '../../support/programs.ts';

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

const test = suite('the verdict on growth');

test('O(1), O(log n) and what the caches add are good; O(n) and O(sqrt n) are not, however small they begin', () => {
  assert.is(judged(grown('constant', () => 50))?.good, true);
  assert.is(judged(grown('logarithm', (n) => 50 * Math.log(n + 1)))?.good, true);
  assert.is(judged({ ...grown('a dozen objects', (n) => 50 + (n > 10_000 ? 2_000 : 0)), objects: 12 })?.good, true);
  assert.is(judged(grown('caches', (n) => 50 + (n > 10_000 ? 400 : 0)))?.good, true);
  assert.is(judged(grown('linear', (n) => 500 + n / 100))?.good, false);
  assert.is(judged(grown('root', (n) => 20 * Math.sqrt(n)))?.good, false);
});

test('takes the fastest samples, and says what it found and what it allowed', () => {
  assert.equal(judged(grown('constant', () => 50)), {
    largest: 1_000_000,
    times: 1,
    limit: 2 * (50 + 4 * 100),
    good: true,
  });
});

test('cannot say anything without a size beyond 1,000', () => {
  const one = grown('constant', () => 50);
  assert.is(judged({ ...one, sizes: one.sizes.slice(0, 4) }), undefined);
});

test('an operation that was stopped early, because it is linear, is judged at the size that it reached', () => {
  const one = grown('linear', (n) => 100 + 10 * n);
  assert.is(judged({ ...one, sizes: one.sizes.slice(0, 5) })?.good, false);
});

test('the table has a line for each, and marks what is worse and what failed', () => {
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

test('every operation that is measured works', async () => {
  const { child, remove } = await compile(join(root, 'demos/bench/growth/child.ts'));
  try {
    const { code, err } = await node([child, '--check'], { limit: 400_000 });
    assert.is(code, 0, err);
    assert.ok((JSON.parse((await node([child, '--list'], { limit: 400_000 })).out) as unknown[]).length > 50);
  } finally {
    remove();
  }
});

test('the command measures what it is asked for, and prints a table', async () => {
  const { code, out, err } = await node(['demos', 'bench', 'growth', '--only', 'control', '--largest', '1000'], {
    limit: 400_000,
  });
  assert.is(code, 0, err);
  assert.match(out, /make n objects that live +\d/);
  assert.not.match(out, 'sleepers');
});

test('what makes no sense is refused with one line and exit code 2', async () => {
  for (const args of [
    ['growth', '--largest', '12'],
    ['soak', '--minutes', 'x'],
    ['soak', '--samples', '0'],
    ['soak', '--wrong'],
  ]) {
    const { code, err } = await (args.includes('--wrong') ?
      node(['demos', 'bench', ...args], { limit: 400_000 })
    : refusal('bench', ...args));
    assert.is(code, 2, err);
    assert.is(err.trim().split('\n').length, 2, err);
  }
});

test.run();
