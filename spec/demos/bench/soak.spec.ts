// `node demos bench soak`: its verdict on the heap, and that its work goes on.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fit, judge } from '../../../demos/bench/soak.ts';
import { node } from '../../support/programs.ts';

const samples = (bytes: number, noise: number) =>
  Array.from({ length: 100 }, (_, i) => ({
    time: i * 100,
    rounds: i * 1_000,
    heap: 4e6 + bytes * i * 1_000 + noise * ((i * 7) % 11),
    rss: 1,
  }));

const test = suite('the verdict on the heap');

test('a line is fitted by least squares', () => {
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

test('what rises leaks; what is flat, falls, or only goes up and down does not', () => {
  assert.is(judge('virtual', samples(1, 10_000), undefined).good, false);
  assert.is(judge('virtual', samples(0, 10_000), undefined).good, true);
  assert.is(judge('virtual', samples(-1, 10_000), undefined).good, true);
  assert.is(judge('virtual', samples(0.4, 0), undefined).good, true); // less than the limit
  assert.is(judge('virtual', samples(0.6, 100_000), undefined).good, true); // within its noise
});

test('the warm-up does not count, too short a run says nothing, and a failure is not good', () => {
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

test('the work goes on for as long as it should, on both clocks', async () => {
  const args = '--minutes 0.05 --seconds 0.5 --samples 20'.split(' ');
  const { out, err } = await node(['demos', 'bench', 'soak', ...args], { limit: 400_000 });
  assert.match(out, /virtual clock: 3 s, [\d,]+ rounds/, err);
  assert.match(out, /system clock: \d+ s, [\d,]+ rounds/, err); // it may end late
  assert.is([...out.matchAll(/verdict {3}too short to tell$/gm)].length, 2, out);
});

test.run();
