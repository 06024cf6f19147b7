// How values look in messages: short, on one line, in microseconds, whatever they are. How much work that is, is
// counted: the reads of a proxy, the calls of a value's own code, the texts that are looked at.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { all, coroutine, fetch, InvalidStateError, Lock, runSync, sleep, spawn, TimeoutError } from 'treadle';
import type { Coroutine } from 'treadle';
import { listedFields, oneLine, show } from '../../lib/words/show.ts';

const test = suite('show');

const MILLION = 1_000_000;

/** A proxy that behaves as its target does, and counts whatever is done with it. */
function counted<T extends object>(target: T): { proxy: T; count: () => number } {
  let count = 0;
  const handler = Object.fromEntries(
    Object.getOwnPropertyNames(Reflect).map((trap) => [
      trap,
      (...args: unknown[]) => {
        count++;
        return (Reflect as unknown as Record<string, (...args: unknown[]) => unknown>)[trap]!(...args);
      },
    ]),
  );
  return { proxy: new Proxy(target, handler), count: () => count };
}

/** The texts that are looked at, by the methods that look at a whole one, while `work` runs. */
function textsLookedAt(work: () => void): number[] {
  const lengths: number[] = [];
  const methods = ['replace', 'replaceAll', 'match', 'matchAll', 'split', 'search', 'indexOf', 'normalize'] as const;
  const prototype = String.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const kept = methods.map((name) => prototype[name]!);
  const { exec } = RegExp.prototype;
  try {
    methods.forEach((name, index) => {
      prototype[name] = function (this: string, ...args) {
        lengths.push(this.length);
        return kept[index]!.apply(this, args);
      };
    });
    RegExp.prototype.exec = function (text) {
      lengths.push(text.length);
      return exec.call(this, text);
    };
    work();
  } finally {
    methods.forEach((name, index) => (prototype[name] = kept[index]!));
    RegExp.prototype.exec = exec;
  }
  return lengths;
}

const largeObject = () => Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key${i}`, i]));

class Page {
  readonly url = 'http://localhost/';
}

const values: [string, unknown, string][] = [
  ['a string', 'text', "'text'"],
  ['an empty string', '', "''"],
  ['a number', 42, '42'],
  ['Infinity', Infinity, 'Infinity'],
  ['a bigint', 42n, '42'],
  ['undefined', undefined, 'undefined'],
  ['null', null, 'null'],
  ['a symbol', Symbol('mine'), 'Symbol(mine)'],
  ['a function', function page() {}, 'page'],
  ['a function without a name', (() => () => {})(), 'a function'],
  ['a class', Page, 'Page'],
  ['an array', [1, 'a', [2]], "[1, 'a', [2]]"],
  ['an array of more than nine', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], '[1, 2, 3, 4, 5, 6, 7, 8, 9, ...]'],
  ['a record', { size: 5, bytes: [], url: '/a', id: 7 }, "{ id: 7, url: '/a', size: 5 }"],
  ['a record in a record', { name: { name: 'a' } }, "{ name: { name: 'a' } }"],
  ['options', { returnWhen: 'all', timeout: 5, daemon: undefined }, "{ timeout: 5, returnWhen: 'all' }"],
  ['an object that has nothing to tell it by', { other: 1 }, 'an object'],
  ['an object without a prototype', Object.assign(Object.create(null), { id: 1 }), '{ id: 1 }'],
  ['what all() was given', all({ user: sleep(1), posts: sleep(2) }), 'all({ user: sleep(1), posts: sleep(2) })'],
  ['an instance of a class', new Page(), 'a Page'],
  ['an instance of a class without a name', new (class {})(), 'an object'],
  ['an instance of a subclass', new (class Registry extends Map {})(), 'a Registry'],
  ['a Map', new Map([[1, 2]]), 'a Map'],
  ['a Set', new Set([1]), 'a Set'],
  ['bytes', new Uint8Array(3), 'a Uint8Array'],
  ['a Buffer', Buffer.from('abc'), 'a Buffer'],
  ['an ArrayBuffer', new ArrayBuffer(3), 'an ArrayBuffer'],
  ['a Response', new Response('x'), 'a Response'],
  ['a promise', Promise.resolve(1), 'a Promise'],
  ['a coroutine', (function* () {})(), 'a coroutine'],
  ['an async generator', (async function* () {})(), 'an AsyncGenerator'],
  ['an iterator', [1][Symbol.iterator](), 'an Array Iterator'],
  ['a date', new Date(0), 'a Date'],
  ['a URL', new URL('http://localhost/a'), 'http://localhost/a'],
  ['an error', new RangeError('too far'), 'RangeError: too far'],
  ['an error without a message', new Error(), 'Error'],
  ['an error with a name of its own', Object.assign(new Error('no'), { name: 'Refused' }), 'Refused: no'],
  ['an error of this library', new TimeoutError('late'), 'TimeoutError: late'],
  ['an error of the platform', new DOMException('stopped', 'AbortError'), 'AbortError: stopped'],
  ['an effect', spawn(sleep(1), { name: 'nap' }), "spawn(sleep(1), { name: 'nap' })"],
  ['an effect of a lock', new Lock({ name: 'door' }).acquire(), 'door.acquire()'],
  ['an effect among others', [sleep(1), { value: sleep(2) }], '[sleep(1), { value: sleep(2) }]'],
  ['an effect of an address', fetch(new URL('http://localhost/')), 'fetch(http://localhost/)'],
];

for (const [what, value, text] of values) test(`${what} is shown as ${text}`, () => assert.is(show(value), text));

test('a task within something else is shown by its number and its name', () => {
  runSync(
    (function* () {
      const task = yield* spawn(sleep(1), { name: 'nap' });
      assert.is(show([task]), '[#2 nap]');
      assert.is(show(yield* spawn(sleep(1), { name: 'two\nlines' })), '#3 two lines');
      assert.is(show(yield* spawn(sleep(1), { name: 'x'.repeat(MILLION) })), '#4 a text of 1000000 characters');
    })(),
  );
});

test('a line has 99 characters at most, and three dots at its end say that there were more', () => {
  const long = 'x'.repeat(100);
  const deep = { id: { id: { id: { id: {} } } } };
  assert.is(show(long), `'${'x'.repeat(95)}...`);
  assert.is(show('x'.repeat(97)), `'${'x'.repeat(97)}'`);
  assert.is(show(deep), '{ id: { id: { id: { id: ... } } } }');
  for (const value of [long, [long], { id: long }, Symbol(long), new Error(long), { id: 1, name: long }]) {
    assert.is(show(value).length, 99);
    assert.ok(show(value).endsWith('...'));
  }
  const keyed = { [long]: 1 };
  listedFields.set(keyed, Object.keys(keyed));
  assert.is(show(keyed).length, 99);
  const named = Object.defineProperty(() => {}, 'name', { value: long });
  assert.is(show(named).length, 99);
});

