// The arithmetic of the benchmark, and the tables that it prints.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { figureOf, json, median, mediansOf, verdicts } from '../../../demos/bench/report.ts';
import { comparison, goalTable, table } from '../../../demos/bench/table.ts';
import { withBefore } from '../../../demos/bench/variants.ts';
import { measured, rounds, took, variant, workload } from './made-up.ts';

const test = suite('the report of the benchmark');

test('takes a ratio within each round, and then the median', () => {
  assert.equal(figureOf(rounds, 'time', 'treadle', 'native'), { median: 0.5, min: 0.5, max: 0.6 });
  assert.equal(figureOf(rounds, 'time', 'treadle'), { median: 12, min: 10, max: 40 });
  // Here the ratio of the medians would be 0.6.
  assert.equal(figureOf([took(10, 20), took(40, 20), took(12, 100)], 'time', 'treadle', 'native')?.median, 0.5);
});

test('the median of an even number of values is between the two in the middle', () => {
  assert.is(median([4, 1, 3, 100]), 3.5);
  assert.is(median([7]), 7);
});

test('a figure that a sample does not have, or has as null, is left out', () => {
  assert.equal(
    mediansOf([
      { a: 1, b: null as never },
      { a: 3, b: 5 },
      { a: 2, c: null as never },
    ]),
    { a: 2, b: 5 },
  );
  assert.is(figureOf(rounds, 'time', 'co'), undefined);
  assert.is(figureOf(rounds, 'time', 'treadle', 'co'), undefined);
});

test('says which goals are met, which are missed and which were not measured', () => {
  assert.equal(
    verdicts(measured).map(({ met }) => met),
    [true, false, undefined],
  );
  const lines = goalTable([measured]).split('\n');
  assert.match(lines[0]!, /treadle \/ native +0\.50 +0\.50\.\.0\.60 +at most 0\.60 +met$/);
  assert.match(lines[1]!, /treadle +12\.0 ns +10\.0\.\.40\.0 +at most 5\.00 ns +missed$/);
  assert.match(lines[2]!, /not measured$/);
  const atLeast = { ...measured, workload: { ...workload, goals: [{ variant: 'treadle', limit: 11, atLeast: true }] } };
  assert.equal(
    verdicts(atLeast).map(({ met }) => met),
    [true],
  );
});

test('is 120 columns wide, and says "failed" where there is nothing to say', () => {
  const [head = '', row = ''] = table([measured]).split('\n');
  assert.is(head.length, 120);
  assert.is(row.length, 120);
  assert.match(row, /^a made-up one +20\.0 ns +12\.0 ns +0\.50 +failed +±10%$/);
});

test('beside the state before has a row for each variant of treadle, and marks what differs by more than the noise', () => {
  const variants = { ...workload.variants, 'treadle bare': variant };
  const beside = withBefore({ ...workload, variants });
  const round = (before: number, treadle: number, bare: number) => ({
    before: { figures: { time: before } },
    treadle: { figures: { time: treadle } },
    'before bare': { figures: { time: 100 } },
    'treadle bare': { figures: { time: bare } },
    native: { figures: { time: 20 } },
  });
  const slower = { workload: beside, rounds: [round(10, 12, 100), round(40, 50, 110), round(20, 26, 93)] };
  const [head = '', row = '', bare = '', ...rest] = comparison([slower]).split('\n');
  assert.match(head, /^ +before +treadle +native +\/ before +rounds +noise +\/ native: before +now$/);
  assert.match(row, /^a made-up one +20\.0 ns +26\.0 ns +20\.0 ns +1\.25 +1\.20\.\.1\.30 +±4% +worse +1\.00 +1\.30$/);
  assert.match(bare, /^a made-up one, bare +100 ns +100 ns +20\.0 ns +1\.00 +0\.93\.\.1\.10 +±9% +5\.00 +5\.00$/);
  assert.equal(rest, []);
  const faster = { ...slower, rounds: [round(12, 10, 1), round(50, 40, 1)] };
  assert.match(comparison([faster]), /^a made-up one .* 0\.82 +0\.80\.\.0\.83 +±2% +better /m);
  const moreIsBetter = {
    ...beside,
    figures: { time: 'ns' },
    goals: [{ variant: 'treadle', figure: 'time', limit: 1, atLeast: true }],
  };
  assert.match(comparison([{ ...slower, workload: moreIsBetter }]), /^a made-up one .* 1\.25 .* better/m);
  assert.match(
    comparison([{ ...slower, rounds: [round(10, 20, 1)] }]),
    /^a made-up one +10\.0 ns +20\.0 ns +20\.0 ns +2\.00 +0\.50 +1\.00$/m,
  );
});

test('beside the state before says what failed', () => {
  const failing = { before: { error: 'no such export' }, treadle: { figures: { time: 3 } } };
  const lines = comparison([{ workload: withBefore(workload), rounds: [failing] }]).split('\n');
  assert.match(lines[1]!, /^a made-up one +failed +3\.00 ns +-$/);
});

test('as JSON has every sample and every ratio', () => {
  const [entry] = (JSON.parse(json({ node: 'v1' }, [measured])) as { workloads: any[] }).workloads;
  assert.equal(entry.figures[0].variants.treadle.toNative, { median: 0.5, min: 0.5, max: 0.6 });
  assert.equal(entry.rounds, JSON.parse(JSON.stringify(rounds)));
});

test.run();
