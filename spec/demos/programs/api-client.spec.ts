// `node demos api-client` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, numbers, succeeded } from '../../support/demo.ts';

interface Part {
  readonly seconds: number;
  readonly refused: number;
}

/** What is said of one of the two ways. */
function read(part: string): Part {
  const [[records, seconds, refused] = []] = numbers(part, /(\d+) records in ([\d.]+) s, (\d+) requests refused/g);
  assert.is(records, 20, part);
  assert.is(part.split('✗').length - 1, refused, part);
  assert.is(part.split('✓').length - 1, 20, part);
  return { seconds: seconds!, refused: refused! };
}

/** Requests a second. */
const RATES = [40, 20, 10, 10, 10];

/**
 * Runs the demo. If the machine was so busy that requests which were sent evenly came in a burst, some were refused; if
 * it was busier still, none was sent too early. Then it is run again, with fewer requests a second.
 */
async function unhurried(): Promise<readonly [careless: Part, careful: Part]> {
  for (const [i, rate] of RATES.entries()) {
    const ended = await demo(`api-client --rate ${rate}`);
    succeeded(ended);
    const [first = '', second = ''] = ended.out.split('With a RateLimit');
    const [careless, careful] = [read(first), read(second)];
    if ((careful.refused === 0 && careless.refused > 0) || i === RATES.length - 1) return [careless, careful];
  }
  throw new Error('unreachable');
}

const test = suite('demo api-client');

test('both ways get all records: one is refused and comes again when it is told, the other is not refused', async () => {
  const [careless, careful] = await unhurried();
  assert.ok(careless.refused > 0 && careless.seconds >= 1, `${careless.refused} refused, ${careless.seconds} s`);
  assert.is(careful.refused, 0);
  // 17 after the burst of 3, at 36 a second.
  assert.ok(careful.seconds >= 0.47, `${careful.seconds} s`);
});

test.run();