test('it is one line: line breaks and other control characters are spaces', () => {
  assert.is(show('a\nb\tc\u001b[31m\u2028'), "'a b c [31m '");
  assert.is(show(new Error('one\ntwo')), 'Error: one two');
  const keyed = { 'a\nb': 1 };
  listedFields.set(keyed, Object.keys(keyed));
  assert.is(show(keyed), '{ a b: 1 }');
  assert.is(oneLine('a\r\nb'), 'a  b');
});

test('rings end, also those that lead through an effect', () => {
  const ring: unknown[] = [1];
  ring.push(ring);
  assert.is(show(ring), '[1, [1, [1, [1, ...]]]]');
  const own: Record<string, unknown> = {};
  own['id'] = own;
  assert.is(show(own), '{ id: { id: { id: { id: ... } } } }');
  const args: unknown[] = [];
  args.push(coroutine('page', function* (_args: unknown[]) {})(args));
  assert.is(show(args), '[page([page(...)])]');
});

test('what writes out a whole value is not called: no toString, valueOf, toJSON, join or method for consoles', () => {
  const names = ['toString', 'valueOf', 'toJSON', 'join', 'then'];
  const symbols = [Symbol.toPrimitive, Symbol.iterator, Symbol.for('nodejs.util.inspect.custom')];
  const spies = Object.fromEntries(
    [...names, ...symbols].map((name) => [name, { value: () => assert.unreachable(String(name)) }]),
  );
  class Watched {}
  Object.defineProperties(Watched.prototype, spies);
  const watched = [{ id: 1 }, [1, 2], () => {}, new Map(), new Uint8Array(1)].map((value) =>
    Object.defineProperties(value, spies),
  );
  assert.is(
    show([...watched, new Watched(), { value: new Watched() }]),
    '[{ id: 1 }, [1, 2], a function, a Map, a Uint8Array, a Watched, { value: a Watched }]',
  );
});

