// `node demos timeout` as a person runs it.
import { suite } from 'uvu';
import { demo, printed, succeeded } from '../../support/demo.ts';

const test = suite('demo timeout');

test('a limit that is up is thrown after the clean-up; the inner one alone; and one that moves', async () => {
  const ended = await demo('timeout --virtual');
  succeeded(ended);
  printed(
    ended,
    `
    timeout(200, work), where the work takes half as long
       100 ms  gives 7 rows
    timeout(200, work), where the work takes ten times as long
       300 ms    the clean-up begins
       400 ms    the clean-up is over
       400 ms  TimeoutError: query(2000) took longer than 200 ms, and was cancelled
    One in another: the limit that is up throws, and the outer one goes on
       600 ms    the clean-up begins
       700 ms    the clean-up is over
       700 ms  the inner limit is up: TimeoutError
       700 ms  gives an empty page
    A deadline that moves: each part that comes earns more time
       860 ms  part 1 has come: a whole limit more for the next
      1020 ms  part 2 has come: a whole limit more for the next
      1180 ms  part 3 has come: a whole limit more for the next
      1180 ms  gives all parts`,
  );
});

test.run();
