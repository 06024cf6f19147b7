// `node demos csv` as a person runs it: the sums, the memory, and an end before its time.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refusal } from '../../support/demo-module.ts';
import { demo, numbers, succeeded } from '../../support/demo.ts';

const test = suite('demo csv');
const whole = demo('csv --size 12mb'); // one run for two specs

test('sums up every row, with only a few chunks on their way', async () => {
  const ended = await whole;
  succeeded(ended);
  const { out } = ended;
  const cities = numbers(out, /^ {2}\S+ +([\d,]+) rows +[\d,.]+ €$/gm);
  assert.is(cities.length, 7);
  assert.match(out, /\n {2}[\d,]{7} rows in \d+\.\d s, \d/);
  const [[chunks] = []] = numbers(out, /at most (\d+) chunks of 64 kB/g);
  // One in each stream and each coroutine; 188 have come in all.
  assert.ok(chunks! >= 1 && chunks! <= 12, out);
});

test('to read it whole takes more memory, by several times its size', async () => {
  const { out } = await whole;
  assert.match(out, '  the same sums\n');
  const [[more] = []] = numbers(out, /peak memory [\d.]+ MB, ([\d.]+) MB more/g);
  assert.ok(more! > 3 * 12, out);
});

test('--flat leaves that out, and Ctrl-C ends a stream without a word', async () => {
  const [flat, cut] = await Promise.all([
    demo('csv --size 300kb --flat'),
    demo('csv --size 100gb', (out, { child }) => {
      if (out.includes('as a stream')) child.kill('SIGINT');
    }),
  ]);
  succeeded(flat);
  assert.not.match(flat.out, 'whole');
  assert.is(cut.err, '');
  assert.is(cut.code, 130);
});

test('a size that makes no sense is one clear line', async () => {
  const all = [await demo('csv --size 5'), await refusal('csv', '--size', '1tb'), await refusal('csv', '--size', '1b')];
  for (const { code, out, err } of all) {
    assert.is(code, 2);
    assert.is(out, '');
    assert.match(err, /^--size is a number with kb, mb or gb behind it, from 1kb to 100gb, not "\w+"\n$/);
  }
});

test.run();
