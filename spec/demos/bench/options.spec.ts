// The command line of the benchmark.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BadInput, read } from '../../../demos/bench/options.ts';
import { variant, workload } from './made-up.ts';

const test = suite('the options of the benchmark');

test('choose workloads by words and variants by peer, and native always', () => {
  const all = [workload, { ...workload, id: 'other', variants: { 'treadle bare': variant, native: variant } }];
  assert.equal(
    read(['--only', 'oth'], all).workloads.map(({ id }) => id),
    ['other'],
  );
  const { workloads: chosen, needsPeers } = read(['--peers', 'treadle'], all);
  assert.equal(
    chosen.map(({ variants }) => Object.keys(variants)),
    [
      ['treadle', 'native'],
      ['treadle bare', 'native'],
    ],
  );
  assert.not(needsPeers);
  assert.ok(read(['--peers', 'co'], all).needsPeers);
  assert.equal(read(['--quick'], all).rounds, 1);
});

test('choose variants by the heads of their columns, and leave the peers out beside a state before', () => {
  const bare = { ...workload, id: 'other', variants: { ...workload.variants, 'treadle bare': variant } };
  const chosen = (...argv: string[]) =>
    read(argv, [bare]).workloads.map(({ variants }) => Object.keys(variants).join(', '));
  assert.equal(chosen('--variants', 'bare'), ['native, treadle bare']);
  assert.equal(chosen('--variants', 'treadle,co'), ['treadle, native, co']);
  assert.equal(chosen('--before', 'somewhere'), ['treadle, native, treadle bare']);
  assert.equal(chosen('--before', 'somewhere', '--variants', 'treadle,co'), ['treadle, native, co']);
  assert.is(read(['--before', 'somewhere'], [bare]).before, 'somewhere');
  assert.not(read(['--before', 'somewhere'], [bare]).needsPeers);
  assert.ok(read(['--before', 'somewhere', '--variants', 'treadle,co'], [bare]).needsPeers);
});

test('that make no sense are refused in one line', () => {
  for (const argv of [
    ['--rounds', '0'],
    ['--rounds', 'x'],
    ['--peers', 'rxjs'],
    ['--variants', 'naked'],
    ['--before', 'somewhere', '--peers', 'co'],
    ['--only', 'zz'],
    ['--nonsense'],
    ['stray'],
  ]) {
    assert.throws(
      () => read(argv, [workload]),
      (error: unknown) => error instanceof BadInput && !error.message.includes('\n'),
      argv.join(' '),
    );
  }
});

test.run();
