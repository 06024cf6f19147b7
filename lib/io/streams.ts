// Streams: the items of a source into a web or Node stream, and a channel as a web stream. Both with back-pressure: no
// item is taken before there is room for it. Relies on the kernel, effects, combinators/map, iterables.

import { forEach } from '../combinators/map.ts';
import { race } from '../combinators/race.ts';
import { checkSource, EndedEarly } from '../combinators/source.ts';
import type { Source } from '../combinators/source.ts';
import { frameOf } from '../effects/coroutine.ts';
import { suspend } from '../effects/suspend.ts';
import type { Awaitable, Coroutine } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import type { Channel } from '../sync/channel.ts';
import { mustBe } from '../words/messages.ts';
import { toAsyncIterable } from './iterables.ts';
import { fromPromise } from './promises.ts';

/** What is used of Node's writable streams. Known by its shape, so no types of Node are needed. */
export interface WritableLike<T> {
  write(chunk: T): boolean;
  end(): unknown;
  on(event: string, listener: (...args: any[]) => void): unknown;
  off(event: string, listener: (...args: any[]) => void): unknown;
  destroy?(error?: Error): unknown;
}

/** The options of `pipe`: whether the stream is ended behind the last item. */
export interface PipeOptions {
  /** Whether the stream is ended behind the last item; true by default. False for `process.stdout`, for instance. */
  readonly end?: boolean | undefined;
}

/** Either kind of stream, as `pipe` uses it. What the methods give is waited for. */
interface Sink {
  write(item: unknown): Awaitable<unknown>;
  /** All that was written is on its way. */
  flush(): Awaitable<unknown>;
  end(): Awaitable<unknown>;
  /** Waits until the stream has an error, and throws it. A source may be silent for long by then. */
  broken(): Awaitable<unknown>;
  /** It was not written to its end. */
  abort(): void;
  /** The last call. */
  release(): void;
}

function webSink(stream: WritableStream<unknown>): Sink {
  const writer = stream.getWriter();
  const ignore = () => {}; // an error comes out of `ready`, too
  writer.closed.catch(ignore);
  return {
    *write(item): Coroutine<void> {
      yield* fromPromise(writer.ready);
      writer.write(item).catch(ignore);
    },
    flush: () => fromPromise(writer.ready),
    end: () => fromPromise(writer.close()),
    broken: () => fromPromise(writer.closed),
    abort: () => void writer.abort(new EndedEarly('the source of this stream has ended early')).catch(ignore),
    release() {
      writer.ready.catch(ignore);
      writer.releaseLock();
    },
  };
}

class NodeSink implements Sink {
  private readonly stream: WritableLike<unknown>;
  private full = false;
  private finished = false;
  private error: (() => never) | undefined = undefined;
  private readonly waiting = new Set<() => void>();

  constructor(stream: WritableLike<unknown>) {
    this.stream = stream;
    for (const [event, listener] of this.listeners) stream.on(event, listener);
  }

  private readonly listeners: [event: string, listener: (error?: unknown) => void][] = [
    ['drain', () => this.tell(() => (this.full = false))],
    ['finish', () => this.tell(() => (this.finished = true))],
    ['error', (error) => this.tell(() => this.fail(error))],
    ['close', () => this.tell(() => this.finished || this.fail(new Error('the stream was closed before its end')))],
  ];

  private tell(change: () => void): void {
    change();
    for (const wake of this.waiting) wake();
  }

  private fail(error: unknown): void {
    this.error ??= () => {
      throw error;
    };
  }

  *write(item: unknown): Coroutine<void> {
    this.error?.();
    this.full = !this.stream.write(item);
    yield* this.flush();
  }

  *flush(): Coroutine<void> {
    yield* this.until(() => !this.full);
  }

  *end(): Coroutine<void> {
    this.stream.end();
    yield* this.until(() => this.finished);
  }

  broken(): Awaitable<void> {
    return this.until(() => false);
  }

  abort(): void {
    this.stream.destroy?.();
  }

