// Where items come from: one way to pull from iterables, async iterables, queues and channels. Relies on the kernel.

import type { Awaitable } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { Outcome } from '../kernel/outcome.ts';
import { QueueClosedError } from '../words/errors.ts';
import { mustBe } from '../words/messages.ts';

/** A queue: its items end when it is closed. It may have other consumers, and is left as it is. */
interface Gettable<T> {
  get(): Effect<T>;
}
/** A channel: its end is a value. Left early, it is closed. */
interface Receivable<T> {
  receive(): Effect<IteratorResult<T, undefined>>;
  close(): void;
}
/** Where items come from. */
export type Source<T> = Iterable<T> | AsyncIterable<T> | Gettable<T> | Receivable<T>;

export type Next = { readonly done?: boolean | undefined; readonly value: unknown };

export interface Puller {
  /** A plain iterator answers at once, and costs no turn an item. */
  readonly waits: boolean;
  next(): Next | Awaitable<Next>;
  /** Releases the source; what it gives is waited for. */
  leave(): Awaitable<unknown> | undefined;
}

/** One way to pull from all of them. */
export function open(source: Source<unknown>): Puller {
  if (Symbol.iterator in source) {
    const iterator = source[Symbol.iterator]();
    return { waits: false, next: () => iterator.next(), leave: () => void iterator.return?.() };
  }
  if (Symbol.asyncIterator in source) {
    const iterator = source[Symbol.asyncIterator]();
    return {
      waits: true,
      next: () => iterator.next(),
      leave: () => iterator.return && Promise.resolve(iterator.return()),
    };
  }
  if ('receive' in source) {
    return { waits: true, next: () => source.receive(), leave: () => source.close() as undefined };
  }
  return { waits: true, next: () => take(source), leave: () => undefined };
}

function* take(source: Gettable<unknown>): Generator<Effect<unknown>, Next, any> {
  try {
    return { value: yield* source.get() };
  } catch (error) {
    if (error instanceof QueueClosedError) return { done: true, value: undefined };
    throw error;
  }
}

export function checkSource(where: string, items: unknown): void {
  const source = items as
    Partial<Gettable<unknown> & Receivable<unknown> & Iterable<unknown> & AsyncIterable<unknown>> | null | undefined;
  const way = source?.[Symbol.iterator] ?? source?.[Symbol.asyncIterator] ?? source?.receive ?? source?.get;
  if (
    typeof way === 'function' &&
    typeof items !== 'string' &&
    !(items instanceof Effect) &&
    !(items instanceof Outcome)
  )
    return;
  throw new TypeError(mustBe(where, 'an iterable, an async iterable, a queue or a channel of items', items));
}
