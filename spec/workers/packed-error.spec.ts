// Errors taken apart and put together again, without a worker in between: what is kept, what stays behind.
import { CancelledError, InvalidStateError, QueueFullError } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deserialize, serialize } from 'node:v8';
import { pack, unpack } from '../../lib/workers/packed-error.ts';

const test = suite('packed errors');
/** As it arrives. */
const sent = (value: unknown, where?: string): any =>
  unpack(deserialize(serialize(pack(value))) as ReturnType<typeof pack>, where);

test('classes of the language and of treadle arrive as such', () => {
  for (const error of [
    new Error('a'),
    new TypeError('b'),
    new SyntaxError('c'),
    new CancelledError('d', 'why'),
    new InvalidStateError('e'),
    new QueueFullError('f'),
  ]) {
    const copy = sent(error);
    assert.instance(copy, error.constructor as never);
    assert.equal(
      [copy.name, copy.message, String(copy), copy.stack],
      [error.name, error.message, String(error), error.stack],
    );
    assert.equal(Object.keys(copy), Object.keys(error));
  }
  assert.is(sent(new CancelledError('d', 'why')).reason, 'why');
});

test('a class of the user arrives as the nearest one that both sides have, with its name', () => {
  class NotFound extends RangeError {
    override name = 'NotFound';
  }
  class PageNotFound extends NotFound {
    override get message() {
      return 'computed';
    }
  }
  const copy = sent(new PageNotFound());
  assert.instance(copy, RangeError);
  assert.equal([copy.name, copy.message], ['NotFound', 'computed']);
});

test('so does an error of the platform', () => {
  const copy = sent(new DOMException('gone', 'AbortError'));
  assert.equal([copy instanceof Error, copy.name, copy.message], [true, 'AbortError', 'gone']);
  const system = sent(Object.assign(new Error('no such file'), { code: 'ENOENT', errno: -2, path: '/x' }));
  assert.equal([system.code, system.errno, system.path], ['ENOENT', -2, '/x']);
});

test('own properties are as visible as they were; what cannot be cloned stays behind', () => {
  const error = Object.assign(new Error('x', { cause: [1, 2] }), {
    at: new Date(0),
    f() {},
    nested: new TypeError('y'),
    undefined,
    get g() {
      return 1;
    },
  });
  const copy = sent(error);
  assert.equal(
    [copy.cause, copy.at, copy.nested.constructor, copy.nested.message],
    [[1, 2], new Date(0), TypeError, 'y'],
  );
  assert.equal(Object.keys(copy).sort(), ['at', 'g', 'nested']);
});

test('rings and long chains of causes end', () => {
  const ring: Error & { self?: unknown } = new Error('ring');
  ring.self = ring;
  let depth = 0;
  for (let one = sent(ring); one !== undefined; one = one.self) depth++;
  assert.ok(depth > 3 && depth < 20, String(depth));
});

test('what would arrive as nothing stays behind, and so does what nobody could read', () => {
  const ring: Error & { self?: unknown } = new Error('ring');
  ring.cause = { ring };
  const nested = Array.from({ length: 2_000 }).reduce((inner: unknown) => ({ inner }), {});
  const copy = sent(Object.assign(new Error('x'), { ring: { ring }, nested, signal: new AbortController().signal }));
  assert.equal(Object.keys(copy), []);
  assert.is(sent(nested), 'an object');
});

test('errors in errors, also in lists', () => {
  const copy = sent(new AggregateError([new RangeError('a'), 5, [new Error('b')]], 'several'));
  assert.instance(copy, AggregateError);
  assert.instance(copy.errors[0], RangeError);
  assert.is(copy.errors[1], 5);
  const list = sent(Object.assign(new Error('x'), { problems: [new TypeError('a')] }));
  assert.instance(list.problems[0], TypeError);
});

test('what is no error comes as it is, or as text', () => {
  assert.equal([sent(5), sent(undefined), sent(null), sent({ a: [1] })], [5, undefined, null, { a: [1] }]);
  assert.is(
    sent(() => 5),
    'a function',
  );
  assert.is(sent(Symbol('s')), 'Symbol(s)');
});

test('odd errors, too: without a stack, with a message that is no text, frozen', () => {
  const bare = new Error('bare');
  delete bare.stack;
  assert.is(sent(bare, 'thread 1').stack, 'Error: bare\n    in thread 1');
  assert.is(sent(Object.assign(new Error(), { message: 5 })).message, '5');
  assert.is(sent(Object.freeze(new Error('frozen'))).message, 'frozen');
  assert.is(
    sent(Object.assign(Object.create(Error.prototype) as Error, { message: 'no native one' })).message,
    'no native one',
  );
});

test('hostile ones do not get in the way', () => {
  const error = new Error('x');
  Object.defineProperty(error, 'name', {
    get() {
      throw new Error('no name');
    },
  });
  assert.is(typeof sent(error), 'string');
  assert.is(sent(Object.assign(new Error('y'), { stack: () => 'a function' })).message, 'y');
  const odd = { constructor: class extends Error {} }.constructor;
  Object.defineProperty(odd, 'name', { value: 'toString' });
  assert.instance(sent(new odd('z')), Error);
});

test.run();