  release(): void {
    for (const [event, listener] of this.listeners) this.stream.off(event, listener);
    // An error that comes when nobody listens any more would end the process. This one was aborted, so it is expected.
    if (!this.finished) this.stream.on('error', () => {});
  }

  private *until(condition: () => boolean): Coroutine<void> {
    while (!condition()) {
      this.error?.();
      yield* suspend((resume) => {
        const wake = () => {
          this.waiting.delete(wake);
          resume();
        };
        this.waiting.add(wake);
        return () => this.waiting.delete(wake);
      });
    }
    this.error?.();
  }
}

function isWeb(stream: unknown): stream is WritableStream<unknown> {
  return typeof (stream as Partial<WritableStream> | null | undefined)?.getWriter === 'function';
}

function isNode(stream: unknown): stream is WritableLike<unknown> {
  const { write, end, on, off } = (stream ?? {}) as Partial<WritableLike<unknown>>;
  return [write, end, on, off].every((method) => typeof method === 'function');
}

function* feeding(source: Source<unknown>, sink: Sink, end: boolean): Coroutine<void> {
  yield* forEach(source, (item) => sink.write(item), { concurrency: 1 });
  yield end ? sink.end() : sink.flush();
}

const performPipe = /* @__PURE__ */ frameOf(
  'pipe',
  function* (source: Source<unknown>, stream: unknown, { end = true }: PipeOptions = {}) {
    const sink = isWeb(stream) ? webSink(stream) : new NodeSink(stream as WritableLike<unknown>);
    let whole = false;
    try {
      yield* race([feeding(source, sink, end), sink.broken()]);
      whole = true;
    } finally {
      if (!whole && end) sink.abort();
      sink.release();
    }
  },
);

/**
 * Writes the items of a source into a web `WritableStream` or a Node stream, ends it, and waits until all is written.
 * An item is taken from the source only when the stream has room for it, so that a large file takes no more memory than
 * a small one. An error of the stream is thrown here, and the source is left. An error of the source is thrown here,
 * and the stream is aborted or destroyed; so it is when the task is cancelled. With `{ end: false }` the stream stays
 * open in all cases. Throws a `TypeError` at the call for what is no source or no stream.
 *
 * @example
 * yield* pipe(rows, createWriteStream('rows.csv'));
 *
 * @example
 * const zip = new CompressionStream('gzip');
 * yield* all([pipe(bytes, zip.writable), pipe(zip.readable, upload)]);
 */
export function pipe<T extends W, W = T>(
  source: Source<T>,
  stream: WritableStream<W> | WritableLike<T>,
  options?: PipeOptions,
): Effect<void> {
  checkSource('pipe', source);
  if (!isWeb(stream) && !isNode(stream))
    throw new TypeError(mustBe('pipe', 'a web or Node stream to write to', stream));
  return new Effect('pipe', options ? [source, stream, options] : [source, stream], performPipe);
}

/**
 * A web `ReadableStream` of the items of a channel, or of what a coroutine sends into the channel that it receives: the
 * body of a `Response`, for instance. An item is asked for only when the reader of the stream wants one. The coroutine
 * is started then, on a loop of its own. Its error is the stream's. When the stream is cancelled, so is the coroutine,
 * or the channel is closed, and the clean-up is waited for. Throws a `TypeError` at the call for anything else.
 *
 * @example
 * new Response(toReadableStream<Uint8Array>(function* (body) {
 *   for (const row of rows) yield* body.send(encoder.encode(`${row}\n`));
 * }));
 */
export function toReadableStream<T>(
  source: Channel<T> | ((channel: Channel<T>) => Awaitable<unknown>),
): ReadableStream<T> {
  const iterator = toAsyncIterable(source)[Symbol.asyncIterator]();
  return new ReadableStream<T>(
    {
      pull: (controller) =>
        iterator.next().then(({ done, value }) => (done ? controller.close() : controller.enqueue(value as T))),
      cancel: () => iterator.return?.().then(() => {}),
    },
    { highWaterMark: 0 },
  );
}
