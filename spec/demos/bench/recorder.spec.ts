// `node demos bench recorder`: its verdict, and that it runs.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judge, recorderTable } from '../../../demos/bench/recorder.ts';
import { refusal } from '../../support/demo-module.ts';
import { demo } from '../../support/demo.ts';

const test = suite('node demos bench recorder');

const pairsOf = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([bare, recorded]) => ({ tasks: 1, bare, recorded }));

test('the best runs are judged, and the ratios of pairs are shown', () => {
  const judged = judge(1, pairsOf([100, 200], [50, 400], [60, 150]));
  assert.equal(judged, { tasks: 1, bare: 50, recorded: 150, ratio: 3, quarters: [2, 2.5, 8] });
  assert.not.match(recorderTable([judged]), /more than/);
});

test('more than 3 times as much is marked', () => {
  assert.match(recorderTable([judge(1, pairsOf([10, 31]))]), /1 task .* 10 ns .* 31 ns .* 3\.10 .* more than 3/);
});

test('one pair runs, and says what it measured', async () => {
  const { out, err } = await demo('bench recorder --pairs 1 --turns 5000 --tasks 2000');
  assert.is(err, '');
  for (const name of ['1 task ', '100 tasks ', '10,000 tasks '])
    assert.match(out, new RegExp(`^${name} +\\d+ ns +\\d+ ns +\\d`, 'm'));
  assert.match(out, /^2,000 tasks under a recorder: \d+ ms, 1\d,\d+ events, 0 dropped/m);
});

test('bad options are refused in a line', async () => {
  for (const args of ['--pairs 0', '--turns 1.5', '--tasks many', '--nope']) {
    const { code, err } = await refusal('bench', 'recorder', ...args.split(' '));
    assert.is(code, 2);
    assert.match(err, /--help lists the options/);
  }
});

test.run();
