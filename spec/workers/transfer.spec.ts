// transfer: memory that is handed over to a thread, and copied to a process.
import { MessageChannel } from 'node:worker_threads';
import { allSettled, cancel, sleep, spawn } from 'treadle';
import { transfer, WorkerDiedError } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { fresh } from '../support/files.ts';
import { coroutines, jobs, kinds, poolOf, stage } from '../support/workers.ts';

const buffers = new URL('./buffers.js', import.meta.url);

for (const kind of kinds) {
  const isThread = kind === 'thread';
  const test = suite(`transfer to a ${kind}`);
  const pool = poolOf(kind);
  const { play, end } = stage();
  test.after(end);
  /** How long a buffer of 8 bytes is here when it was transferred. */
  const left = isThread ? 0 : 8;

  test(isThread ? 'an argument is handed over' : 'an argument is copied, as without it', () =>
    play(function* () {
      const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
      assert.is(transfer(bytes), bytes, 'it is what it was');
      assert.is(yield* pool.apply(buffers, 'sum', [bytes]), 36);
      assert.is(bytes.length, left);
    }),
  );

  test('so are the buffers within a value, each once, and the items of map and imap', () =>
    play(function* () {
      const image = { width: 2, pixels: new Uint16Array([1, 2, 3, 4]), again: new ArrayBuffer(8) };
      const whole = transfer(image, [image.pixels, image.pixels.buffer, image.again]);
      assert.is(yield* pool.apply(buffers, 'sumOf', [whole, whole.again]), 10);
      assert.equal([image.pixels.byteLength, image.again.byteLength], [left, left]);
      const items = [1, 2, 3].map((n) => transfer(new Uint8Array(8).fill(n)));
      assert.equal(yield* pool.map(buffers, 'sum', items), [8, 16, 24]);
      const more = [1, 2].map((n) => transfer(new Uint8Array(8).fill(n)));
      const sums: unknown[] = [];
      for (const next of pool.imap(buffers, 'sum', more)) sums.push(yield* next);
      assert.equal(sums, [8, 16]);
      assert.equal(
        [...items, ...more].map((one) => one.length),
        [left, left, left, left, left],
      );
    }));

  test(`a result is ${isThread ? 'handed over' : 'copied'}, too`, () =>
    play(function* () {
      for (const name of ['make', 'makeLater', 'makeCoroutine']) {
        const { bytes } = yield* pool.apply<{ bytes: Uint8Array }>(buffers, name, [8]);
        assert.equal([...bytes], [7, 7, 7, 7, 7, 7, 7, 7]);
        assert.is(yield* pool.apply(buffers, 'lengthOfLast'), left);
      }
    }));

  test('what waits for a worker is not handed over before it starts', () =>
    play(function* () {
      const first = yield* spawn(pool.apply(coroutines, 'patient', [fresh()]));
      const bytes = transfer(new Uint8Array(8));
      const second = yield* spawn(pool.apply(buffers, 'sum', [bytes]));
      yield* sleep(5);
      assert.is(bytes.length, 8);
      yield* cancel(first);
      yield* second;
      assert.is(bytes.length, left);
    }));

  test('memory that was handed over is gone for other calls, also for one that waited meanwhile', () =>
    play(function* () {
      const bytes = transfer(new Uint8Array([1, 2]));
      const calls = [[bytes], [bytes], [{ bytes }]].map((args) => pool.apply(buffers, 'sum', args));
      const [first, ...others] = yield* allSettled(calls);
      assert.equal(first, { status: 'fulfilled', value: 3 });
      const gone = /^TypeError: sum\(.*\) cannot be sent to a thread: argument 1.* whose memory was handed over/;
      for (const one of isThread ? others : []) assert.match(String((one as { reason: unknown }).reason), gone);
      if (isThread) assert.match(String(yield* caught(pool.apply(buffers, 'sum', [bytes]))), gone);
      assert.is((yield* pool.apply<Uint8Array>(buffers, 'giveSame')).length, 4);
      const again = pool.apply<Uint8Array>(buffers, 'giveSame');
      if (isThread)
        assert.match(String(yield* caught(again)), /the result of giveSame .* whose memory was handed over/);
      else assert.is((yield* again).length, 4);
    }));

  test(`a call ${isThread ? 'whose arguments are gone is not tried again' : 'is tried again like any other'}`, () =>
    play(function* () {
      const bytes = transfer(new Uint8Array([1, 2]));
      const call = pool.apply(jobs, 'dieOnce', [fresh(), bytes], { retries: 1 });
      if (isThread) assert.instance(yield* caught(call), WorkerDiedError);
      else assert.equal(yield* call, bytes);
    }));

  test.run();
}

const test = suite('transfer');

test('hands over ports, which travel in no other way', () => {
  const { play, end } = stage();
  return play(function* () {
    const pool = poolOf('thread');
    const { port1, port2 } = new MessageChannel();
    const said = new Promise((resolve) => port1.once('message', resolve));
    yield* pool.apply(buffers, 'say', [transfer({ port: port2 }, [port2]), 'hello']);
    assert.is(yield said, 'hello');
    port1.close();
  }).finally(end);
});

test('hands over a stream, as an argument and as a result', () => {
  const { play, end } = stage();
  return play(function* () {
    const pool = poolOf('thread');
    const stream = yield* pool.apply<ReadableStream<string>>(buffers, 'stream', ['hello']);
    assert.is(yield* pool.apply(buffers, 'readStream', [transfer(stream)]), 'hello');
    const error = yield* caught(poolOf('process').apply(buffers, 'stream', ['hello']));
    assert.match(String(error), /TypeError: the result of stream cannot be sent from a process: .*ReadableStream/);
  }).finally(end);
});

test('takes what can be transferred, and says so', () => {
  refuses(() => transfer(5 as never), /transfer takes an object, such as a typed array, not 5/);
  refuses(() => transfer(null as never), /transfer takes an object/);
  refuses(() => transfer({}), /transfer takes ArrayBuffers, typed arrays, ports and streams in its list, not/);
  refuses(
    () => transfer({}, new ArrayBuffer(1) as never),
    /transfer takes a list of what is in the value, not an Array/,
  );
  refuses(() => transfer({}, [5 as never]), /in its list, not 5/);
  refuses(() => transfer({}, [[]]), /in its list, not \[\]/);
  refuses(() => transfer(new SharedArrayBuffer(1)), /in its list, not a SharedArrayBuffer/);
  refuses(() => transfer(new Uint8Array(new SharedArrayBuffer(1))), /in its list, not a Uint8Array/);
});

test.run();
