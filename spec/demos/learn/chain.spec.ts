// `node demos chain` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, succeeded, timeOf } from '../../support/demo.ts';

const test = suite('demo chain');

test('in order within a chain, and three chains overlap', async () => {
  const ended = await demo('chain --delay 100');
  succeeded(ended);
  for (const n of [1, 2, 3]) {
    const own = ended.lines.filter(({ text }) => text.startsWith(`report ${n}:`));
    assert.is(own.length, 3);
    const [asked, known, done] = own.map(({ time }) => time) as [number, number, number];
    assert.ok(known - asked >= n * 100 - 1 && done - known >= n * 100 - 1, ended.out);
  }
  const total = timeOf(ended, 'three reports');
  assert.ok(total >= 600 && total < 1150, `${total} ms, and not 1200`);
  assert.match(ended.out, 'three reports: 5 + 6 + 3 orders\n');
  assert.is(ended.texts.at(-1), '5000050000');
});

test.run();
