// Messages: how values look in them, and what they say of what is wrong.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Lock, run, sleep } from 'treadle';
import { cannotBe, explainError, mustBe, origin, show } from '../../lib/words/messages.ts';
import { thrown } from '../support/errors.ts';

const test = suite('messages');

test('a value is shown as a person would write it', () => {
  class Page {}
  const shown: [unknown, string][] = [
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [-1.5, '-1.5'],
    [10n, '10'],
    ['text', "'text'"],
    [Symbol('mine'), 'Symbol(mine)'],
    [[1, 'two', [3]], "[1, 'two', [3]]"],
    [{ a: 1, b: 'two', c: { d: [] } }, "{ a: 1, b: 'two', c: { d: [] } }"],
    [new Page(), 'a Page'],
    [new Map(), 'a Map'],
    [Promise.resolve(), 'a Promise'],
    [new Error('oops'), 'Error: oops'],
    [/x/, '/x/'],
  ];
  for (const [value, text] of shown) assert.is(show(value), text);
});

test('what a program is made of is shown by its name', () => {
  const task = run(sleep(1), { name: 'page' });
  assert.match(show(task), /page/);
  assert.is(show(sleep(100)), 'sleep(100)');
  assert.is(show(new Lock({ name: 'door' }).acquire()), 'door.acquire()');
  assert.is(
    show(function* pages() {}),
    'pages',
  );
  assert.is(
    show(() => {}),
    'a function',
  );
  assert.is(show((function* () {})()), 'a coroutine');
});

test('a value is shown on at most 99 characters, and rings and depth end in dots', () => {
  assert.is(show('x'.repeat(1_000)).length, 99);
  assert.match(show('x'.repeat(1_000)), /^'x+\.\.\.$/);
  assert.is(show([[[[[5]]]]]), '[[[[...]]]]');
  const ring: unknown[] = [];
  ring.push(ring);
  assert.is(show(ring), '[[[[...]]]]');
  const self: { self?: unknown } = {};
  self.self = self;
  assert.match(show(self), /^\{ self: \{ self: .*\.\.\./);
});

test('a value whose own methods throw is shown all the same', () => {
  const throwing = () => {
    throw new Error('no');
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const value of [
    { toString: throwing },
    Object.create(null),
    proxy,
    {
      get _brief() {
        return throwing();
      },
    },
    { [Symbol.toPrimitive]: throwing },
  ])
    assert.is(show(value), 'an object');
});

test('a value that shows itself by showing itself ends, and what is shown next is whole again', () => {
  const endless = { toString: (): string => show(endless) };
  assert.is(show(endless), '...');
  assert.is(show([[1]]), '[[1]]');
});

test('what is no awaitable is named with what was probably meant', () => {
  assert.match(cannotBe('yielded', 5), /^5 cannot be yielded; did you mean fromPromise\(\.\.\.\)\?/);
  assert.match(cannotBe('yielded', [sleep(1)]), /^\[sleep\(1\)\] cannot be yielded; did you mean all\(\.\.\.\)\?/);
  assert.match(
    cannotBe('run as a task', function* page() {}),
    /^page cannot be run as a task; did you mean to call it\?/,
  );
  assert.match(cannotBe('yielded', 5), /Effects, coroutines, tasks, futures and promises can$/);
});

test('a wrong argument is named with who takes what', () => {
  assert.is(mustBe('sleep', '0 or more milliseconds', '5'), "sleep takes 0 or more milliseconds, not '5'");
});

test('a task in the path of an error is named with its owner', () => {
  const main = { name: 'main', parent: undefined };
  assert.is(origin(main), 'main');
  assert.is(origin({ name: 'page', parent: main }), 'page, spawned by main');
});

test('an error of a generator that steps itself says which task did; other errors pass as they are', () => {
  let inside: unknown;
  const stepItself = () => {
    inside = thrown(() => generator.next());
  };
  const generator = (function* () {
    stepItself();
    yield;
  })();
  generator.next();
  const explained = explainError(inside, 'task page') as Error;
  assert.is(explained.name, 'InvalidStateError');
  assert.match(explained.message, /^task page cannot step a generator from inside itself: .*already/);
  for (const other of [new TypeError('x is not a function'), new Error('already running'), 'text', undefined])
    assert.is(explainError(other, 'task page'), other);
});

test.run();