test('of a million items the first few are read', () => {
  const { proxy, count } = counted(Array.from({ length: MILLION }, (_, i) => i));
  assert.is(show(proxy), '[0, 1, 2, 3, 4, 5, 6, 7, 8, ...]');
  assert.ok(count() < 30, `${count()} reads`);
});

test('of a million arguments, too', () => {
  const page = coroutine('page', function* (..._args: unknown[]) {});
  assert.is(String(page(...Array.from({ length: 10_000 }, (_, i) => i))), 'page(0, 1, 2, 3, 4, 5, 6, 7, 8, ...)');
});

test('an object is never asked for all its names, only for those that tell most', () => {
  const { proxy, count } = counted({ ...largeObject(), id: 7 });
  assert.is(show(proxy), '{ id: 7 }');
  assert.is(show({ value: proxy }), '{ value: { id: 7 } }');
  assert.ok(count() < 100, `${count()} reads`);
});

test('a large instance of a class is named, and not asked for them', () => {
  const { proxy, count } = counted(Object.assign(new Page(), largeObject()));
  assert.is(show(proxy), 'a Page');
  assert.ok(count() < 20, `${count()} reads`);
});

test('of bytes, maps and sets nothing is read, however large they are', () => {
  for (const make of [() => new Uint8Array(10), () => new Map([[1, 1]]), () => new Set([1])]) {
    const { proxy, count } = counted(make() as object);
    show(proxy);
    assert.ok(count() < 20, `${count()} reads`);
  }
});

test('deep nests of wide arrays and objects take a bounded number of reads', () => {
  let reads = 0;
  const watched = (value: object): object =>
    new Proxy(value, {
      getOwnPropertyDescriptor(target, key) {
        reads++;
        return Reflect.getOwnPropertyDescriptor(target, key);
      },
    });
  let nest: unknown = 1;
  for (let level = 0; level < 20; level++) {
    const item = nest;
    nest = watched(level % 2 ? Array.from({ length: 50 }, () => item) : { id: item, name: item, type: item });
  }
  show(nest);
  assert.ok(reads < 500, `${reads} reads`);
  let list: unknown = [];
  for (let level = 0; level < 100_000; level++) list = [list];
  assert.is(show(list), '[[[[...]]]]');
});

test('of a text of a hundred million characters only the length is looked at', () => {
  const long = 'ab'.repeat(50 * MILLION);
  const named = Object.defineProperty(() => {}, 'name', { value: long });
  const texts: string[] = [];
  const looked = textsLookedAt(() => {
    for (const value of [long, [long], { id: long }, new Error(long), Symbol(long), named]) texts.push(show(value));
    texts.push(oneLine(long));
  });
  assert.ok(
    looked.every((length) => length < 2_000),
    `texts of ${Math.max(...looked)} characters`,
  );
  assert.is(texts[0], 'a text of 100000000 characters');
  assert.is(texts[3], 'a text of 100000007 characters');
  for (const text of texts) assert.ok(text.length <= 99, text);
});

test('a number of a million digits is not written out', () => {
  assert.is(show(10n ** 1000n), 'a bigint of many digits');
  assert.is(show(-(2n ** 200n)), `${-(2n ** 200n)}`);
});

test('what cannot be looked at is an object', () => {
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  const hostile = new Proxy(
    {},
    Object.fromEntries(
      Object.getOwnPropertyNames(Reflect).map((trap) => [
        trap,
        () => {
          throw new Error('no');
        },
      ]),
    ),
  );
  for (const value of [revoked(), hostile]) {
    assert.is(show(value), 'an object');
    assert.is(show([value]), '[an object]');
    assert.is(show({ value }), '{ value: an object }');
  }
  class Hidden extends Error {
    override get name(): string {
      throw new Error('no');
    }
  }
  assert.is(show(new Hidden('message')), 'an object');
  const unreadable = {
    get id() {
      throw new Error('no');
    },
  };
  assert.is(show([unreadable]), '[an object]');
});

test('a program that ends in an error says so however large its values are', () => {
  const bytes = new Uint8Array(MILLION);
  Object.defineProperty(bytes, 'toString', { value: () => assert.unreachable('written out') });
  const error = runSync(
    (function* (): Coroutine<unknown> {
      try {
        yield bytes as never;
      } catch (wrong) {
        return wrong;
      }
      return undefined;
    })(),
  );
  assert.match(String(error), /^TypeError: a Uint8Array cannot be yielded/);
  assert.not.instance(error, InvalidStateError);
});

test.run();
