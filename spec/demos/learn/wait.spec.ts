// `node demos wait` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, plainDemo, numbers, printed, succeeded } from '../../support/demo.ts';

const test = suite('demo wait');

test('one table: after all, in time, at each end and at the first failure; then as they come', async () => {
  const ended = await demo('wait --delay 100 --virtual');
  succeeded(ended);
  printed(
    ended,
    `
                                        n1         n2         n3         after
    wait(tasks)                         ✓ done     ✓ done     ✓ done       300 ms
      { timeout }                       ✓ done     · pending  · pending    150 ms
      { returnWhen: 'first-completed' } ✓ done     · pending  · pending    100 ms
        again, with what is left                   ✓ done     · pending    200 ms
        again, with what is left                              ✓ done       300 ms
      { returnWhen: 'first-failed' }    ✓ done     ✗ done     · pending    200 ms
    yield* n1  gives n1
    yield* n2  throws Error: no luck
    yield* n3  gives n3
    asCompleted([n3, n1, n2])  gives n1, n2, n3`,
  );
});

test('on the system clock too it comes to its end, and never early', async () => {
  const ended = await plainDemo('wait --delay 50');
  succeeded(ended);
  assert.is(ended.texts.at(-1), 'asCompleted([n3, n1, n2])  gives n1, n2, n3');
  const [[all] = []] = numbers(ended.out, /^wait\(tasks\) .* (\d+) ms$/gm);
  assert.ok(all! >= 149, `${all} ms`);
});

test.run();
