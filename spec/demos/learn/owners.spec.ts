// `node demos owners` as a person runs it.
import { suite } from 'uvu';
import { demo, printed, succeeded } from '../../support/demo.ts';

const test = suite('demo owners');

test('an owner waits, fails, is cancelled; daemons and detached tasks', async () => {
  const ended = await demo('owners --virtual');
  succeeded(ended);
  printed(
    ended,
    `
    The owner waits for its children
         0 ms    its last line is over
       200 ms      a is done
       400 ms      b is done
       400 ms  <Task #2 owner succeeded>
    It fails: its children are cancelled, and clean up before anybody sees that
       600 ms      b fails
       600 ms      a is cancelled, and cleans up
       600 ms  <Task #5 owner failed: Error: b has failed>
    A child fails and nobody joins it: the owner fails at its end
       800 ms      b fails
      1200 ms      a is done
      1200 ms  <Task #8 owner failed: Error: b has failed>
    It is cancelled, and its children with it
      1200 ms    its last line is over
      1400 ms    the owner is cancelled
      1400 ms      a is cancelled, and cleans up
      1400 ms      b is cancelled, and cleans up
      1400 ms  <Task #11 owner cancelled>
    A daemon is not waited for, and is cancelled last
      1600 ms      a is done
      1600 ms      daemon is cancelled, and cleans up
      1600 ms  <Task #14 owner succeeded>
    A detached task goes on when its owner is cancelled
      1800 ms    the owner is cancelled
      1800 ms      a is cancelled, and cleans up
      1800 ms  <Task #17 owner cancelled>
      2000 ms      detached is done`,
  );
});

test.run();
