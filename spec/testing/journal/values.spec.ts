import { CancelledError, fetch, QueueClosedError, runSync, TimeoutError } from 'treadle';
import type { FetchResponse } from 'treadle';
import { fakeFetch, intercept } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesToText, textToBytes } from '../../../lib/testing/journal/base64.ts';
import { decodeValue, encodeValue } from '../../../lib/testing/journal/values.ts';
import type { ValueOptions } from '../../../lib/testing/journal/values.ts';

const test = suite('values in a journal');

/** As it comes back, through a line of text. */
const back = (value: unknown, options?: ValueOptions): unknown =>
  decodeValue(JSON.parse(JSON.stringify(encodeValue(value, options))), options);

test('come back as they were: what JSON has, and what it has not', () => {
  const values: unknown[] = [
    null,
    true,
    'a text\n\u2028\ud800',
    -1.5,
    undefined,
    NaN,
    Infinity,
    -Infinity,
    -0,
    123456789012345678901234567890n,
    [1, [undefined, [NaN]]],
    { a: 1, b: { c: undefined } },
    { $: 'undefined', value: { $: 1 } },
    new Date(1_700_000_000_000),
    new Map<unknown, unknown>([
      ['a', 1],
      [{ key: true }, new Set([1n, undefined])],
    ]),
    new Set(['x', new Set()]),
    new Uint8Array([0, 1, 254, 255]),
    new Uint8Array(),
    new Float64Array([1.5, -2]),
    new BigInt64Array([-5n]),
    new Uint8Array([1, 2, 3, 4]).subarray(1, 3),
  ];
  for (const value of values) {
    const again = back(value);
    assert.ok(Object.is(again, value) || typeof value === 'object', String(value));
    assert.equal(again, value);
    assert.is((again as object | null)?.constructor, (value as object | null)?.constructor);
  }
  assert.ok(Number.isNaN(+(back(new Date(NaN)) as Date)));
  assert.is((back(new URL('http://a/?b#c')) as URL).href, 'http://a/?b#c');
  assert.equal([...(back(new Headers({ a: 'b' })) as Headers)], [['a', 'b']]);
  assert.equal(back(Object.assign(Object.create(null) as object, { a: 1 })), { a: 1 });
  assert.equal(new Uint8Array(back(new Uint8Array([7, 8]).buffer) as ArrayBuffer), new Uint8Array([7, 8]));
  assert.equal(back([1, , 3]), [1, undefined, 3]);
  const proto = back(JSON.parse('{"__proto__":{"polluted":1}}')) as Record<string, unknown>;
  assert.is(proto['polluted'], undefined);
  assert.is(({} as Record<string, unknown>)['polluted'], undefined);
});

test('Node’s buffers are buffers again, and where there is none, bytes', () => {
  const buffer = back(Buffer.from('héllo'));
  assert.ok(Buffer.isBuffer(buffer));
  assert.is(buffer.toString(), 'héllo');
  const { Buffer: real } = globalThis;
  Reflect.deleteProperty(globalThis, 'Buffer');
  try {
    assert.equal(back(real.from('ab')), new Uint8Array([97, 98]));
  } finally {
    globalThis.Buffer = real;
  }
});

test('bytes of any length are the same in base64 as Node’s', () => {
  for (const length of [0, 1, 2, 3, 8_191, 8_192, 8_193, 100_000]) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 31) & 255);
    assert.is(bytesToText(bytes), Buffer.from(bytes).toString('base64'));
    assert.equal(textToBytes(bytesToText(bytes)), bytes);
  }
});

test('errors keep their class, message, cause and fields, and lose what is no data', () => {
  const socket = { write: () => {} };
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', port: 80, socket });
  const error = back(new TypeError('fetch failed', { cause })) as TypeError & { cause: typeof cause };
  assert.ok(error instanceof TypeError);
  assert.equal(
    [error.message, error.cause.message, error.cause.code, error.cause.port],
    ['fetch failed', 'connect ECONNREFUSED', 'ECONNREFUSED', 80],
  );
  assert.is(error.cause.socket, undefined);
  assert.ok(back(new TimeoutError('late')) instanceof TimeoutError);
  assert.ok(back(new QueueClosedError('closed')) instanceof QueueClosedError);
  const cancelled = back(new CancelledError('main', { why: 1 })) as CancelledError;
  assert.ok(cancelled instanceof CancelledError);
  assert.equal(cancelled.reason, { why: 1 });
  const several = back(new AggregateError([new RangeError('a'), 5], 'both')) as AggregateError;
  assert.equal([several.errors.length, String(several.errors[0]), several.errors[1]], [2, 'RangeError: a', 5]);
  const aborted = back(new DOMException('gone', 'AbortError')) as DOMException;
  assert.equal([aborted.name, aborted.message, aborted instanceof DOMException], ['AbortError', 'gone', true]);
  class OwnError extends Error {
    override name = 'OwnError';
    readonly status = 503;
  }
  const own = back(new OwnError('mine')) as OwnError;
  assert.equal([`${own}`, own.status, own instanceof Error], ['OwnError: mine', 503, true]);
  const ring = new Error('ring');
  ring.cause = ring;
  assert.match(String((back(ring) as Error).cause), /ring/);
  assert.equal(Object.keys(back(new TypeError('x', { cause: 1 })) as object), []);
});

test('a response comes back without its body, which the journal answers for', () => {
  const pages = fakeFetch({ '/a': { status: 404, statusText: 'Not here', headers: { 'x-a': 'b' }, text: 'x' } });
  const response = runSync(intercept({ fetch: pages }, fetch('http://localhost/a')));
  const again = back(response) as FetchResponse;
  assert.is(`${again}`, '<Response 404 http://localhost/a>');
  assert.equal(
    [again.ok, again.statusText, again.headers.get('x-a'), again.redirected],
    [false, 'Not here', 'b', false],
  );
  assert.ok(again.chunks()[Symbol.asyncIterator]);
  again.discard();
});

test('what is no data is said so, with what it was', () => {
  const refused = (value: unknown, message: RegExp) =>
    assert.throws(
      () => encodeValue(value),
      (error: unknown) => error instanceof TypeError && message.test(error.message),
    );
  refused(() => {}, /a function, is no data/);
  refused({ deep: [Symbol('s')] }, /a symbol, is no data/);
  refused(new (class Point {})(), /^a Point is no data$/);
  refused(new WeakMap(), /a WeakMap is no data/);
  refused(Promise.resolve(), /a Promise is no data/);
  const ring: unknown[] = [];
  ring.push({ ring });
  refused(ring, /contains itself/);
  let deep: unknown = 1;
  for (let i = 0; i < 1_000; i++) deep = [deep];
  refused(deep, /more than 500 levels deep/);
  const shared = { a: 1 };
  assert.equal(back([shared, shared]), [shared, shared]);
});

test('encode and decode of the user come before the journal’s own', () => {
  class Money {
    readonly cents: bigint;
    constructor(cents: bigint) {
      this.cents = cents;
    }
  }
  const options: ValueOptions = {
    encode: (value) =>
      value instanceof Money ? { money: value.cents }
      : value instanceof Date ? 'a date'
      : undefined,
    decode: (stored) => (stored === 'a date' ? new Date(0) : new Money((stored as { money: bigint }).money)),
  };
  assert.equal(back({ price: new Money(5n), when: new Date(9), also: new Set([1]) }, options), {
    price: new Money(5n),
    when: new Date(0),
    also: new Set([1]),
  });
});

test.run();
