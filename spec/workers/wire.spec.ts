// How messages travel between processes: what JSON carries, and that everything arrives, whole and in order.
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isJsonMessage } from '../../lib/workers/json.ts';
import { Call } from '../../lib/workers/protocol.ts';
import type { Answer } from '../../lib/workers/protocol.ts';
import { Wire } from '../../lib/workers/wire.ts';

const json = suite('what travels as JSON');

const answer = (value: unknown): Answer => ({ treadle: 'value', id: 1, value });
const shared = { deep: [1] };
const ring: unknown[] = [];
ring.push(ring);
class Point {
  readonly x = 1;
}

json('is small and plain, and arrives as it was', () => {
  for (const value of [
    null,
    true,
    -1.5,
    '',
    'grün \ud800 \0',
    [],
    [1, [2, ['three']]],
    {},
    { a: { b: null }, 2: 'two' },
    Object.assign(Object.create(null), { a: 1 }),
    JSON.parse('{"__proto__":{"x":1}}'),
    'x'.repeat(8_192),
  ]) {
    assert.ok(isJsonMessage(answer(value)), JSON.stringify(value));
    assert.equal(JSON.parse(JSON.stringify(value)), structuredClone(value));
  }
  assert.ok(isJsonMessage(answer(undefined)), 'a result that is undefined is a field that is left out');
  const call = new Call('here', 'file:///jobs.js', 'square', [3]);
  assert.ok(isJsonMessage({ treadle: 'run', id: 1, call, progress: false }));
});

json('is nothing that JSON would change, refuse, or take long for', () => {
  const holes: unknown[] = [];
  holes[1] = 1;
  const named = Object.assign([1, 2], { name: 'named' });
  const halfNamed = Object.assign([1, 2], { name: 'named' });
  delete (halfNamed as unknown[])[1];
  for (const value of [
    -0,
    NaN,
    Infinity,
    1n,
    Symbol('s'),
    () => 1,
    [undefined],
    { a: undefined },
    new Map(),
    new Date(0),
    new Point(),
    new Error('e'),
    Buffer.from('b'),
    [shared, shared],
    ring,
    holes,
    named,
    halfNamed,
    { toJSON: 1 },
    new Proxy({}, {}),
    {
      get a() {
        throw new Error('read');
      },
    },
    'x'.repeat(8_193),
    Array.from({ length: 100 }, (_, i) => i),
    Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key ${i}`, i])),
  ])
    assert.not(
      isJsonMessage(answer(value)),
      String(typeof value === 'object' ? Object.prototype.toString.call(value) : typeof value),
    );
});

json.run();

const test = suite('the wire between two processes');

/** Two ends. The channel carries JSON at once, as that of Node does, and the pipe takes a turn for each of its chunks. */
function ends(key = 0): { a: Wire; b: Wire; arrived: unknown[]; channel: unknown[] } {
  const arrived: unknown[] = [];
  const channel: unknown[] = [];
  const pipe = new PassThrough({
    transform: (chunk, _encoding, done) => void setImmediate(() => done(null, chunk)),
  });
  const none = (): undefined => undefined;
  const b: Wire = new Wire(
    none,
    (message) => arrived.push(message),
    () => pipe,
    key,
  );
  const emit = (message: unknown, sent: () => void): void => {
    channel.push(message);
    b.received(JSON.parse(JSON.stringify(message)));
    sent();
  };
  const a = new Wire(emit, none, () => pipe);
  return { a, b, arrived, channel };
}

test('carries many bytes through the pipe, and what was sent behind them arrives behind them', async () => {
  const { a, b, arrived, channel } = ends();
  const large = new Map([['bytes', new Uint8Array(100_000).fill(7)]]);
  const sent = [answer(1), answer(large), answer(2), answer(new Set([3])), answer(large), answer('last')];
  for (const message of sent) a.post(message);
  assert.equal(arrived, [answer(1)], 'the rest waits for the pipe');
  assert.ok(b.isWaiting);
  for (let i = 0; i < 100 && b.isWaiting; i++) await turn();
  assert.equal(arrived, sent);
  assert.equal(
    channel.map((one) => (Array.isArray(one) ? one[0] : 'json')),
    ['json', 'treadle:pipe', 'json', 'treadle:bytes', 'treadle:pipe', 'json'],
  );
});

test('gives a few bytes memory of their own, which nobody else uses', () => {
  const { a, arrived } = ends();
  a.post(answer(new Uint8Array([1, 2, 3])));
  const { buffer } = (arrived[0] as { value: Uint8Array }).value;
  assert.ok(buffer.byteLength < 200, `a slab of Node's has ${Buffer.poolSize} bytes, this has ${buffer.byteLength}`);
});

test('does without the pipe for what is urgent, and where there is none', () => {
  const { a, arrived } = ends();
  const large = answer(new Uint8Array(100_000));
  let sent = 0;
  a.post(large, () => sent++, true);
  assert.equal([arrived, sent], [[large], 1]);
  const without = new Wire(
    (message) => arrived.push(message),
    () => {},
    () => undefined,
  );
  without.post(large);
  assert.is((arrived[1] as unknown[])[0], 'treadle:bytes');
});

test('throws at once for what cannot be copied, and sends nothing of it', () => {
  const { a, channel } = ends();
  assert.throws(() => a.post(answer(() => 1)), /could not be cloned/);
  assert.equal(channel, []);
});

test('lets go of a message whose bytes never come, and gives those behind it', () => {
  const { b, arrived } = ends();
  b.received(['treadle:pipe', 100_000, 0]);
  b.received(answer(1));
  b.received(['treadle:pipe', 100_000, 0]);
  b.received(answer(2));
  assert.equal(arrived, []);
  b.cut();
  assert.equal([arrived, b.isWaiting], [[answer(1), answer(2)], false]);
});

test('believes the other end that bytes come only if it has the key', async () => {
  const key = Math.random();
  const { a, b, arrived } = ends(key);
  for (const forged of [undefined, null, 0, -key, `${key}`]) {
    b.received(['treadle:pipe', 100_000, forged]);
    assert.equal([arrived.splice(0), b.isWaiting], [[{ treadle: 'unreadable' }], false], String(forged));
  }
  a.key = key;
  const large = answer(new Uint8Array(100_000).fill(7));
  a.post(large);
  b.received(['treadle:pipe', 1e9]);
  assert.equal([arrived, b.isWaiting], [[], true], 'one that was forged waits behind it');
  for (let i = 0; i < 100 && b.isWaiting; i++) await turn();
  assert.equal(arrived, [large, { treadle: 'unreadable' }]);
});

test("gives the user's own messages as they are, and says of forged ones that they cannot be read", () => {
  const { b, arrived } = ends();
  for (const message of ['hello', 7, null, ['a', 'list'], { own: true }]) b.received(message);
  assert.equal(arrived.splice(0), ['hello', 7, null, ['a', 'list'], { own: true }]);
  b.received(['treadle:bytes', 'no bytes']);
  assert.equal(arrived.splice(0), [{ treadle: 'unreadable' }]);
  for (const size of ['many', undefined, -1, 1.5, 5, 1e12, Infinity, { valueOf: () => 100_000 }]) {
    b.received(['treadle:pipe', size, 0]);
    assert.equal([arrived.splice(0), b.isWaiting], [[{ treadle: 'unreadable' }], false], String(size));
  }
});

test.run();
