// What can be sent to a worker and back, and what is said of the rest: at the call, by the name of the argument.
import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import { createContext, runInContext } from 'node:vm';
import { allSettled, EventLoop, sleep } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { jobs, kinds, poolOf, stage } from '../support/workers.ts';

class Private {
  #secret = 1;
  get secret() {
    return this.#secret;
  }
}
class Point {
  x = 1;
  readonly y = 2;
}
const ring: Record<string, unknown> = { name: 'ring', list: [1] };
ring['self'] = ring;
const deep = Array.from({ length: 1_000 }).reduce((inner: unknown) => [inner], []);

const nested = (levels: number) =>
  Array.from({ length: levels }).reduce((inner: unknown) => ({ inner }), {}) as Record<string, unknown>;
const itsOwnCause = new Error('its own cause');
itsOwnCause.cause = { list: [itsOwnCause] };
const knowsItself: { error?: Error } = {};
knowsItself.error = new Error('known', { cause: knowsItself });

const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const trapped = new Proxy(
  {},
  {
    getPrototypeOf() {
      throw new Error('a trap');
    },
  },
);

/** What cannot travel to either kind of worker, and what is said of it. */
const strays: [unknown, RegExp][] = [
  [() => 0, /argument 1 is a function: name one that a module exports instead/],
  [{ options: { onDone() {} } }, /argument 1, at \.options\.onDone, is the function onDone: /],
  [[1, [2, Symbol('three')]], /argument 1, at \[1\]\[1\], is Symbol\(three\), /],
  [new Map([['a b', { f: Private }]]), /argument 1, at \.get\('a b'\)\.f, is the function Private/],
  [new Map([[{ f: Private }, 1]]), /argument 1, at \.keys\(\): an object\.f, is the function Private/],
  [new Set([1, Private]), /argument 1, at : Private, is the function Private/],
  [{ 'a-b': { 3: Private } }, /argument 1, at \['a-b'\]\[3\], is the function Private/],
  [{ signal: new AbortController().signal }, /argument 1, at \.signal, is an AbortSignal: cancel the call instead/],
  [new EventTarget(), /argument 1 is an EventTarget, a handle of this process/],
  [Object.assign(new EventEmitter(), { x: 1 }), /argument 1 is an EventEmitter, a handle of this process/],
  [[new Socket()], /argument 1, at \[0\], is a Socket, a handle of this process/],
  [new Private(), /argument 1 is a Private, which would arrive as an object without fields: send what is in it/],
  [new Headers([['a', 'b']]), /argument 1 is a Headers, which would arrive as an object without fields/],
  [new URL('http://localhost/'), /argument 1 is the URL http:\/\/localhost\/: send its href/],
  [Promise.resolve(), /argument 1 is a Promise: yield it first, and send its result/],
  [sleep(5), /argument 1 is sleep\(5\): yield it first, and send its result/],
  [new EventLoop().createFuture(), /argument 1 is .*Future.*: yield it first, and send its result/],
  [new WeakMap(), /argument 1 is a WeakMap, which/],
  [new Intl.NumberFormat(), /argument 1 is a NumberFormat, which/],
  [
    {
      get broken() {
        throw new Error('a getter');
      },
    },
    /argument 1 throws when it is read: Error: a getter/,
  ],
  [itsOwnCause, /argument 1 is an error that is within its own cause/],
  [[new Error('a', { cause: itsOwnCause })], /argument 1, at \[0\]\.cause, is an error that is within its own cause/],
  [new Error('a', { cause: sleep(5) }), /argument 1, at \.cause, is sleep\(5\): yield it first/],
  [nested(2_000), /argument 1, at \.inner\.inner.*\.\.\., is more than 1200 levels deep, .*: send it in a flat form/],
  [nested(100_000), /argument 1, at \.inner\.inner.*\.\.\., is more than 1200 levels deep/],
  [{ ['long'.repeat(100_000)]: Private }, /argument 1, at a text of 400001 characters, is the function Private/],
  [{ list: [revoked()] }, /argument 1, at \.list\[0\], throws when it is read: TypeError: Cannot perform 'IsArray'/],
  [trapped, /argument 1 throws when it is read: Error: a trap/],
  [new Proxy({}, {}), /argument 1: #<Object> could not be cloned/],
];

/** What travels, and how it arrives if not as it is. */
const travellers: [unknown, unknown?][] = [
  [undefined],
  [null],
  [1],
  ['a'],
  [true],
  [10n],
  [NaN],
  [[1, [2, { a: 3 }]]],
  [new Array(3)],
  [Object.create(null), {}],
  [new Map([[{ a: 1 }, new Set([1])]])],
  [new Date(0)],
  [/a/g],
  [new Uint8Array([1, 2])],
  [new Uint8Array([1, 2]).buffer],
  [new DataView(new ArrayBuffer(2))],
  [Object(1)],
  [{}],
  [[]],
  [new Point(), { x: 1, y: 2 }],
  [deep],
  [runInContext('({ list: [1] })', createContext()), { list: [1] }],
];

for (const kind of kinds) {
  const test = suite(`what travels to a ${kind}`);
  const pool = poolOf(kind, { concurrency: 4 });
  const { play, end } = stage();
  test.after(end);

  test('is what can be copied: it arrives as it was', () =>
    play(function* () {
      for (const [value, arrives = value] of travellers)
        assert.equal(yield* pool.apply(jobs, 'echo', [value]), [arrives]);
    }));

  test('a ring arrives as a ring', () =>
    play(function* () {
      const [copy] = yield* pool.apply<[typeof ring]>(jobs, 'echo', [ring]);
      assert.ok(copy['self'] === copy && copy['name'] === 'ring');
    }));

  test('so does an object that knows an error of which it is the cause', () =>
    play(function* () {
      const [copy] = yield* pool.apply<[typeof knowsItself]>(jobs, 'echo', [knowsItself]);
      assert.is(copy.error!.cause, copy);
    }));

  test('of an array with billions of holes, what there is arrives', () =>
    play(function* () {
      const sparse: unknown[] = [];
      sparse[4e9] = { last: true };
      const [copy] = yield* pool.apply<[unknown[]]>(jobs, 'echo', [sparse]);
      assert.equal([Object.keys(copy), copy[4e9], copy.length], [['4000000000'], { last: true }, 4e9 + 1]);
      sparse[3e9] = { f: Private };
      const error = yield* caught(pool.apply(jobs, 'echo', [sparse]));
      assert.match(error.message, /argument 1, at \[3000000000\]\.f, is the function Private/);
    }));

  test('nothing else is sent: the error names the argument, where in it the trouble is, and what to do', () =>
    play(function* () {
      for (const [value, says] of strays) {
        const error = yield* caught(pool.apply(jobs, 'echo', [value, 2]));
        assert.instance(error, TypeError);
        assert.match(error.message, says);
        assert.match(error.message, new RegExp(`^echo\\(.*\\) cannot be sent to a ${kind}: argument 1`, 's'));
        assert.ok(error.message.length < 300, error.message);
      }
      assert.match((yield* caught(pool.apply(jobs, 'echo', [1, 2, Private]))).message, /: argument 3 is the function/);
    }));

  test('an argument that stays here is an error of its call, or of its item, and no worker is started for it', () =>
    play(function* () {
      const other = poolOf(kind);
      assert.instance(yield* caught(other.apply(jobs, 'echo', [Private])), TypeError);
      assert.equal(other.workers, []);
      const settled = yield* pool.mapSettled(jobs, 'echo', [1, new Private(), 2]);
      assert.equal(
        settled.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      const texts: string[] = [];
      for (const next of pool.imap(jobs, 'echo', [1, Private])) {
        const [one] = yield* allSettled([next]);
        texts.push(one.status === 'fulfilled' ? 'arrived' : String((one.reason as Error).message));
      }
      assert.match(texts.sort().join('; '), /^arrived; echo\(Private\) cannot be sent/);
    }));

  test('a result is looked at in the same way', () =>
    play(function* () {
      for (const [name, says] of [
        ['giveSignal', /: at \.signal it is an AbortSignal: cancel/],
        ['giveSocket', /: at \[0\] it is a Socket, a handle of this process/],
        ['givePrivate', /: it is a Private, which would arrive as an object without fields/],
        ['giveHeaders', /: at \.get\('headers'\) it is a Headers, which would arrive/],
        ['giveItsOwnCause', /: it is an error that is within its own cause/],
        ['giveNested', /: at \.inner.*\.\.\. it is more than 1200 levels deep/],
        ['giveRevoked', /: at \[0\] it throws when it is read: TypeError: Cannot perform 'IsArray'/],
        ['returnFunction', /: at \.f it is the function f: name one that a module exports/],
        ['returnGetter', /: it throws when it is read: Error: a getter/],
        ['returnProxy', /: #<Object> could not be cloned/],
      ] as const) {
        const error = yield* caught(pool.apply(jobs, name));
        assert.instance(error, TypeError);
        assert.match(error.message, says);
        assert.match(error.message, new RegExp(`^the result of ${name} cannot be sent from a ${kind}: `));
      }
      assert.is(yield* pool.apply(jobs, 'square', [3]), 9);
    }));

  test('a worker whose stack is too small to read it dies of that, and the call is told', () =>
    play(function* () {
      const small = poolOf(
        kind,
        kind === 'thread' ? { resourceLimits: { stackSizeMb: 0.5 } } : { execArgv: ['--stack-size=150'] },
      );
      const error = yield* caught(small.apply(jobs, 'square', [nested(1_150)]));
      assert.match(
        String(error),
        /^WorkerDiedError: .* died of RangeError: an order is too large or too deep to be read/,
      );
      assert.is(yield* small.apply(jobs, 'square', [3]), 9);
    }));

  if (kind === 'process')
    test('what only threads can have is refused', () =>
      play(function* () {
        const { port1 } = new MessageChannel();
        for (const [value, says] of [
          [port1, /argument 1 is a MessagePort, a handle of this process/],
          [new SharedArrayBuffer(8), /argument 1 is a SharedArrayBuffer, which only threads can share/],
          [new Blob(['a']), /argument 1 is a Blob, which would arrive as an object without fields/],
        ] as const)
          assert.match((yield* caught(pool.apply(jobs, 'echo', [value]))).message, says);
        port1.close();
      }));
  else
    test('what only threads can have arrives', () =>
      play(function* () {
        const [shared, blob] = (yield* pool.apply<[SharedArrayBuffer, Blob]>(jobs, 'echo', [
          new SharedArrayBuffer(8),
          new Blob(['abc']),
        ])) as [SharedArrayBuffer, Blob];
        assert.instance(shared, SharedArrayBuffer);
        assert.equal([shared.byteLength, blob.size], [8, 3]);
        const { port1 } = new MessageChannel();
        const says = /argument 1 is a MessagePort, which must be in the list of transfer\(value, \[port\]\)/;
        assert.match((yield* caught(pool.apply(jobs, 'echo', [port1]))).message, says);
        port1.close();
      }));

  test.run();
}
