// `node demos gather` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, patiently, succeeded, timeOf } from '../../support/demo.ts';
import type { Ended } from '../../support/demo.ts';

const test = suite('demo gather');

test('completion in one order, results in the other; a failure is seen when the rest has cleaned up', () =>
  patiently((factor) => demo(`gather --delay ${100 * factor}`), look));

function look(ended: Ended, factor: number): void {
  succeeded(ended);
  const before = (...texts: string[]) => {
    const found = texts.map((text) => ended.texts.findIndex((line) => line.includes(text)));
    assert.equal(
      found,
      [...found].sort((a, b) => a - b),
      ended.out,
    );
    assert.ok(!found.includes(-1), ended.out);
  };
  before('C is done', 'B is done', 'A is done', 'results in the order of the array: [ 24, 6, 2 ]');
  before('two is done', 'three is done', 'two = 2 and three = 6');
  before('is cancelled and cleans up', '... and has cleaned up', 'nothing left running: Error: no such number');
  before('D is done', "allSettled cancels nobody: [ 'fulfilled', 'rejected' ]");
  const together = timeOf(ended, 'results in the order of the array');
  assert.ok(together >= 300 * factor - 1 && together < 590 * factor, `${together} ms, and not ${600 * factor}`);
  assert.ok(timeOf(ended, '... and has cleaned up') - timeOf(ended, 'is cancelled and cleans up') >= 99);
}

test.run();
