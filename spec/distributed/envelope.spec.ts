// The envelope: what travels between machines, what cannot, and what is refused on the way in.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decode, encode } from '../../lib/distributed/envelope.ts';
import type { Json } from '../../lib/distributed/envelope.ts';
import { refuses } from '../support/errors.ts';

const test = suite('the envelope');

const travel = (value: unknown): unknown => decode(JSON.parse(JSON.stringify(encode(value))) as Json);

test('what JSON has travels as it is', () => {
  const value = { a: [1, 'two', true, null, { b: -0.5 }], '': {} };
  assert.equal(encode(value), value);
  assert.equal(travel(value), value);
});

test('so do undefined, bigint, numbers that JSON lacks, dates, maps, sets and regular expressions', () => {
  const value = {
    none: undefined,
    big: 12345678901234567890n,
    numbers: [NaN, Infinity, -Infinity],
    date: new Date(1_700_000_000_123),
    map: new Map<unknown, unknown>([
      ['a', new Set([1n, undefined])],
      [{ key: 1 }, new Map()],
    ]),
    pattern: /a+\/b/giu,
  };
  assert.equal(travel(value), value);
  assert.ok(Object.is(travel(-0), -0));
  assert.ok(Number.isNaN((travel(new Date(NaN)) as Date).getTime()));
  assert.is(travel(undefined), undefined);
});

test('so do bytes of every form, and only the part that a view shows', () => {
  const bytes = Uint8Array.from({ length: 16 }, (_, i) => i * 16);
  for (const View of [Uint8Array, Int16Array, Uint32Array, Float64Array, BigInt64Array]) {
    const back = travel(new View(bytes.buffer)) as Uint8Array;
    assert.instance(back, View);
    assert.equal(new Uint8Array(back.buffer), bytes);
  }
  assert.equal(travel(bytes.subarray(4, 6)), Uint8Array.of(64, 80));
  assert.equal(travel(bytes.buffer), bytes.buffer);
  assert.ok(Buffer.isBuffer(travel(Buffer.from('abc'))));
  assert.equal(travel(Buffer.from('abc')), Buffer.from('abc'));
  assert.is((travel(new DataView(bytes.buffer, 2)) as DataView).getUint8(0), 32);
});

test('so do errors, with their stack, their cause and what else they have', () => {
  const error = Object.assign(new RangeError('too far', { cause: new TypeError('why') }), { code: 'E', at: 3n });
  const back = travel(error) as typeof error;
  assert.instance(back, RangeError);
  assert.equal([back.message, back.stack, back.code, back.at], ['too far', error.stack, 'E', 3n]);
  assert.instance(back.cause, TypeError);
  class Own extends Error {
    override name = 'Own';
  }
  assert.is(String(travel(new Own('mine'))), 'Own: mine');
});

test('objects of classes become plain ones, and keys that mean something else stay keys', () => {
  class Point {
    x = 1;
    #hidden = 2;
    sum() {
      return this.x + this.#hidden;
    }
  }
  assert.equal(travel(new Point()), { x: 1 });
  const value = JSON.parse('{ "$": ["Date", 0], "__proto__": { "admin": true }, "constructor": 1 }') as object;
  const back = travel(value) as { admin?: boolean };
  assert.equal(Object.keys(back), ['$', '__proto__', 'constructor']);
  assert.is(back.admin, undefined);
  assert.is(Object.getPrototypeOf(back), Object.prototype);
  assert.equal(travel({ $: 1 }), { $: 1 });
  const sparse = travel(Object.assign(new Array(3), { 1: 'one' })) as unknown[];
  assert.equal([sparse.length, Object.keys(sparse)], [3, ['1']]);
  const named = travel(/(?<b>b)/.exec('abc')) as RegExpExecArray;
  assert.equal([...named, named.index, named.input, { ...named.groups }], ['b', 'b', 1, 'abc', { b: 'b' }]);
});

test('what contains itself, and what is there twice, stays one object', () => {
  interface Ring {
    self?: Ring;
    list: unknown[];
  }
  const ring: Ring = { list: [new Map(), 'x'] };
  ring.self = ring;
  ring.list.push(ring.list, new Set([ring]));
  const error = Object.assign(new Error('e'), { ring });
  (ring.list[0] as Map<unknown, unknown>).set(ring, error);
  const back = travel([ring, [{ ring }], new Date(1), ring.list]) as [Ring, [{ ring: Ring }], Date, unknown[]];
  const [first, [{ ring: second }], , list] = back;
  assert.is(first.self, first);
  assert.is(second, first);
  assert.is(list, first.list);
  assert.is(first.list[2], first.list);
  assert.ok((first.list[3] as Set<unknown>).has(first));
  assert.is(((first.list[0] as Map<unknown, { ring: Ring }>).get(first) as { ring: Ring }).ring, first);
  const bytes = Uint8Array.of(1);
  const [a, b] = travel([bytes, bytes]) as [Uint8Array, Uint8Array];
  assert.is(a, b);
});

test('what cannot travel is an error that names it', () => {
  const deep = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000)) as unknown;
  const wrong: [unknown, RegExp][] = [
    [() => 1, /a function cannot be sent to another machine/],
    [[Symbol('s')], /Symbol\(s\) cannot be sent/],
    [{ a: Promise.resolve() }, /cannot be sent/],
    [new WeakMap(), /cannot be sent/],
    [Object.create({ inherited: 1 }), /would arrive as an object without fields/],
    [new AbortController().signal, /cannot be sent/],
    [deep, /it is nested too deeply/],
    [new Array(2 ** 32 - 1), /of its 4294967295 items all but 0 are missing/],
  ];
  for (const [value, says] of wrong) refuses(() => encode(value), says);
});

test('what encode has not written is refused: no name from the network makes an object', () => {
  const forged = [
    { $: 5 },
    { $: [] },
    { $: ['Function', 'return process'] },
    { $: ['constructor'] },
    { $: ['__proto__'] },
    { $: ['Map', [[1]]] },
    { $: ['Map', 5] },
    { $: ['Set', 'abc'] },
    { $: ['Date', 'now'] },
    { $: ['bigint', 'x'] },
    { $: ['bigint', {}] },
    { $: ['RegExp', '(', ''] },
    { $: ['Uint8Array', 5] },
    { $: ['Float64Array', 'AAA='] },
    { $: ['Error', 'Error', 5, null, null, []] },
    { $: ['Error', 'Error', 'm', null, null, [[1, 2]]] },
    { $: ['Object', [['a']]] },
    { $: ['URL', 'no'] },
    { $: ['again', 0] },
    { $: ['Sparse', -1, []] },
    { $: ['Sparse', 'a', []] },
    { $: ['Sparse', 1, [['length', 5]]] },
    { $: ['counted', [{ $: ['again', 7] }]] },
    { $: ['counted', [{ $: ['again', 'length'] }]] },
    { a: [{ $: ['Buffer', 5] }] },
    { $: ['Sparse', 1, [], [['length', 5]]] },
    { $: ['Sparse', 1, []] },
    { $: ['Sparse', 2 ** 32 - 1, [], []] },
    { $: ['Sparse', 1, [[2 ** 32 - 2, 1]], []] },
  ];
  for (const json of forged)
    assert.throws(
      () => decode(json),
      (error: unknown) => error instanceof Error,
      JSON.stringify(json),
    );
  const error = decode({ $: ['Error', 'process', 'm', null, null, [['__proto__', { admin: true }]]] }) as Error;
  assert.is(Object.getPrototypeOf(error), Error.prototype);
  assert.is((error as { admin?: unknown }).admin, undefined);
});

test.run();
