// Where items come from: an iterable, an async iterable, a queue or a channel. `map` and `forEach` pull from all of
// them in one way, through the puller that `open` gives. It keeps the rules that the language has for iterators:
//   - what `next()` gives must be an object;
//   - an iterator that has ended, or whose `next()` threw, is finished: its `return()` is not called;
//   - any other that is left early is released by `return()`, which may have to be waited for.
// Relies on the kernel.

import { isAwaitable } from '../kernel/awaitable.ts';
import type { Awaitable, Coroutine } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { Outcome } from '../kernel/outcome.ts';
import { checkIteratorResult } from '../words/check.ts';
import { QueueClosedError } from '../words/errors.ts';
import { mustBe } from '../words/messages.ts';
import { isInstance } from '../words/thrown.ts';

/** A queue: its items end when it is closed. It may have other consumers, so it is left as it is. */
export interface Gettable<T> {
  get(): Effect<T>;
}

/** A channel: its end is a value. Left early, it is closed. */
export interface Receivable<T> {
  receive(): Effect<IteratorResult<T, undefined>>;
  close(): void;
}

/** Where items come from. */
export type Source<T> = Iterable<T> | AsyncIterable<T> | Gettable<T> | Receivable<T>;

/** An item, or the end. */
export interface Next {
  readonly done?: boolean | undefined;
  readonly value: unknown;
}

/** One way to pull items, whatever the source is. */
export interface Puller {
  /** Is `next()` to be waited for? A plain iterator answers at once, and costs no turn for each item. */
  readonly waits: boolean;
  /** The next item, or the end: at once, or as something to be yielded. */
  next(): Next | Awaitable<Next>;
  /** Releases the source, unless it is finished. What it gives is to be waited for. */
  leave(): Awaitable<unknown> | undefined;
}

/** The source must be one of the four. A string is an iterable too, but hardly meant as one. */
export function checkSource(where: string, source: unknown): void {
  const isText = typeof source === 'string';
  // An effect and a task have an iterator of their own, for `yield*`.
  const isWork = source instanceof Effect || source instanceof Outcome;
  if (isText || isWork || opener(source as Source<unknown>) === undefined)
    throw new TypeError(mustBe(where, 'an iterable, an async iterable, a queue or a channel of items', source));
}

/** Opens a source that was checked. Throws what its iterator throws when it is made. */
export function open(source: Source<unknown>): Puller {
  return (opener(source) as () => Puller)();
}

/**
 * Leaves a source that is not exhausted. `pulling`: it was asked for an item, and has not answered. While an async
 * generator is silent its `return()` waits, too: then it is told that no more are wanted, and not waited for.
 */
export function leave(source: Puller, pulling: boolean): Awaitable<unknown> | undefined {
  const leaving = source.leave();
  if (!pulling) return leaving;
  (leaving as Promise<unknown> | undefined)?.then(undefined, () => {});
  return undefined;
}

function opener(source: Partial<Iterable<unknown> & AsyncIterable<unknown> & Gettable<unknown> & Receivable<unknown>>) {
  if (typeof source?.[Symbol.iterator] === 'function') return () => openIterable(source as Iterable<unknown>);
  if (typeof source?.[Symbol.asyncIterator] === 'function')
    return () => openAsyncIterable(source as AsyncIterable<unknown>);
  if (typeof source?.receive === 'function') return () => openChannel(source as Receivable<unknown>);
  if (typeof source?.get === 'function') return () => openQueue(source as Gettable<unknown>);
  return undefined;
}

/**
 * Must what the work for an item gave be performed? A plain value is the result itself. A function is hardly meant as
 * one: performing it throws the error that says to call it.
 */
export function isWork(given: unknown): given is Awaitable<unknown> {
  return isAwaitable(given) || typeof given === 'function';
}

function openIterable(source: Iterable<unknown>): Puller {
  const iterator = source[Symbol.iterator]();
  let finished = false;
  return {
    waits: false,
    next() {
      finished = true; // unless it gives an item
      const pulled = read(iterator.next());
      finished = pulled.done === true;
      return pulled;
    },
    leave() {
      if (!finished) iterator.return?.();
      return undefined;
    },
  };
}

export function openAsyncIterable(source: AsyncIterable<unknown>): Puller {
  const iterator = source[Symbol.asyncIterator]();
  let finished = false;
  return {
    waits: true,
    *next(): Coroutine<Next> {
      try {
        // `Promise.resolve`, as `for await` does: next() may give the object itself.
        const pulled = read(yield Promise.resolve(iterator.next()));
        finished = pulled.done === true;
        return pulled;
      } catch (error) {
        // Not by `finally`: a cancellation closes this wait, and the iterator is still to be released.
        finished = true;
        throw error;
      }
    },
    leave() {
      if (finished || !iterator.return) return undefined;
      finished = true;
      return Promise.resolve(iterator.return()).catch((error: unknown) => unlessFailed(source, error));
    },
  };
}

/** With an error of this class `pipe` aborts a stream into which it writes no more. */
export class EndedEarly extends Error {}

/**
 * Throws the error of releasing an iterator that is left early, unless the source is a web stream that has failed. Such
 * a stream refuses to be released, with its own error. But nobody has asked for more of it. And what made it fail is
 * often the reason why it is left: a cancellation that has come to the other end of the stream first.
 */
function unlessFailed(source: object, error: unknown): Promise<void> {
  const stream = source as Partial<ReadableStream>;
  const reader = stream.locked === false ? stream.getReader?.() : undefined;
  const closed = Promise.resolve(reader?.closed);
  reader?.releaseLock();
  return closed.then(
    () => {
      // A transform that is being released tells how its other end was aborted meanwhile.
      if (!(error instanceof EndedEarly)) throw error;
    },
    () => {}, // it has failed
  );
}

function openChannel(channel: Receivable<unknown>): Puller {
  return {
    waits: true,
    next: () => channel.receive(),
    leave() {
      channel.close();
      return undefined;
    },
  };
}

function openQueue(queue: Gettable<unknown>): Puller {
  return {
    waits: true,
    *next(): Coroutine<Next> {
      try {
        return { value: yield* queue.get() };
      } catch (error) {
        if (isInstance(error, QueueClosedError)) return { done: true, value: undefined };
        throw error;
      }
    },
    leave: () => undefined,
  };
}

/** What an iterator's next() gave, looked at once: `done` and `value` may be getters. */
function read(result: IteratorResult<unknown>): Next {
  checkIteratorResult(result);
  return result.done ? { done: true, value: undefined } : { done: false, value: result.value };
}
