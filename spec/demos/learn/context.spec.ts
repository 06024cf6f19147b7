// `node demos context` as a person runs it.
import { suite } from 'uvu';
import { demo, printed, succeeded } from '../../support/demo.ts';

const test = suite('demo context');

test('two requests at once keep their own values, also in the tasks that they spawn', async () => {
  const ended = await demo('context --virtual');
  succeeded(ended);
  printed(
    ended,
    `
    Two requests at once, each with its own values:
         0 ms  [r1, nobody] begins
         0 ms  [r2, nobody] begins
       100 ms  [r1, Ada] read prices
       150 ms  [r2, Grace] read prices
       200 ms  [r1, Ada] read orders
       200 ms  [r1, nobody] answers
       300 ms  [r2, Grace] read orders
       300 ms  [r2, nobody] answers
       500 ms  [r1, nobody] read statistics
       750 ms  [r2, nobody] read statistics
    Outside of them:
       750 ms  [no request, nobody] the defaults`,
  );
});

test.run();
