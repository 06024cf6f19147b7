// What queues and channels are made of: a task that is woken is promised an item or room, and redeems that in its turn.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { QueueClosedError, QueueFullError } from 'treadle';
import type { Coroutine, Task } from 'treadle';
import { Exchange } from '../../lib/sync/exchange.ts';
import { refuses, thrown } from '../support/errors.ts';
import { HandLoop } from '../support/hand-loop.ts';

const policy = (leastCapacity = 0) => ({
  title: 'an Exchange',
  leastCapacity,
  put: 'put',
  take: 'take',
  answer: (item: string) => `got ${item}`,
});

const exchange = (capacity: number) => new Exchange<string, string>(capacity, 'things', policy());

/** A loop by hand, with tasks that take and put, and tell the log. */
function scene(capacity: number) {
  const loop = new HandLoop();
  const log: string[] = [];
  const things = exchange(capacity);
  const taker = (name: string) =>
    loop.task(
      (function* (): Coroutine<void> {
        log.push(`${name} ${yield* things._take}`);
      })(),
      name,
    );
  const putter = (item: string) =>
    loop.task(
      (function* (): Coroutine<void> {
        yield* things._put(item);
        log.push(`${item} was put`);
      })(),
      item,
    );
  /** Takes the steps of everybody up to this task. */
  const until = (task: Task<any>, state: string) => {
    for (let i = 0; task.state !== state; i++) {
      assert.ok(i < 100 && loop.step(), `${task} is never ${state}`);
    }
  };
  return { loop, log, things, taker, putter, until };
}

const test = suite('an exchange');

test('keeps the promised item from everybody else, until its taker has its turn', () => {
  const { loop, log, things, taker } = scene(5);
  taker('first');
  loop.steps();
  things._putNow('a');
  assert.equal([things.size, things._hasItem], [1, false]);
  const second = taker('second'); // has its step behind the first
  loop.steps();
  assert.equal(log, ['first got a']);
  assert.is(second.state, 'waiting');
});

test('gives the promise of a cancelled taker to the next one, and the item does not move', () => {
  const { loop, log, things, taker } = scene(5);
  const first = taker('first');
  taker('second');
  loop.steps();
  things._putNow('a');
  things._putNow('b');
  first.cancel();
  assert.equal([things.size, things._hasItem], [2, true]);
  loop.steps();
  assert.equal(log, ['second got a']);
  assert.is(things._hasItem, true);
});

test('keeps the promised room from everybody else, and gives it to the next when its putter is cancelled', () => {
  const { loop, log, things, putter, taker } = scene(1);
  things._putNow('a');
  const b = putter('b');
  putter('c');
  loop.steps();
  const reader = taker('reader');
  loop.step();
  assert.is(reader.state, 'succeeded');
  assert.equal([things.size, things._hasRoom], [0, false]);
  assert.instance(
    thrown(() => things._putNow('d')),
    QueueFullError,
  );
  b.cancel();
  loop.steps();
  assert.equal(log, ['reader got a', 'c was put']);
  assert.is(things.size, 1);
});

test('serves takers and putters in the order in which they came', () => {
  const { loop, log, putter, taker } = scene(2);
  for (const name of ['1', '2', '3']) taker(name);
  loop.steps();
  for (const item of ['a', 'b', 'c', 'd', 'e', 'f']) putter(item);
  loop.steps();
  for (const name of ['4', '5', '6']) taker(name);
  loop.steps();
  const of = (what: string) => log.filter((line) => line.includes(what));
  assert.equal(of('got'), ['1 got a', '2 got b', '3 got c', '4 got d', '5 got e', '6 got f']);
  assert.equal(
    of('was put').map((line) => line[0]),
    ['a', 'b', 'c', 'd', 'e', 'f'],
  );
});

test('takes an item back to its front, and may hold one too many for a while', () => {
  const { loop, log, things, taker } = scene(1);
  things._putNow('a');
  taker('first');
  loop.steps();
  things._putNow('b');
  things._giveBack('a');
  assert.is(things.size, 2);
  assert.not(things._hasRoom);
  taker('second');
  taker('third');
  loop.steps();
  assert.equal(log, ['first got a', 'second got a', 'third got b']);
});

test('without room, a put is over when its item was taken, and not before', () => {
  const { loop, log, things, putter, taker, until } = scene(0);
  const put = putter('a');
  loop.steps();
  assert.equal([put.state, things.size], ['waiting', 0]);
  const one = taker('one');
  until(one, 'ready');
  assert.is(put.state, 'waiting', 'the item is still its own');
  loop.steps();
  assert.equal(log, ['one got a', 'a was put']);
});

test('without room, a taker whose putter was cancelled waits again as the first of its line', () => {
  const { loop, log, putter, taker, until } = scene(0);
  const put = putter('a');
  loop.steps();
  const one = taker('one');
  const two = taker('two');
  until(two, 'waiting');
  assert.is(one.state, 'ready', 'it was promised what the putter holds');
  put.cancel();
  loop.steps();
  putter('b');
  putter('c');
  loop.steps();
  assert.equal(
    log.filter((line) => line.includes('got')),
    ['one got b', 'two got c'],
  );
});

test('without room, an item can be put at once only if somebody waits for it', () => {
  const { loop, log, things, taker } = scene(0);
  assert.instance(
    thrown(() => things._putNow('a')),
    QueueFullError,
  );
  taker('one');
  loop.steps();
  things._putNow('b');
  assert.instance(
    thrown(() => things._putNow('c')),
    QueueFullError,
  );
  loop.steps();
  assert.equal(log, ['one got b']);
});

test('that is closed refuses every put, and gives what is left before its end', () => {
  const { loop, log, things, putter, taker } = scene(1);
  things._putNow('a');
  const waiting = putter('b');
  loop.steps();
  for (const name of ['one', 'two']) taker(name);
  things._close(() => 'the end');
  loop.steps();
  assert.equal(log, ['one got a', 'two the end']);
  assert.instance(waiting.error(), QueueClosedError);
  assert.instance(
    thrown(() => things._putNow('c')),
    QueueClosedError,
  );
  assert.ok(things.closed);
});

test('that is closed while an item is promised still gives it, and then tells the others its end', () => {
  const { loop, log, things, taker } = scene(1);
  for (const name of ['one', 'two']) taker(name);
  loop.steps();
  things._putNow('a');
  things._close(() => 'the end');
  loop.steps();
  assert.equal(log, ['one got a', 'two the end']);
});

test('counts what was put in, and not what was given back', () => {
  const things = exchange(3);
  for (const item of ['a', 'b']) things._putNow(item);
  things._giveBack(things._takeOut());
  assert.equal([things._accepted, things.size], [2, 2]);
});

for (const wrong of [-1, 0.5, NaN, '1', undefined]) {
  test(`refuses ${String(wrong)} as its capacity, and says which is the least`, () =>
    refuses(() => new Exchange<string, string>(wrong as number, 'things', policy(2)), /an Exchange/, /2 or more/));
}

test('is named in its effects, and a redemption prints like the wait that it ends', () => {
  const { loop, things, taker } = scene(1);
  assert.equal([`${things._take}`, `${things._put('a')}`], ['things.take()', "things.put('a')"]);
  const one = taker('one');
  loop.steps();
  assert.match(`${one}`, 'waiting on things.take()');
});

test.run();
