// race and any: several at once, and one result. Relies on children.

import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import type { Result } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { show } from '../words/messages.ts';
import { combine } from '../words/combine.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitables, Children, startAll } from './children.ts';
import type { Awaitables } from './children.ts';

const performRace = /* @__PURE__ */ frameOf('race', function* (awaitables: Awaitables) {
  const children = new Children(yield* currentTask());
  startAll(children, awaitables);
  try {
    yield children.untilOver(() => children.first !== undefined);
  } finally {
    if (children.alive > 0) yield children.close();
  }
  children.throwFailures(); // the first one's failure, and what failed to clean up
  return (children.first as Task).result();
});

/**
 * The result, or the error, of whichever is over first. The others are cancelled and have cleaned up
 * before it returns. To race nothing is a `TypeError`.
 *
 * @example
 * const page = yield* race([mirror('eu'), mirror('us')]);
 */
export function race<const A extends Awaitables>(
  awaitables: A,
): Effect<Result<A[keyof A & (A extends readonly unknown[] ? number : string)]>> {
  return new Effect('race', [checkAwaitables('race', awaitables, 1)], performRace);
}

const performAny = /* @__PURE__ */ frameOf('any', function* (awaitables: Awaitables) {
  const children = new Children(yield* currentTask());
  const started = startAll(children, awaitables);
  try {
    yield children.untilOver(() => children.winner !== undefined);
  } finally {
    children.overlook();
    if (children.alive > 0) yield children.close();
  }
  const errors = children.failed.map((child) => child.error());
  const { winner } = children;
  if (winner === undefined) {
    const all = started.map((child) => child.error());
    throw new AggregateError(all, `none of ${all.length} succeeded: ${all.map(show).join('; ')}`);
  }
  const unclean = errors.slice(children.losses); // those who failed when they were cancelled
  if (unclean.length > 0) throw combine(unclean);
  return winner.result();
});

/**
 * The result of the first one that succeeds. The others are cancelled and have cleaned up before it
 * returns. Throws an `AggregateError` of all their errors when none succeeds.
 *
 * @example
 * const page = yield* any([cache(url), network(url)]);
 */
export function any<const A extends Awaitables>(
  awaitables: A,
): Effect<Result<A[keyof A & (A extends readonly unknown[] ? number : string)]>> {
  return new Effect('any', [checkAwaitables('any', awaitables, 1)], performAny);
}
