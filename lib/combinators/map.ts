// map and forEach: the same work for every item of a source, so many at a time. Relies on children.

import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { QueueClosedError } from '../kernel/errors.ts';
import { show } from '../kernel/show.ts';
import { Children } from './children.ts';

/** A queue, or a channel: its items end when it is closed. */
interface Gettable<T> {
  get(): Effect<T>;
}
/** Where items come from. */
export type Source<T> = Iterable<T> | AsyncIterable<T> | Gettable<T>;

export interface MapOptions {
  /** How many run at the same time; no limit by default. */
  readonly concurrency?: number | undefined;
}

type Next = { readonly done?: boolean | undefined; readonly value: unknown };

/** One way to pull from all of them. A plain iterator answers at once, and costs no task an item. */
function open(source: Source<unknown>): { next: () => Next | Awaitable<Next>; leave: () => Awaitable<unknown> | undefined; waits: boolean } {
  if (Symbol.iterator in source) {
    const iterator = source[Symbol.iterator]();
    return { next: () => iterator.next(), leave: () => void iterator.return?.(), waits: false };
  }
  if (Symbol.asyncIterator in source) {
    const iterator = source[Symbol.asyncIterator]();
    return { next: () => iterator.next(), leave: () => iterator.return?.(), waits: true };
  }
  return { next: () => take(source), leave: () => undefined, waits: true };
}

function* take(source: Gettable<unknown>): Generator<Effect<unknown>, Next, any> {
  try {
    return { value: yield* source.get() };
  } catch (error) {
    if (error instanceof QueueClosedError) return { done: true, value: undefined };
    throw error;
  }
}

type Work = (item: unknown, index: number) => Awaitable<unknown>;

function* runMap(items: Source<unknown>, work: Work, options: MapOptions | undefined, keep: ((index: number, result: unknown) => void) | undefined) {
  const concurrency = options?.concurrency ?? Infinity;
  const children = new Children(yield* currentTask());
  const source = open(items);
  let running = 0;
  let exhausted = false;
  try {
    for (let index = 0; ; index++) {
      yield children.until(() => children.failed.length > 0 || running < concurrency);
      if (children.failed.length > 0) break;
      let next = source.next();
      if (source.waits) {
        // As a child, so that a failure elsewhere is noticed while the source is silent.
        const pull = children.start(next as Awaitable<Next>, { name: 'next item' });
        yield children.until(() => children.failed.length > 0 || pull.done);
        if (children.failed.length > 0) break;
        next = pull.result();
      }
      const { done, value } = next as Next;
      if (done) {
        exhausted = true;
        break;
      }
      running++;
      children.start(work(value, index), undefined, (child) => {
        running--;
        if (child.state === 'succeeded') keep?.(index, child.result());
      });
    }
    yield children.until(() => children.failed.length > 0 || children.alive.size === 0);
  } finally {
    yield* children.close();
    const leaving = exhausted ? undefined : source.leave();
    if (leaving !== undefined) yield leaving;
  }
  children.throwFailures();
}

const performMap = /* @__PURE__ */ frameOf('map', function* (items: Source<unknown>, work: Work, options: MapOptions | undefined) {
  const results: unknown[] = [];
  yield* runMap(items, work, options, (index, result) => { results[index] = result; });
  return results;
});

const performForEach = /* @__PURE__ */ frameOf('forEach', function* (items: Source<unknown>, work: Work, options: MapOptions | undefined) {
  yield* runMap(items, work, options, undefined);
});

/**
 * Runs `work(item, index)` for every item, at most `concurrency` at a time, and gives the results in the
 * order of the items. Items are pulled only when there is room for them. On the first failure the others
 * are cancelled and have cleaned up before it is thrown. Leaving early releases the source.
 *
 * @example
 * const pages = yield* map(urls, (url) => page(url), { concurrency: 10 });
 */
export function map<T, A extends Awaitable<unknown>>(items: Source<T>, work: (item: T, index: number) => A, options?: MapOptions): Effect<Result<A>[]> {
  return new Effect('map', checked('map', items, work, options), performMap);
}

/** Like `map`, for work without a result: keeps nothing, so that the source may be endless. */
export function forEach<T>(items: Source<T>, work: (item: T, index: number) => Awaitable<unknown>, options?: MapOptions): Effect<void> {
  return new Effect('forEach', checked('forEach', items, work, options), performForEach);
}

function checked(where: string, items: unknown, work: unknown, options: MapOptions | undefined): unknown[] {
  const concurrency = options?.concurrency ?? Infinity;
  const source = typeof items === 'string' ? undefined : (items as Partial<Gettable<unknown> & Iterable<unknown> & AsyncIterable<unknown>> | undefined);
  if (!source?.[Symbol.iterator] && !source?.[Symbol.asyncIterator] && !source?.get) throw new TypeError(`${where} takes an iterable, an async iterable or a queue of items, not ${show(items)}`);
  if (typeof work !== 'function') throw new TypeError(`${where} takes a function that starts the work for an item, not ${show(work)}`);
  if (concurrency !== Infinity && !(Number.isInteger(concurrency) && concurrency > 0)) throw new RangeError(`${where} takes a concurrency of 1 or more, not ${show(concurrency)}`);
  return [items, work, options];
}
