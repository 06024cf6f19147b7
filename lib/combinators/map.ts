// map and forEach: the same work for every item of a source, so many at a time. Relies on children.

import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { QueueClosedError } from '../words/errors.ts';
import { Outcome } from '../kernel/outcome.ts';
import { mustBe } from '../words/messages.ts';
import { Children } from './children.ts';

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

export interface MapOptions {
  /** How many run at the same time; no limit by default. */
  readonly concurrency?: number | undefined;
}

type Next = { readonly done?: boolean | undefined; readonly value: unknown };

interface Puller {
  /** A plain iterator answers at once, and costs no turn an item. */
  readonly waits: boolean;
  next(): Next | Awaitable<Next>;
  /** Releases the source; what it gives is waited for. */
  leave(): Awaitable<unknown> | undefined;
}

/** One way to pull from all of them. */
function open(source: Source<unknown>): Puller {
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
  if ('receive' in source)
    return { waits: true, next: () => source.receive(), leave: () => source.close() as undefined };
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

type Work = (item: unknown, index: number) => Awaitable<unknown>;

function* runMap(
  items: Source<unknown>,
  work: Work,
  options: MapOptions | undefined,
  keep: (index: number, result: unknown) => void,
) {
  const concurrency = options?.concurrency ?? Infinity;
  const children = new Children(yield* currentTask());
  const source = open(items);
  let count = 0;
  let pulling = false;
  let exhausted = false;
  const failed = () => children.failed.length > 0;
  children.cancelWhen(failed);
  const start = (run: Awaitable<unknown>) => children.start(run, { name: 'item' });
  /** Pulls an item and works on it in one go: whoever is cancelled in between has not taken it. */
  function* pullAndWork() {
    const { done, value } = (yield source.next() as Awaitable<Next>) as Next;
    pulling = false;
    exhausted = done === true;
    children.look();
    if (!exhausted) keep(count, yield work(value, count++));
  }
  function* workOn(value: unknown, index: number) {
    keep(index, yield work(value, index));
  }
  try {
    while (!exhausted) {
      yield children.until(() => failed() || exhausted || (!pulling && children.alive < concurrency));
      if (failed() || exhausted) break;
      if (source.waits) {
        pulling = true;
        start(pullAndWork());
        continue;
      }
      const { done, value } = source.next() as Next;
      if (done) exhausted = true;
      else start(workOn(value, count++));
    }
    yield children.untilOver(failed);
  } finally {
    if (children.alive > 0) yield children.close();
    const leaving = exhausted ? undefined : source.leave();
    // While an async generator is silent its return() waits, too: then it is told, and left.
    if (pulling) void (leaving as Promise<unknown> | undefined)?.then(undefined, () => {});
    else if (leaving) yield leaving;
  }
  children.throwFailures();
}

const performMap = /* @__PURE__ */ frameOf(
  'map',
  function* (items: Source<unknown>, work: Work, options: MapOptions | undefined) {
    const results: unknown[] = [];
    yield* runMap(items, work, options, (index, result) => {
      results[index] = result;
    });
    return results;
  },
);

const performForEach = /* @__PURE__ */ frameOf(
  'forEach',
  function* (items: Source<unknown>, work: Work, options: MapOptions | undefined) {
    yield* runMap(items, work, options, () => {});
  },
);

/**
 * Runs `work(item, index)` for every item, at most `concurrency` at a time, and gives the results in the
 * order of the items. Items are pulled only when there is room for them. On the first failure the others
 * are cancelled and have cleaned up before it is thrown. Leaving early releases the source.
 *
 * @example
 * const pages = yield* map(urls, (url) => page(url), { concurrency: 10 });
 */
export function map<T, A extends Awaitable<unknown>>(
  items: Source<T>,
  work: (item: T, index: number) => A,
  options?: MapOptions,
): Effect<Result<A>[]> {
  return new Effect('map', checked('map', items, work, options), performMap);
}

/** Like `map`, for work without a result: keeps nothing, so that the source may be endless. */
export function forEach<T>(
  items: Source<T>,
  work: (item: T, index: number) => Awaitable<unknown>,
  options?: MapOptions,
): Effect<void> {
  return new Effect('forEach', checked('forEach', items, work, options), performForEach);
}

function checked(where: string, items: unknown, work: unknown, { concurrency = Infinity }: MapOptions = {}): unknown[] {
  const source = items as
    Partial<Gettable<unknown> & Receivable<unknown> & Iterable<unknown> & AsyncIterable<unknown>> | null | undefined;
  const iterable = source?.[Symbol.iterator] ?? source?.[Symbol.asyncIterator] ?? source?.receive ?? source?.get;
  if (
    typeof iterable !== 'function' ||
    typeof items === 'string' ||
    items instanceof Effect ||
    items instanceof Outcome
  ) {
    throw new TypeError(mustBe(where, 'an iterable, an async iterable, a queue or a channel of items', items));
  }
  if (typeof work !== 'function')
    throw new TypeError(mustBe(where, 'a function that starts the work for an item', work));
  if (concurrency !== Infinity && !(Number.isInteger(concurrency) && concurrency > 0))
    throw new RangeError(mustBe(where, 'a concurrency of 1 or more', concurrency));
  return concurrency === Infinity ? [items, work] : [items, work, { concurrency }];
}
