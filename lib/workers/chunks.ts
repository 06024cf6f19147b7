// Items in chunks, whatever they come from. Relies on combinators/source.

import type { Coroutine } from '../kernel/awaitable.ts';
import type { Gettable, Source } from '../combinators/source.ts';

/**
 * The items in arrays of `size`; the last one may be shorter. An async iterable is waited for until a chunk is full or
 * the items end. A queue is not: what is there goes into the chunk. A channel cannot be asked what is there, so each of
 * its items is a chunk.
 */
export function inChunks(items: Source<unknown>, size: number): Source<readonly unknown[]> {
  if (Symbol.iterator in items) return chunksOf(items, size);
  if (Symbol.asyncIterator in items) return { [Symbol.asyncIterator]: () => new AsyncChunks(items, size) };
  if ('receive' in items) return { receive: () => single(items.receive()) as never, close: () => items.close() };
  return { get: () => fromQueue(items, size) as never };
}

function* chunksOf(items: Iterable<unknown>, size: number): Generator<readonly unknown[], void> {
  let chunk: unknown[] = [];
  for (const item of items) {
    if (chunk.push(item) < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

class AsyncChunks implements AsyncIterator<readonly unknown[], undefined> {
  private readonly items: AsyncIterator<unknown>;
  private readonly size: number;
  private ended = false;

  constructor(items: AsyncIterable<unknown>, size: number) {
    this.items = items[Symbol.asyncIterator]();
    this.size = size;
  }

  next(): Promise<IteratorResult<readonly unknown[], undefined>> {
    return this.collect([]);
  }

  return(): Promise<IteratorResult<readonly unknown[], undefined>> {
    return Promise.resolve(this.items.return?.()).then(() => ({ done: true, value: undefined }));
  }

  private collect(chunk: unknown[]): Promise<IteratorResult<readonly unknown[], undefined>> {
    if (chunk.length === this.size || (this.ended && chunk.length > 0))
      return Promise.resolve({ done: false, value: chunk });
    if (this.ended) return Promise.resolve({ done: true, value: undefined });
    return Promise.resolve(this.items.next()).then(({ done, value }) => {
      if (done) this.ended = true;
      else chunk.push(value);
      return this.collect(chunk);
    });
  }
}

/** Nothing is waited for between the items, so a cancellation comes before the first one, and takes none. */
function* fromQueue(queue: Gettable<unknown> & { getNowait?(): unknown }, size: number): Coroutine<readonly unknown[]> {
  const chunk = [yield* queue.get()];
  try {
    while (queue.getNowait && chunk.length < size) chunk.push(queue.getNowait());
  } catch {
    // It is empty, or closed: the next get() will say so.
  }
  return chunk;
}

function* single(receive: Iterable<unknown>): Coroutine<IteratorResult<readonly unknown[], undefined>> {
  const { done, value } = (yield receive as never) as IteratorResult<unknown>;
  return done ? { done: true, value: undefined } : { done: false, value: [value] };
}
