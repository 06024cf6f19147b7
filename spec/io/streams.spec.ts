import { createReadStream, createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import {
  all,
  cancel,
  Channel,
  coroutine,
  Event,
  forEach,
  fromAsyncIterable,
  fromPromise,
  pipe,
  run,
  sleep,
  spawn,
  toReadableStream,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, rejection } from '../support/errors.ts';
import { fresh } from '../support/files.ts';
import { eventually } from '../support/host.ts';
import { counting } from '../support/sources.ts';

const test = suite('pipe and toReadableStream');

/** A web stream that takes a while for each chunk, and what it has got. */
function webSink(log: unknown[], ms = 0, failAt = Infinity): WritableStream<unknown> {
  return new WritableStream<unknown>(
    {
      write: (chunk) =>
        new Promise<void>((resolve, reject) => {
          log.push(chunk);
          setTimeout(() => (chunk === failAt ? reject(new Error(`no ${chunk}`)) : resolve()), ms);
        }),
      close: () => void log.push('closed'),
      abort: (reason: Error) => void log.push(`aborted: ${reason.message}`),
    },
    { highWaterMark: 1 },
  );
}

/** The same of Node. */
function nodeSink(log: unknown[], ms = 0, failAt = Infinity): Writable {
  return new Writable({
    objectMode: true,
    highWaterMark: 1,
    write(chunk, _encoding, callback) {
      log.push(chunk);
      setTimeout(() => callback(chunk === failAt ? new Error(`no ${chunk}`) : null), ms);
    },
    final(callback) {
      log.push('closed');
      callback();
    },
    destroy(error, callback) {
      if (!this.writableFinished) log.push('destroyed');
      callback(error);
    },
  });
}

const sinks = { 'a web stream': webSink, 'a Node stream': nodeSink };

for (const [name, sink] of Object.entries(sinks)) {
  test(`${name} gets the items of any source in their order, and is ended`, async () => {
    const channel = new Channel<number>(5);
    for (const item of [1, 2, 3]) channel.sendNowait(item);
    channel.close();
    for (const source of [[1, 2, 3], new Set([1, 2, 3]), counting([], 3), channel]) {
      const log: unknown[] = [];
      await run(pipe<any>(source as Iterable<number>, sink(log)));
      assert.equal(log, [1, 2, 3, 'closed']);
    }
  });

  test(`${name}: no item is taken before there is room for it`, async () => {
    const log: unknown[] = [];
    let taken = 0;
    let ahead = 0;
    function* items() {
      for (; taken < 20; taken++) {
        ahead = Math.max(ahead, taken - log.length);
        yield taken;
      }
    }
    await run(pipe<any>(items(), sink(log, 1)));
    assert.is(log.length, 21);
    assert.ok(ahead <= 2, `${ahead} items ahead`);
  });

  test(`${name}: an error of it is thrown, and the source is left`, async () => {
    const log: unknown[] = [];
    let left = false;
    function* items() {
      try {
        for (let item = 1; ; item++) yield item;
      } finally {
        left = true;
      }
    }
    assert.is((await rejection(run(pipe<any>(items(), sink(log, 1, 3))))).message, 'no 3');
    assert.ok(left);
    assert.not(log.includes('closed'));
  });

  test(`${name}: an error of it is thrown even while the source is silent`, async () => {
    await run(
      (function* (): Coroutine<void> {
        const channel = new Channel<number>(1);
        channel.sendNowait(1);
        const error = yield* caught(pipe<any>(channel, sink([], 1, 1)));
        assert.is(error.message, 'no 1');
        assert.ok(channel.closed);
      })(),
    );
  });

  test(`${name}: an error of the source is thrown, and the stream is not ended but aborted`, async () => {
    const log: unknown[] = [];
    const error = new Error('the source');
    function* items() {
      yield 1;
      throw error;
    }
    assert.is(await rejection(run(pipe<any>(items(), sink(log)))), error);
    await eventually(() => log.length > 1);
    assert.match(log.join(), /^1,(destroyed|aborted: the source of this stream has ended early)$/);
  });

  test(`${name}: cancelled, the stream is aborted and the source is left`, async () => {
    const log: unknown[] = [];
    await run(
      (function* (): Coroutine<void> {
        const channel = new Channel<number>(10);
        channel.sendNowait(1);
        const task = yield* spawn(pipe<any>(channel, sink(log)));
        while (log.length === 0) yield* sleep(1);
        yield* cancel(task);
        assert.is(task.state, 'cancelled');
        assert.ok(channel.closed);
      })(),
    );
    await eventually(() => log.length > 1);
    assert.match(log.join(), /^1,(destroyed|aborted.*)$/);
  });

  test(`${name} stays open with end: false, also after an error of the source`, async () => {
    const log: unknown[] = [];
    const stream = sink(log);
    await run(pipe<any>([1], stream, { end: false }));
    function* failing() {
      yield 2;
      throw new Error('no');
    }
    await rejection(run(pipe<any>(failing(), stream, { end: false })));
    await run(pipe<any>([3], stream));
    assert.equal(log, [1, 2, 3, 'closed']);
  });
}

test('a Node stream that is destroyed from outside is an error, and leaves no listener behind', async () => {
  const stream = new PassThrough();
  await run(
    (function* (): Coroutine<void> {
      const task = yield* spawn(pipe(new Channel<string>(), stream));
      yield* sleep(1);
      stream.destroy();
      assert.match((yield* caught(task)).message, 'the stream was closed before its end');
    })(),
  );
  assert.equal(stream.listenerCount('drain') + stream.listenerCount('close') + stream.listenerCount('finish'), 0);
});

/** Takes the items of a stream, and stays with the first one. */
const takers: Record<string, (stream: ReadableStream<unknown>, taken: () => void) => Coroutine<void>> = {
  *forEach(stream, taken) {
    const stay = () => {
      taken();
      return sleep(600_000);
    };
    yield* forEach(stream, stay, { concurrency: 1 });
  },
  *fromAsyncIterable(stream, taken) {
    const channel = yield* fromAsyncIterable(stream);
    yield* channel.receive();
    taken();
    yield* sleep(600_000);
  },
};

for (const [name, take] of Object.entries(takers)) {
  test(`${name}, cancelled: that its web stream has failed meanwhile is no error of leaving it`, async () => {
    const { readable, writable } = new TransformStream<unknown, unknown>(undefined, undefined, { highWaterMark: 9 });
    const writer = writable.getWriter();
    for (const item of [1, 2, 3]) await writer.write(item);
    await run(
      (function* (): Coroutine<void> {
        const taken = new Event();
        const task = yield* spawn(take(readable, () => taken.set()));
        yield* taken.wait();
        yield* fromPromise(writer.abort(new Error('gone')));
        yield* cancel(task, 'enough');
        assert.match((yield* caught(task)).message, /enough/);
      })(),
    );
    assert.is(readable.locked, false);
  });

  test(`${name}, cancelled: nor is that the pipe into its other end is cancelled, too`, async () => {
    const { readable, writable } = new TransformStream<unknown, unknown>();
    const source = new Channel<number>(1);
    source.sendNowait(1);
    await run(
      (function* (): Coroutine<void> {
        const taken = new Event();
        const task = yield* spawn(all([take(readable, () => taken.set()), pipe(source, writable)]));
        yield* taken.wait();
        yield* sleep(1); // the pipe waits for the next one
        yield* cancel(task, 'enough');
        assert.match((yield* caught(task)).message, /enough/);
      })(),
    );
  });

  test(`${name}, cancelled: an error of the clean-up of its web stream is one`, async () => {
    const stream = new ReadableStream<unknown>({
      pull: (controller) => controller.enqueue(1),
      cancel() {
        throw new Error('cannot be closed');
      },
    });
    await run(
      (function* (): Coroutine<void> {
        const taken = new Event();
        const task = yield* spawn(take(stream, () => taken.set()));
        yield* taken.wait();
        yield* sleep(1); // nothing is asked for any more
        assert.is((yield* caught(cancel(task))).message, 'cannot be closed');
      })(),
    );
  });
}

test('a chain of web streams is cancelled without a word, whatever its parts are doing', async () => {
  function* numbers() {
    for (let number = 0; ; number++) yield number;
  }
  async function* late() {
    for (const number of numbers()) yield number % 3 === 0 ? Promise.resolve(number) : number;
  }
  for (let turns = 0; turns < 300; turns++) {
    const [one, two] = [new TransformStream<number, number>(), new TransformStream<number, number>()];
    await run(
      (function* (): Coroutine<void> {
        const chain = all([
          pipe(turns % 2 ? numbers() : late(), one.writable),
          pipe(one.readable, two.writable),
          forEach(two.readable, (number) => (number % 2 ? yieldNow() : undefined), { concurrency: 1 }),
        ]);
        const task = yield* spawn(chain);
        for (let turn = 0; turn < turns; turn++) yield* yieldNow();
        task.cancel('enough');
        assert.match((yield* caught(task)).message, /enough/, `after ${turns} turns`);
      })(),
    );
  }
});

test('a file goes through a web transform and into another file, with back-pressure on the way', async () => {
  const [from, to] = [fresh(), fresh()];
  writeFileSync(from, 'a line of text\n'.repeat(20_000));
  const upper = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => controller.enqueue(Buffer.from(Buffer.from(chunk).toString().toUpperCase())),
  });
  await run(
    all([
      pipe(createReadStream(from) as AsyncIterable<Uint8Array>, upper.writable),
      pipe(upper.readable as unknown as AsyncIterable<Uint8Array>, createWriteStream(to)),
    ]),
  );
  assert.is(readFileSync(to, 'utf8'), 'A LINE OF TEXT\n'.repeat(20_000));
});

