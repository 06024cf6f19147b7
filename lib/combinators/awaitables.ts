// What `all` and its relatives take: an array or an object of awaitables. Relies on the kernel, group.

import type { Awaitable } from '../kernel/awaitable.ts';
import { checkAwaitable, isAwaitable, isPromise } from '../kernel/awaitable.ts';
import { inherited } from '../kernel/effect.ts';
import { isPlainGenerator, isTaken } from '../kernel/frame.ts';
import type { Task } from '../kernel/task.ts';
import { checkNoHoles } from '../words/check.ts';
import { mustBe } from '../words/messages.ts';
import { listedFields } from '../words/show.ts';
import type { Group } from './group.ts';

export type Awaitables = readonly Awaitable<unknown>[] | { readonly [key: string]: Awaitable<unknown> };

/** The results in an array of the same length, or under the same keys. */
export type Results<A extends Awaitables, R> = { -readonly [K in keyof A]: R };

function worksOf(awaitables: Awaitables): readonly Awaitable<unknown>[] {
  return Array.isArray(awaitables) ? awaitables : Object.values(awaitables);
}

/**
 * Starts each, and gives their tasks in order. An effect is run for each place that it is given at. A coroutine can
 * run only once: given at two places, it has one child, and both get its result. It is marked since its first child
 * took it, so no table of all works is needed (a fifth of `all`), but for the rare one that is marked.
 */
export function startAll(group: Group, awaitables: Awaitables): Task[] {
  const works = worksOf(awaitables);
  // An array that does not grow: to copy it again and again is a tenth of `all`.
  const children = new Array<Task>(works.length);
  let firstPlaces: Map<unknown, number> | undefined;
  for (let place = 0; place < works.length; place++) {
    const work = works[place] as Awaitable<unknown>;
    const first = isTaken(work) ? (firstPlaces ??= placesOf(works)).get(work) : undefined;
    const known = first === undefined ? undefined : children[first];
    children[place] = known ?? group.start(work);
  }
  return children;
}

/** The first place of each work in the list. */
function placesOf(works: readonly unknown[]): Map<unknown, number> {
  const places = new Map<unknown, number>();
  for (const [place, work] of works.entries()) if (!places.has(work)) places.set(work, place);
  return places;
}

/** The results in the shape of what was given: an array, or an object with the same keys. */
export function inShapeOf(awaitables: Awaitables, results: unknown[]): unknown {
  if (Array.isArray(awaitables)) return results;
  return Object.fromEntries(Object.keys(awaitables).map((key, index) => [key, results[index]]));
}

/** The flags that the effect of a combinator has because of one of these. */
export function inheritedFrom(awaitables: Awaitables): number {
  let flags = 0;
  // Not asked of generators: `inherited` goes up the whole chain of their prototypes in vain.
  for (const work of worksOf(awaitables)) if (!isPlainGenerator(work)) flags |= inherited(work);
  return flags;
}

/** Throws a `TypeError` that names the argument, and the item in it. */
export function checkAwaitables<A>(where: string, awaitables: A, least = 0): A {
  if (
    typeof awaitables !== 'object' ||
    awaitables === null ||
    Symbol.iterator in awaitables !== Array.isArray(awaitables) ||
    isPromise(awaitables)
  ) {
    throw new TypeError(mustBe(where, 'an array or an object of awaitables', awaitables));
  }
  // For reports, and for `discard`.
  if (!Array.isArray(awaitables)) listedFields.set(awaitables, Object.keys(awaitables));
  const works: readonly unknown[] = Array.isArray(awaitables) ? awaitables : Object.values(awaitables);
  if (works.length < least) {
    throw new TypeError(`${where} of nothing would wait for ever: give it at least one awaitable`);
  }
  // By number, so that a hole in an array is seen: no other way through an array stops there.
  for (let index = 0; index < works.length; index++) {
    if (isAwaitable(works[index])) continue;
    checkNoHoles(where, works);
    checkAwaitable(works[index], `item ${Object.keys(awaitables)[index] ?? index} of ${where}`);
  }
  return awaitables;
}
