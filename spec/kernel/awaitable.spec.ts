// What can be awaited, and what is said of anything else.
import { runInNewContext } from 'node:vm';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EventLoop, sleep } from 'treadle';
import { checkAwaitable, isAwaitable, isPromise } from '../../lib/kernel/awaitable.ts';
import { thrown } from '../support/errors.ts';
import { HandLoop } from '../support/hand-loop.ts';

const test = suite('what can be awaited');

const awaitables: Record<string, () => unknown> = {
  'an effect': () => sleep(1),
  'a coroutine': () => (function* () {})(),
  'a generator of another realm': () => runInNewContext('(function* () {})()'),
  'a task': () => new HandLoop().task(sleep(1)),
  'a future': () => new EventLoop().createFuture(),
  'a promise': () => Promise.resolve(1),
  'a promise of another realm': () => runInNewContext('Promise.resolve(1)'),
  'an object with then': () => ({ then() {} }),
  'a function with then': () => Object.assign(() => {}, { then() {} }),
};

for (const [what, make] of Object.entries(awaitables)) {
  test(`${what} can, and is given back as it is`, () => {
    const value = make();
    assert.ok(isAwaitable(value));
    assert.is(checkAwaitable(value, 'yielded'), value);
  });
}

const others: Record<string, unknown> = {
  nothing: undefined,
  null: null,
  'a number': 5,
  'a text': 'then',
  'an array of them': [sleep(1)],
  'an iterator that is no generator': [1][Symbol.iterator](),
  'an async generator': (async function* () {})(),
  'an object whose then is no function': { then: 5 },
  'a coroutine function that was not called': function* work() {},
};

for (const [what, value] of Object.entries(others)) {
  test(`${what} cannot: a TypeError says what was to be done with it`, () => {
    assert.not(isAwaitable(value));
    const error = thrown(() => checkAwaitable(value, 'spawned', 'spawn'));
    assert.instance(error, TypeError);
    assert.match(error.message, 'cannot be spawned');
  });
}

test('of a coroutine function the error says how to call it', () => {
  const error = thrown(() => checkAwaitable(others['a coroutine function that was not called'], 'run', 'run'));
  assert.match(error.message, 'did you mean to call it: run(work())?');
});

test('to look at a value calls no then', () => {
  let called = 0;
  const lazy = { then: () => void called++ };
  assert.ok(isPromise(lazy));
  assert.ok(isAwaitable(lazy));
  checkAwaitable(lazy, 'yielded');
  assert.is(called, 0);
});

test.run();
