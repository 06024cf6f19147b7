// map and forEach: the same work for every item of a source, with at most n running at once. Relies on group, source.

import { acquires, giveBackNoted, givenBackBy, noteAnswer, wayBack } from '../kernel/acquired.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { keepCleanUpError } from '../kernel/cancel-scope.ts';
import { currentTask } from '../effects/current-task.ts';
import { ACQUIRES, Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { checkLimit, checkFunction } from '../words/check.ts';
import { combine } from '../words/combine.ts';
import { Group } from './group.ts';
import { checkSource, open } from './source.ts';
import type { Next, Source } from './source.ts';

export interface MapOptions {
  /** How many run at the same time; no limit by default. */
  readonly concurrency?: number | undefined;
}

type Work = (item: unknown, index: number) => Awaitable<unknown>;
type Arguments = [items: Source<unknown>, work: Work, options?: MapOptions];

/** What is done with a result. */
type Keep = (index: number, result: unknown) => void;

function* mapping(task: Task, [items, work, options]: Arguments, keep: Keep): Generator<unknown, void, unknown> {
  const concurrency = options?.concurrency ?? Infinity;
  const group = new Group(task);
  const source = open(items);
  /** How results that were acquired are given back, should nobody get them. */
  const waysBack: (() => void)[] = [];
  const giveBackAll = () => {
    for (const giveBack of waysBack.reverse()) giveBack(); // the last one first: see group.ts
  };
  let count = 0;
  let pulling = false;
  let exhausted = false;
  const failed = () => group.failed.length > 0;

  function* workOn(item: unknown, index: number): Generator<unknown, void, unknown> {
    const run = work(item, index);
    const child = acquires(run) ? ((yield currentTask()) as Task) : undefined; // before it acquires
    const result = yield run;
    keep(index, result);
    const way = child && wayBack(run, result, child);
    if (way) waysBack.push(way);
  }
  /** Pulls an item and works on it in one go: a child that is cancelled in between has not taken it. */
  function* pullAndWork(): Generator<unknown, void, unknown> {
    const { done, value } = (yield source.next()) as Next;
    pulling = false;
    exhausted = done === true;
    group.look(); // there may be room for the next one
    if (!exhausted) yield* workOn(value, count++);
  }

  const errors: unknown[] = [];
  let closed = true; // by return(): stays so, unless one of the lines below is reached
  try {
    group.cancelWhen(failed);
    while (!exhausted) {
      yield group.until(() => failed() || exhausted || (!pulling && group.children.length < concurrency));
      if (failed() || exhausted) break;
      if (source.waits) {
        pulling = true;
        group.start(pullAndWork() as Awaitable<unknown>, { name: 'item' });
        continue;
      }
      const { done, value } = source.next() as Next;
      if (done) exhausted = true;
      else group.start(workOn(value, count++) as Awaitable<unknown>, { name: 'item' });
    }
    yield group.untilOver();
    group.throwFailures();
    closed = false;
  } catch (error) {
    errors.push(error);
    closed = false;
  } finally {
    group.shields = true; // from here on nothing is cut
    group.cancelRest();
    if (!group.drain()) yield group.untilOver();
    try {
      const leaving = exhausted ? undefined : source.leave();
      // While an async generator is silent its return() waits, too: then it is told, and left.
      if (pulling) void (leaving as Promise<unknown> | undefined)?.then(undefined, () => {});
      else if (leaving) yield leaving;
    } catch (error) {
      errors.push(error);
    }
    if (closed || errors.length > 0) giveBackAll();
    group.leave();
    errors.push(...group.takeErrors());
    if (closed) for (const error of errors) keepCleanUpError(task, task._scope, error);
  }
  if (errors.length > 0) throw combine(errors);
  noteAnswer(task, waysBack.length > 0 ? giveBackAll : undefined);
}

function* mapAll(task: Task, given: Arguments): Generator<unknown, unknown, unknown> {
  const results: unknown[] = [];
  yield mapping(task, given, (index, result) => void (results[index] = result));
  return results;
}

const performMap = /* @__PURE__ */ givenBackBy(
  (task: Task, given: Arguments) => task._call(mapAll(task, given)),
  giveBackNoted,
);

/** Its results are dropped in any case: what acquires something is a coroutine, or should not be its work. */
const performForEach = (task: Task, given: Arguments) => task._call(mapping(task, given, () => {}));

/**
 * Runs `work(item, index)` for every item, at most `concurrency` at once, and gives the results in the
 * order of the items. Items are pulled only when there is room for them. On the first failure the others
 * are cancelled and have cleaned up before it is thrown. Leaving early releases the source. Throws a `TypeError` or
 * `RangeError` at the call for a wrong argument.
 *
 * @example
 * const pages = yield* map(urls, (url) => page(url), { concurrency: 10 });
 */
export function map<T, A extends Awaitable<unknown>>(
  items: Source<T>,
  work: (item: T, index: number) => A,
  options?: MapOptions,
): Effect<Result<A>[]> {
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
  work: (item: T, index: number) => Awaitable<unknown>,
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
