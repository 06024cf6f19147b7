// What combinators take: an array or an object of awaitables, and in which shape they answer.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { all, currentTask, Lock, sleep } from 'treadle';
import type { Coroutine, Task } from 'treadle';
import { checkAwaitables, inheritedFrom, inShapeOf, startAll } from '../../lib/combinators/awaitables.ts';
import type { Awaitables } from '../../lib/combinators/awaitables.ts';
import { Group } from '../../lib/combinators/group.ts';
import { ACQUIRES, PROMISED } from '../../lib/kernel/effect.ts';
import { refuses } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('awaitables');

/** The children that these would have, in order. */
const started = (awaitables: Awaitables): Task[] => {
  let children: Task[] = [];
  virtually(function* (): Coroutine<void> {
    const group = new Group(yield* currentTask());
    children = startAll(group, awaitables);
    yield* group.untilOver();
    group.leave();
  });
  return children;
};

test('each has a child, in order, under the keys of an object too', () => {
  const names = (awaitables: Awaitables) => started(awaitables).map(({ name }) => name);
  assert.equal(names([sleep(2), currentTask()]), ['sleep', 'currentTask']);
  assert.equal(names({ b: sleep(2), a: currentTask() }), ['sleep', 'currentTask']);
  assert.equal(names([]), []);
});

test('an effect is run for each place, a coroutine that is given twice once', () => {
  const effect = sleep(1);
  const coroutine = (function* (): Coroutine<void> {})();
  const [a, b, c, d] = started([effect, coroutine, effect, coroutine]);
  assert.is.not(a, c);
  assert.is(b, d);
});

test('results have the shape of what was given: an array, or an object with its keys in order', () => {
  assert.equal(inShapeOf([sleep(1), sleep(2)], ['x', 'y']), ['x', 'y']);
  const results = inShapeOf({ b: sleep(1), a: sleep(2) }, ['x', 'y']);
  assert.equal(Object.entries(results as object), [
    ['b', 'x'],
    ['a', 'y'],
  ]);
});

test('their effect acquires, or was given a promise, if one of them was', () => {
  assert.is(inheritedFrom([sleep(1)]), 0);
  assert.is(inheritedFrom([sleep(1), new Lock().acquire()]), ACQUIRES);
  assert.is(inheritedFrom({ a: Promise.resolve(1), b: sleep(1) }), PROMISED);
  assert.is(inheritedFrom([all([new Lock().acquire(), Promise.resolve(1)])]), ACQUIRES | PROMISED);
});

const wrongs: Record<string, unknown> = {
  nothing: undefined,
  'a text': 'text',
  'a set': new Set([sleep(1)]),
  'a promise': Promise.resolve([]),
  'a generator': (function* () {})(),
};
for (const [what, wrong] of Object.entries(wrongs)) {
  test(`${what} is neither an array nor an object of awaitables`, () =>
    refuses(() => checkAwaitables('all', wrong), /all takes an array or an object of awaitables/));
}

test('the item that cannot be awaited is named, by its place or its key', () => {
  refuses(() => checkAwaitables('all', [sleep(1), 5]), /item 1 of all/);
  refuses(() => checkAwaitables('race', { user: sleep(1), posts: 5 }), /item posts of race/);
  refuses(() => checkAwaitables('all', [sleep(1), , sleep(2)] as never), /all/, /1/); // prettier-ignore
});

test('where one must be there, none is an error at the call', () => {
  refuses(() => checkAwaitables('race', [], 1), /race of nothing/);
  refuses(() => checkAwaitables('any', {}, 1), /any of nothing/);
  assert.equal(checkAwaitables('all', []), []);
});

test.run();
