// `node demos hello` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, succeeded } from '../../support/demo.ts';

const test = suite('demo hello');

test('calling prints nothing; run prints nothing yet; then the coroutine runs and waits', async () => {
  const start = performance.now();
  const ended = await demo('hello --name Ada --delay 300');
  succeeded(ended);
  assert.ok(performance.now() - start >= 300);
  const order = [
    /^1\. .*Object \[Generator\] \{\}/,
    /^2\. .*sleep\(300\)/,
    /^3\. .*<Task #1 main ready>/,
    /./,
    /Hello \.\.\./,
    /\.\.\. Ada!/,
    /^4\. .* 3 .*<Task #1 main succeeded: 3>/,
  ];
  assert.is(ended.texts.length, order.length);
  for (const [i, pattern] of order.entries()) assert.match(ended.texts[i] as string, pattern);
});

test.run();