test('toReadableStream: the body of a Response, from a coroutine that runs only as fast as it is read', async () => {
  let sent = 0;
  const body = toReadableStream<Uint8Array>(function* (channel) {
    for (; sent < 5; sent++) yield* channel.send(new TextEncoder().encode(`row ${sent}\n`));
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.is(sent, 0);
  const reader = body.getReader();
  await reader.read();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(sent <= 2, `${sent}`);
  await reader.cancel();

  const whole = toReadableStream<Uint8Array>(function* (channel) {
    for (const row of ['a', 'b']) yield* channel.send(new TextEncoder().encode(`${row}\n`));
  });
  assert.is(await new Response(whole).text(), 'a\nb\n');
});

test("toReadableStream: an error of the coroutine is the stream's, and cancelling it cancels the coroutine", async () => {
  const error = new Error('no row');
  const failing = toReadableStream(function* () {
    yield* sleep(1);
    throw error;
  });
  assert.is(await rejection(failing.getReader().read()), error);
  const log: string[] = [];
  const endless = toReadableStream<number>(function* (channel) {
    try {
      for (let item = 0; ; item++) yield* channel.send(item);
    } finally {
      yield* sleep(2);
      log.push('clean');
    }
  });
  const reader = endless.getReader();
  assert.is((await reader.read()).value, 0);
  await reader.cancel();
  assert.equal(log, ['clean']);
});

test('toReadableStream: a channel, until it is closed', async () => {
  const channel = new Channel<number>(5);
  channel.sendNowait(1);
  channel.sendNowait(2);
  channel.close();
  const reader = toReadableStream(channel).getReader();
  assert.equal([(await reader.read()).value, (await reader.read()).value, (await reader.read()).done], [1, 2, true]);
});

test('the two meet: a stream of a coroutine is piped into a stream', async () => {
  const log: unknown[] = [];
  const numbers = coroutine('numbers', function* (channel: Channel<number>) {
    for (let item = 1; item <= 3; item++) yield* channel.send(item);
  });
  await run(
    (function* (): Coroutine<void> {
      const stream = toReadableStream<number>(numbers);
      yield* pipe<any>(yield* fromAsyncIterable(stream as unknown as AsyncIterable<number>), webSink(log));
    })(),
  );
  assert.equal(log, [1, 2, 3, 'closed']);
});

test('refuse what is no source and no stream, at the call', () => {
  refuses(() => pipe(5 as never, new PassThrough()), /pipe takes an iterable/);
  for (const wrong of [undefined, {}, new ReadableStream()] as never[])
    refuses(() => pipe([1], wrong), /pipe takes a web or Node stream to write to, not /);
  refuses(() => toReadableStream(5 as never), /a channel, or a coroutine function that is given one/);
});

test.run();
