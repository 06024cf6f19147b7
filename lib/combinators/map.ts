// map and forEach: the same work for every item of a source, with at most n running at once. Relies on together,
// source.

import { acquires, wayBack } from '../kernel/acquired.ts';
import type { Awaitable, Coroutine, Result } from '../kernel/awaitable.ts';
import { currentTask } from '../effects/current-task.ts';
import { ACQUIRES, Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { checkFunction, checkLimit, checkOneOf } from '../words/check.ts';
import type { Group } from './group.ts';
import { checkSource, isWork, leave, open } from './source.ts';
import type { Next, Puller, Source } from './source.ts';
import { combinator } from './together.ts';
import type { Plan } from './together.ts';
import { WhenBusyPlan } from './when-busy.ts';
import type { WhenBusy } from './when-busy.ts';

/** The options of `map`: how many items are worked on at the same time. */
export interface MapOptions {
  /** How many run at the same time; no limit by default. */
  readonly concurrency?: number | undefined;
}

/** What work gives: the result of an awaitable, or a plain value as it is. */
export type Worked<R> = R extends Awaitable<unknown> ? Result<R> : R;

/**
 * The options of `forEach`: how many items are worked on at the same time, and what becomes of one for which there is
 * no room.
 */
export interface ForEachOptions extends MapOptions {
  /**
   * What becomes of an item that comes while `concurrency` works are running (one, unless that is given):
   * - `wait`, the default: the item is not pulled before there is room for it;
   * - `drop`: it is dropped;
   * - `latest`: it waits for room, in the place of an older one that waits;
   * - `restart`: the oldest work is cancelled, and the item runs when that has cleaned up.
   *
   * All but `wait` need a source whose items come one after the other: an async iterable, a queue or a channel.
   */
  readonly whenBusy?: WhenBusy | undefined;
}

type Work = (item: unknown, index: number) => unknown;
type Arguments = [items: Source<unknown>, work: Work, options?: MapOptions];

/** The plan of both: a class, so that the functions below are made once and not for each call. */
class Mapping implements Plan {
  private readonly source: Puller;
  private readonly work: Work;
  private readonly concurrency: number;
  /** `forEach` keeps none. */
  private readonly results: unknown[] | undefined;
  private count = 0;
  private pulling = false;
  private exhausted = false;

  constructor([items, work, options]: Arguments, results?: unknown[]) {
    this.source = open(items);
    this.work = work;
    this.concurrency = options?.concurrency ?? Infinity;
    this.results = results;
  }

  *start(group: Group): Coroutine<void> {
    const { source, concurrency } = this;
    const isOver = () => this.exhausted || this.decided(group);
    const mayGoOn = () => isOver() || (!this.pulling && group.children.length < concurrency);
    for (;;) {
      yield group.until(mayGoOn);
      if (isOver()) return;
      if (source.waits) {
        this.pulling = true;
        group.start(this.pullAndWork(group), { name: 'item' });
      } else {
        const { done, value } = source.next() as Next;
        if (done) this.exhausted = true;
        else group.start(this.workOn(group, value, this.count++), { name: 'item' });
      }
    }
  }

  /** Pulls an item and works on it in one go: a child that is cancelled in between has not taken it. */
  private *pullAndWork(group: Group): Coroutine<void> {
    const { done, value } = (yield this.source.next() as Awaitable<Next>) as Next;
    this.pulling = false;
    this.exhausted = done === true;
    group.look(); // there may be room for the next one
    if (!this.exhausted) yield* this.workOn(group, value, this.count++);
  }

  private *workOn(group: Group, item: unknown, index: number): Coroutine<void> {
    const run = this.work(item, index);
    const child: Task | undefined = acquires(run) ? yield currentTask() : undefined; // before it acquires
    // A function is hardly meant as a result: yielding it throws the error that says so.
    const result: unknown = isWork(run) ? yield run : run;
    if (this.results) this.results[index] = result;
    const way = child && wayBack(run as Awaitable<unknown>, result, child);
    if (child && way) group.setWayBack(child, way);
  }

  decided(group: Group): boolean {
    return group.failed.length > 0;
  }

  answer(group: Group): unknown {
    group.throwFailures();
    return this.results;
  }

  leave(): Awaitable<unknown> | void {
    if (!this.exhausted) return leave(this.source, this.pulling);
  }
}

const performMap = /* @__PURE__ */ combinator((given: Arguments) => new Mapping(given, []));

/** Its results are dropped in any case: what acquires something is a coroutine, or should not be its work. */
const performForEach = /* @__PURE__ */ combinator((given: Arguments) => {
  const [items, work, options = {}] = given;
  const { concurrency = 1, whenBusy = 'wait' } = options as ForEachOptions;
  return whenBusy === 'wait' ? new Mapping(given) : new WhenBusyPlan(items, work, concurrency, whenBusy);
});

/**
 * Runs `work(item, index)` for every item, at most `concurrency` at once, and gives the results in the order of the
 * items. Work that need not wait may return a plain value, which is the result, but no function. Items are pulled only
 * when there is room for them. On the first failure the others are cancelled and have cleaned up before it is thrown.
 * Leaving early releases the source. Throws a `TypeError` or `RangeError` at the call for a wrong argument. Cancelled
 * from outside, it cancels the works that run and waits for their clean-up.
 *
 * @example
 * const pages = yield* map(urls, (url) => page(url), { concurrency: 10 });
 */
export function map<T, R>(
  items: Source<T>,
  work: (item: T, index: number) => R,
  options?: MapOptions,
): Effect<Worked<R>[]> {
  return new Effect('map', checked('map', items, work, options), performMap, ACQUIRES);
}

/**
 * Like `map`, for work without a result: keeps nothing, so that the source may be endless. `whenBusy` says what becomes
 * of an item that comes while the work for another one runs; by default it waits. Errors and cancellation are as with
 * `map`.
 *
 * @example
 * yield* forEach(jobs, function* (job) { yield* process(job); }, { concurrency: 4 });
 *
 * @example
 * // Search as the user types: only the newest text counts, and the search for an older one is cancelled.
 * yield* forEach(typed, (text) => search(text), { whenBusy: 'restart' });
 */
export function forEach<T>(
  items: Source<T>,
  work: (item: T, index: number) => unknown,
  options: ForEachOptions = {},
): Effect<void> {
  const { whenBusy = 'wait' } = options;
  const payload = checked('forEach', items, work, options);
  checkOneOf('the option whenBusy of forEach', whenBusy, ['wait', 'drop', 'latest', 'restart']);
  if (whenBusy === 'wait') return new Effect('forEach', payload, performForEach);
  if (typeof (items as Partial<Iterable<T>>)[Symbol.iterator] === 'function')
    throw new TypeError(
      `forEach with whenBusy: '${whenBusy}' takes an async iterable, a queue or a channel, and not a plain iterable, ` +
        'whose items are all there at once',
    );
  return new Effect('forEach', [items, work, options], performForEach);
}

function checked(where: string, items: unknown, work: unknown, options: MapOptions = {}): unknown[] {
  const { concurrency = Infinity } = options;
  checkSource(where, items);
  checkFunction(where, work, 'a function that starts the work for an item');
  checkLimit(where, concurrency, 'a concurrency', 1);
  return concurrency === Infinity ? [items, work] : [items, work, { concurrency }];
}
