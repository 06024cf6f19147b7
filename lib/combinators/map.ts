// map and forEach: the same work for every item of a source, with at most n running at once. Relies on together,
// source.

import { acquires, wayBack } from '../kernel/acquired.ts';
import { isAwaitable } from '../kernel/awaitable.ts';
import type { Awaitable, Coroutine, Result } from '../kernel/awaitable.ts';
import { currentTask } from '../effects/current-task.ts';
import { ACQUIRES, Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { checkLimit, checkFunction } from '../words/check.ts';
import type { Group } from './group.ts';
import { checkSource, open } from './source.ts';
import type { Next, Puller, Source } from './source.ts';
import { combinator } from './together.ts';
import type { Plan } from './together.ts';

export interface MapOptions {
  /** How many run at the same time; no limit by default. */
  readonly concurrency?: number | undefined;
}

/** What work gives: the result of an awaitable, or a plain value as it is. */
export type Worked<R> = R extends Awaitable<unknown> ? Result<R> : R;

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
    // A function is hardly meant as a result: yielding it throws the error that says so.
    const waits = isAwaitable(run) || typeof run === 'function';
    const result: unknown = waits ? yield run as Awaitable<unknown> : run;
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
    const leaving = this.exhausted ? undefined : this.source.leave();
    if (!this.pulling) return leaving;
    // While an async generator is silent its return() waits, too: then it is told, and left.
    (leaving as Promise<unknown> | undefined)?.then(undefined, () => {});
  }
}

const performMap = /* @__PURE__ */ combinator((given: Arguments) => new Mapping(given, []));

/** Its results are dropped in any case: what acquires something is a coroutine, or should not be its work. */
const performForEach = /* @__PURE__ */ combinator((given: Arguments) => new Mapping(given));

/**
 * Runs `work(item, index)` for every item, at most `concurrency` at once, and gives the results in the order of the
 * items. Work that need not wait may return a plain value, which is the result, but no function. Items are pulled only
 * when there is room for them. On the first failure the others are cancelled and have cleaned up before it is thrown.
 * Leaving early releases the source. Throws a `TypeError` or `RangeError` at the call for a wrong argument.
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
 * Like `map`, for work without a result: keeps nothing, so that the source may be endless.
 *
 * @example
 * yield* forEach(jobs, function* (job) { yield* process(job); }, { concurrency: 4 });
 */
export function forEach<T>(
  items: Source<T>,
  work: (item: T, index: number) => unknown,
  options?: MapOptions,
): Effect<void> {
  return new Effect('forEach', checked('forEach', items, work, options), performForEach);
}

function checked(where: string, items: unknown, work: unknown, options: MapOptions = {}): unknown[] {
  const { concurrency = Infinity } = options;
  checkSource(where, items);
  checkFunction(where, work, 'a function that starts the work for an item');
  checkLimit(where, concurrency, 'a concurrency', 1);
  return concurrency === Infinity ? [items, work] : [items, work, { concurrency }];
}
