// `node demos chain` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, plainDemo, numbers, patiently, printed, succeeded } from '../../support/demo.ts';
import type { Ended } from '../../support/demo.ts';

const test = suite('demo chain');

test('in order within a chain, and three chains overlap, in one picture', async () => {
  const ended = await demo('chain --virtual');
  succeeded(ended);
  printed(
    ended,
    `
    report 1  ░░░░░░░██████ 600 ms: Ada has 3 orders
    report 2  ░░░░░░░░░░░░░██████████████ 1200 ms: Edsger has 6 orders
    report 3  ░░░░░░░░░░░░░░░░░░░░████████████████████ 1800 ms: Grace has 5 orders
    ░ getUser  █ countOrders, which needs the name
    three at once 1800 ms, one after another 3600 ms
    chains can be long: 1 + 2 + ... + 100000 by 100000 nested calls is 5000050000`,
  );
});

test('on the system clock too, never early', () =>
  patiently((factor) => plainDemo(`chain --delay ${50 * factor}`), look));

function look(ended: Ended, factor: number): void {
  succeeded(ended);
  const [[together, apart] = []] = numbers(ended.out, /three at once (\d+) ms, one after another (\d+) ms/g);
  assert.ok(together! >= 300 * factor - 1 && apart! >= 600 * factor - 1 && apart! > 1.5 * together!, ended.out);
  const ends = numbers(ended.out, /^report \d +░+█+ (\d+) ms: \w+ has \d orders$/gm).map(([ms]) => ms!);
  assert.is(ends.length, 3);
  for (const [i, ms] of ends.entries()) assert.ok(ms >= 100 * factor * (i + 1) - 1, ended.out);
}

test.run();
