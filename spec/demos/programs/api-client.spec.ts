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

/**
 * Runs the demo. If the machine was so busy that requests which were sent evenly came in a burst, some were refused, and
 * it is run again.
 */
async function unhurried(args: string): Promise<readonly [careless: Part, careful: Part]> {
  for (let attempt = 1; ; attempt++) {
    const ended = await demo(args);
    succeeded(ended);
    const [first = '', second = ''] = ended.out.split('With a RateLimit');
    const [careless, careful] = [read(first), read(second)];
    if ((careful.refused === 0 && careless.refused > 0) || attempt === 5) return [careless, careful];
  }
}

const test = suite('demo api-client');

test('both ways get all records: one is refused and comes again when it is told, the other is not refused', async () => {
  const [careless, careful] = await unhurried('api-client --rate 40');
  assert.ok(careless.refused > 0 && careless.seconds >= 1, `${careless.refused} refused, ${careless.seconds} s`);
  assert.is(careful.refused, 0);
  // 17 after the burst of 3, at 36 a second.
  assert.ok(careful.seconds >= 0.47, `${careful.seconds} s`);
});

test.run();
