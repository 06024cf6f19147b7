// Handles: a callback in the hands of the loop, and a listener, which is told at once.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Handle, Listener } from '../../lib/kernel/handle.ts';
import { List, wakeAll } from '../../lib/kernel/waiting.ts';
import { HandLoop } from '../support/hand-loop.ts';

const test = suite('handles');

test('a callback is called in its turn, once, with its argument', () => {
  const loop = new HandLoop();
  const log: unknown[] = [];
  const handle = new Handle(loop, (argument: unknown) => log.push(argument), ['argument']);
  handle._wake();
  assert.equal(log, []);
  assert.is(loop.steps(), 1);
  assert.equal(log, ['argument']);
});

test('a cancelled callback is not called: neither from its place nor from the ready queue', () => {
  const loop = new HandLoop();
  const log: unknown[] = [];
  const list = new List();
  const [parked, ready] = [new Handle(loop, () => log.push('parked')), new Handle(loop, () => log.push('ready'))];
  list._park(parked);
  ready._wake();
  parked.cancel();
  ready.cancel();
  assert.is(list._first, undefined, 'it has left its place');
  wakeAll(list);
  loop.steps();
  assert.equal(log, []);
});

test('cancelling it twice, or after its turn, does nothing', () => {
  const loop = new HandLoop();
  let calls = 0;
  const handle = new Handle(loop, () => calls++);
  handle._wake();
  loop.steps();
  handle.cancel();
  handle.cancel();
  assert.is(calls, 1);
});

test('a callback that throws is reported by its name, and the loop goes on', () => {
  const loop = new HandLoop();
  const log: unknown[] = [];
  const error = new Error('no');
  new Handle(loop, function tick() {
    throw error;
  })._wake();
  new Handle(loop, () => log.push('next'))._wake();
  loop.steps();
  assert.equal(loop.reports, [[error, 'the callback tick']]);
  assert.equal(log, ['next']);
});

test('a listener is told in the very step, and not through the ready queue', () => {
  const loop = new HandLoop();
  const list = new List<Listener>();
  let told = 0;
  for (let i = 0; i < 2; i++) list._park(new Listener(() => told++));
  list._first!.cancel();
  wakeAll(list);
  assert.is(told, 1, 'the cancelled one is not');
  assert.is(loop.steps(), 0);
});

test.run();
