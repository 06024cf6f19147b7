// `node demos wait` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, printed, succeeded } from '../../support/demo.ts';

const test = suite('demo wait');

test('done and pending after all, in time, at the first end and at the first failure; then as they come', async () => {
  const ended = await demo('wait --delay 100 --virtual');
  succeeded(ended);
  printed(
    ended,
    `
    wait(tasks)
     100 ms  n1 ends
     200 ms  n2 ends
     300 ms  n3 ends
     300 ms  done:    <Task #2 n1 succeeded: 'result 1'>
     300 ms  done:    <Task #3 n2 succeeded: 'result 2'>
     300 ms  done:    <Task #4 n3 succeeded: 'result 3'>
     300 ms  pending: none
    wait(tasks, { timeout })
     400 ms  n1 ends
     450 ms  done:    <Task #5 n1 succeeded: 'result 1'>
     450 ms  pending: <Task #6 n2 waiting on sleep(200)>
     450 ms  pending: <Task #7 n3 waiting on sleep(300)>
     450 ms  cancel:  <Task #6 n2 cancelled: 'too late'>
     450 ms  cancel:  <Task #7 n3 cancelled: 'too late'>
    wait(tasks, { returnWhen: 'first-completed' }), until none is pending
     550 ms  n1 ends
     550 ms  done:    <Task #8 n1 succeeded: 'result 1'>
     550 ms  pending: <Task #9 n2 waiting on sleep(200)>
     550 ms  pending: <Task #10 n3 waiting on sleep(300)>
     650 ms  n2 ends
     650 ms  done:    <Task #9 n2 succeeded: 'result 2'>
     650 ms  pending: <Task #10 n3 waiting on sleep(300)>
     750 ms  n3 ends
     750 ms  done:    <Task #10 n3 succeeded: 'result 3'>
     750 ms  pending: none
    wait(tasks, { returnWhen: 'first-failed' }), where n2 fails
     850 ms  n1 ends
     950 ms  done:    <Task #11 n1 succeeded: 'result 1'>
     950 ms  done:    <Task #12 n2 failed: Error: no luck>
     950 ms  pending: <Task #13 n3 waiting on sleep(300)>
     950 ms  n1 gave result 1
     950 ms  n2 threw Error: no luck
    1050 ms  n3 ends
    1050 ms  n3 gave result 3
    asCompleted([work(3), work(1), work(2)])
    1150 ms  n1 ends
    1150 ms  next comes result 1
    1250 ms  n2 ends
    1250 ms  next comes result 2
    1350 ms  n3 ends
    1350 ms  next comes result 3`,
  );
});

test('on the system clock too it comes to its end, and never early', async () => {
  const ended = await demo('wait --delay 50');
  succeeded(ended);
  const { text, time } = ended.lines.at(-1)!;
  assert.is(text.trim(), 'next comes result 3');
  assert.ok(time >= 674, `${time} ms`);
});

test.run();
