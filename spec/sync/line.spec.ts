// A line that knows its length.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sleep } from 'treadle';
import { wakeAll } from '../../lib/kernel/waiting.ts';
import { Line } from '../../lib/sync/line.ts';
import { HandLoop } from '../support/hand-loop.ts';

const test = suite('a line');

const tasks = (count: number) => {
  const loop = new HandLoop();
  const made = Array.from({ length: count }, () => loop.task(sleep(1)));
  loop._first = loop._last = undefined; // they stand in no queue
  for (const task of made) task._next = undefined;
  return made;
};

test('has as many as were parked and have not left, whichever way they left', () => {
  const line = new Line();
  const [a, b, c, d] = tasks(4) as [any, any, any, any];
  assert.is(line._length, 0);
  for (const one of [a, b, c, d]) line._park(one);
  assert.is(line._length, 4);
  line._withdraw(b); // a cancellation
  assert.is(line._length, 3);
  assert.is(line._shift(), a);
  assert.is(line._length, 2);
  wakeAll(line);
  assert.is(line._length, 0);
});

test('that is empty gives nobody, and stays empty', () => {
  const line = new Line();
  assert.is(line._shift(), undefined);
  wakeAll(line);
  assert.is(line._length, 0);
});

test('is first in, first out, like any list', () => {
  const line = new Line();
  const all = tasks(5);
  for (const task of all) line._park(task);
  for (const task of all) assert.is(line._shift(), task);
});

test.run();
