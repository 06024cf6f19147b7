// `node demos bench workers`: its options, its table, and one quick run, whose figures mean nothing. No peer needs to be installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput } from '../../../demos/bench/options.ts';
import type { Measured, Rounds } from '../../../demos/bench/report.ts';
import { readWorkers, workersTable } from '../../../demos/bench/workers.ts';
import { hasPython } from '../../../demos/bench/workloads/worker-pools.ts';
import { workerWorkloads } from '../../../demos/bench/workloads/workers.ts';
import { demo } from '../../support/demo.ts';
import { root } from '../../support/package.ts';
import { variant } from './made-up.ts';

const test = suite('node demos bench workers');
const installed = existsSync(join(root, 'demos/bench/node_modules/tinypool'));

const chosen = (...argv: string[]) =>
  readWorkers(argv, workerWorkloads, () => true).workloads.map(
    ({ id, variants }) => `${id}: ${Object.keys(variants).join(', ')}`,
  );

test('measures all peers of a group, or some of them, and treadle always', () => {
  assert.equal(chosen(), [
    'threads-1: treadle, tinypool, piscina, workerpool, jest-worker',
    'threads-16: treadle, tinypool, piscina',
    'processes-1: treadle, tinypool, workerpool, jest-worker, python',
    'processes-16: treadle, tinypool',
  ]);
  assert.equal(chosen('--only', 'processes', '--peers', 'piscina,python'), [
    'processes-1: treadle, python',
    'processes-16: treadle',
  ]);
  assert.equal(chosen('--before', 'somewhere', '--only', 'threads-1'), ['threads-1: treadle', 'threads-16: treadle']);
  const { peers } = readWorkers(['--only', 'threads-16'], workerWorkloads, () => true);
  assert.equal(peers, ['tinypool', 'piscina'], 'that have to be installed');
});

test('leaves Python out where there is none', () => {
  const { workloads } = readWorkers([], workerWorkloads, () => false);
  assert.not(workloads.some(({ variants }) => 'python' in variants));
});

test('refuses options that make no sense, in one line', () => {
  for (const argv of [['--rounds', '0'], ['--peers', 'effect'], ['--only', 'fibres'], ['--nope'], ['stray']])
    assert.throws(
      () => readWorkers(argv, workerWorkloads, () => true),
      (error: unknown) => error instanceof BadInput && !error.message.includes('\n'),
      argv.join(' '),
    );
});

const took = (treadle: number, tinypool: number, python: number) => ({
  treadle: { figures: { call: treadle, first: 100 } },
  tinypool: { figures: { call: tinypool, first: 50 } },
  python: { figures: { call: python, first: 1 } },
  piscina: { error: '> 60 s' },
});
const measuredOf = (...rounds: Rounds): Measured => ({
  workload: {
    id: 'made-up',
    title: 'a made-up group',
    figures: { call: 'µs', first: 'ms' },
    variants: { treadle: variant, tinypool: variant, piscina: variant, python: variant },
  },
  rounds,
});

test('compares treadle with the best peer of each row, within a round', () => {
  const lines = workersTable([measuredOf(took(30, 20, 60), took(150, 100, 300), took(34, 20, 60))]).split('\n');
  assert.equal(lines[1], 'a made-up group');
  assert.match(lines[2]!, /^ {2}call \(µs\) +34\.0 +20\.0 +> 60 s +60\.0 +tinypool +1\.50 +1\.50\.\.1\.70 +±7% +more$/);
});

test('does not compare the start of a forked Python with that of a new process', () => {
  const [, , call, first] = workersTable([measuredOf(took(30, 20, 10), took(30, 20, 10))]).split('\n');
  assert.match(call!, / python +3\.00 /);
  assert.match(first!, /^ {2}first \(ms\) .* 1\.00 +tinypool +2\.00 /);
});

test('runs every group with treadle, and with all of the peers that there are', async () => {
  const peers = [
    ...(installed ? ['tinypool', 'piscina', 'workerpool', 'jest-worker'] : []),
    ...(hasPython() ? ['python'] : []),
  ];
  const { code, out } = await demo(`bench workers --quick --peers ${['treadle', ...peers].join(',')}`);
  assert.is(code, 0, out);
  assert.not.match(out, /failed/i);
  for (const peer of peers) assert.match(out, new RegExp(`^ +treadle.* ${peer} `, 'm'));
  for (const { title, figures } of workerWorkloads) {
    const lines = out
      .slice(out.indexOf(`\n${title}`))
      .trim()
      .split('\n')
      .slice(1);
    for (const [i, figure] of Object.keys(figures!).entries())
      assert.match(lines[i]!, new RegExp(`^ {2}${figure} \\(..\\) +[\\d.,]+(M|k)?`), title);
  }
});

test.run();
