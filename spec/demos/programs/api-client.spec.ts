// `node demos api-client` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, numbers, succeeded } from '../../support/demo.ts';

const test = suite('demo api-client');

test('both ways get all records: one is refused and comes again when it is told, the other is not refused', async () => {
  const ended = await demo('api-client --rate 40');
  succeeded(ended);
  const [first = '', second = ''] = ended.out.split('With a RateLimit');
  const read = (part: string) => {
    const [[records, seconds, refused] = []] = numbers(part, /(\d+) records in ([\d.]+) s, (\d+) requests refused/g);
    assert.is(records, 20);
    assert.is(part.split('✗').length - 1, refused);
    assert.is(part.split('✓').length - 1, 20);
    return { seconds: seconds!, refused: refused! };
  };
  const careless = read(first);
  // A machine that was too busy to send them together has fewer refused. Each costs a whole second.
  assert.ok(careless.refused > 0 && careless.seconds >= 1, ended.out);
  const careful = read(second);
  // 17 after the burst of 3, at 36 a second.
  assert.ok(careful.refused <= 1 && careful.seconds >= 0.47, ended.out);
});

test.run();
