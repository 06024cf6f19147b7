// What the bridges to the outside give. The compiler checks the bodies; none of them is run.
import type { ChildProcess } from 'node:child_process';
import type { EventEmitter } from 'node:events';
import type { Server, Socket } from 'node:net';
import { Channel, forEach, fromAsyncIterable, map, on, once, pipe, sleep, toAsyncIterable } from 'treadle';
import type { Coroutine } from 'treadle';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type } from '../support/types.ts';

export function* events(
  child: ChildProcess,
  server: Server,
  emitter: EventEmitter,
  button: HTMLButtonElement,
  target: EventTarget,
): Coroutine<void> {
  type<[number]>()(yield* once<[number]>(child, 'exit'));
  type<unknown[]>()(yield* once(emitter, 'x'));
  type<unknown[]>()(yield* once(process, Symbol('x')));
  type<MouseEvent>()(yield* once<MouseEvent>(button, 'click'));
  type<Event>()(yield* once(target, 'x'));
  type<Event>()(yield* once(new AbortController().signal, 'abort'));
  type<Event>()(yield* once(null! as WebSocket, 'open'));
  type<Channel<[Socket]>>()(yield* on<[Socket]>(server, 'connection'));
  type<Channel<unknown[]>>()(yield* on(emitter, 'x'));
  type<Channel<KeyboardEvent>>()(yield* on<KeyboardEvent>(button, 'keydown'));
  type<Channel<Event>>()(yield* on(target, 'x'));
  yield* forEach(yield* on<[Socket]>(server, 'connection'), function* ([socket]) {
    type<Socket>()(socket);
    yield* sleep(1);
  });
  // @ts-expect-error: nothing that has events
  once({}, 'x');
  // @ts-expect-error: which event?
  on(emitter);
}

export function* streams(
  bytes: AsyncIterable<Uint8Array<ArrayBuffer>>,
  output: NodeJS.WritableStream,
): Coroutine<void> {
  // A stream may take more than comes: this one takes everything that holds bytes.
  const text = new TextDecoderStream();
  yield* pipe(bytes, text.writable);
  yield* pipe(text.readable, output);
  yield* pipe(bytes, process.stdout, { end: false });
  yield* pipe(['a'], new WritableStream<string | number>());
  // @ts-expect-error: it takes numbers
  pipe(['a'], new WritableStream<number>());
  // @ts-expect-error: it takes texts and bytes
  pipe([1], output);
}

export function* channels(): Coroutine<void> {
  const channel = new Channel<string>(5, { name: 'lines' });
  type<void>()(yield* channel.send('x'));
  type<void>()(channel.sendNowait('x'));
  type<IteratorResult<string, undefined>>()(yield* channel.receive());
  const { done, value } = yield* channel.receive();
  if (done) type<undefined>()(value);
  else type<string>()(value);
  for (let next; !(next = yield* channel.receive()).done;) type<string>()(next.value);
  type<number[]>()(
    yield* map(channel, function* (line) {
      return line.length;
    }),
  );
  // @ts-expect-error: a channel of strings
  channel.send(5);
  // @ts-expect-error: the capacity comes first
  new Channel({ name: 'x' });
}

export function* iterables(source: AsyncGenerator<Date>, channel: Channel<string>): Coroutine<void> {
  type<Channel<Date>>()(yield* fromAsyncIterable(source));
  type<Channel<Uint8Array>>()(yield* fromAsyncIterable(null! as AsyncIterable<Uint8Array>));
  type<AsyncIterable<string>>()(toAsyncIterable(channel));
  type<AsyncIterable<number>>()(
    toAsyncIterable<number>(function* (numbers) {
      type<Channel<number>>()(numbers);
      yield* numbers.send(5);
    }),
  );
  // @ts-expect-error: an async one
  fromAsyncIterable([1]);
  // @ts-expect-error: a coroutine function
  toAsyncIterable(sleep(1));
}

test('the types of the bridges are checked by the compiler', () => {
  assert.type(type, 'function');
});

test.run();
