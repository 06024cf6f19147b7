// `node demos callbacks` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, plainDemo, printed, succeeded, timeOf } from '../../support/demo.ts';

const test = suite('demo callbacks');

test('in order, through the loop; one that throws stops nobody; what was taken back is not called', async () => {
  const ended = await demo('callbacks --delay 100 --virtual');
  succeeded(ended);
  printed(
    ended,
    `
    addDoneCallback on a task:
      0 ms  callbacks removed: 1
    100 ms  callback 1: done, and <Task #1 work succeeded: 42>
    100 ms  callback 2: done, and <Task #1 work succeeded: 42>
    100 ms  onError got "Error: this stops nobody", in the callback broken
    100 ms  callback 3: result() gives 42
    addDoneCallback on a future:
    200 ms  set the result
    200 ms  it is set, and no callback has been called yet
    200 ms  callback 1: done, and <Future succeeded: 42>
    200 ms  callback 2: done, and <Future succeeded: 42>
    callSoon, callLater, callAt:
    200 ms  9 calls were asked for, and 2 of them cancelled; now the loop runs
    200 ms  the first callSoon
    200 ms  the second callSoon, which asks for one more
    200 ms  the third callSoon
    200 ms  the callSoon from inside the second: one pass later
    300 ms  callLater(1 unit)
    400 ms  callLater(2 units)
    500 ms  callAt(start + 3 units)
    600 ms  callLater(4 units): stop`,
  );
});

test('the same on the system clock, and never early', async () => {
  const ended = await plainDemo('callbacks --delay 60');
  succeeded(ended);
  assert.ok(timeOf(ended, 'callback 1') >= 59, ended.out);
  const start = timeOf(ended, '9 calls were asked for');
  assert.ok(start >= 119, ended.out);
  for (const [n, text] of [
    'callLater(1 unit)',
    'callLater(2 units)',
    'callAt(start + 3 units)',
    'callLater(4 units): stop',
  ].entries()) {
    assert.ok(timeOf(ended, text) - start >= 60 * (n + 1) - 1, ended.out);
  }
  assert.match(ended.texts.at(-1) ?? '', 'callLater(4 units): stop');
  assert.not.match(ended.out, 'NEVER');
});

test.run();
