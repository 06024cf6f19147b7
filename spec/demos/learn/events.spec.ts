// `node demos events` as a person runs it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { demo, plainDemo, printed, succeeded } from '../../support/demo.ts';

const test = suite('demo events');

test('a set event wakes all, a condition as many as it is told to, a barrier none until all have arrived', async () => {
  const ended = await demo('events --delay 100 --virtual');
  succeeded(ended);
  printed(
    ended,
    `
    Event: when it is set, all tasks that wait for it go on
      0 ms  is it set? false
      0 ms  first waits for the event
      0 ms  second waits for the event
      0 ms  third waits for the event
    100 ms  set the event
    100 ms  first runs
    100 ms  second runs
    100 ms  third runs
    100 ms  is it set? true
    100 ms  late waits for the event
    100 ms  late runs
    Condition: it wakes as many as you say, the longest-waiting first
    200 ms  notify(1)
    200 ms  A is woken
    300 ms  notify(2)
    300 ms  B is woken
    300 ms  C is woken
    400 ms  notifyAll()
    400 ms  D is woken
    400 ms  E is woken
    Barrier: no task goes on until three have arrived
    500 ms  friend 1 arrives; 0 waiting
    600 ms  friend 2 arrives; 1 waiting
    700 ms  friend 3 arrives; 2 waiting
    700 ms  friend 3 goes on
    700 ms  friend 1 goes on, and announces that all are here
    700 ms  friend 2 goes on`,
  );
});

test('on the system clock too it comes to its end, and never early', async () => {
  const ended = await plainDemo('events --delay 50');
  succeeded(ended);
  const { text, time } = ended.lines.at(-1)!;
  assert.is(text.trim(), 'friend 2 goes on');
  assert.ok(time >= 349, `${time} ms`);
});

test.run();
