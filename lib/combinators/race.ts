// race and any: several at once, and one result. Relies on together, awaitables.

import type { Result } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { combine } from '../words/combine.ts';
import { listErrors } from '../words/thrown.ts';
import { checkAwaitables, inheritedFrom, startAll } from './awaitables.ts';
import type { Awaitables } from './awaitables.ts';
import { combinator } from './together.ts';

/** The results of the items of an array, or of the members of an object. */
type OneOf<A> = Result<A[keyof A & (A extends readonly unknown[] ? number : string)]>;

const performRace = /* @__PURE__ */ combinator(([awaitables]: [Awaitables]) => ({
  start: (group) => void startAll(group, awaitables),
  decided: (group) => group.first !== undefined,
  answer(group) {
    group.throwFailures(); // that of the first one, and what failed to clean up
    return (group.first as Task).result();
  },
  chosen: (group) => group.first,
}));

/**
 * The result, or the error, of whichever is over first. The others are cancelled and have cleaned up before it returns.
 * Throws a `TypeError` at the call when there is nothing to race. Cancelled from outside, it cancels what it runs and
 * waits for the clean-up. A task, future or promise is only waited for, and goes on.
 *
 * @example
 * const page = yield* race([mirror('eu'), mirror('us')]);
 */
export function race<const A extends Awaitables>(awaitables: A): Effect<OneOf<A>> {
  checkAwaitables('race', awaitables, 1);
  return new Effect('race', [awaitables], performRace, inheritedFrom(awaitables));
}

const performAny = /* @__PURE__ */ combinator(([awaitables]: [Awaitables]) => {
  let children: Task[];
  return {
    start: (group) => void (children = startAll(group, awaitables)),
    decided: (group) => group.winner !== undefined,
    answer(group) {
      const { winner } = group;
      const errors = group.failed.map((child) => child.error());
      if (winner === undefined) {
        const all = children.map((child) => child.error());
        throw new AggregateError(all, `none of ${all.length} succeeded: ${listErrors(all)}`);
      }
      const unclean = errors.slice(group.losses); // those that failed when they were cancelled
      if (unclean.length > 0) throw combine(unclean);
      return winner.result();
    },
    chosen: (group) => group.winner,
    overlooksLosses: true,
  };
});

/**
 * The result of the first one that succeeds. The others are cancelled and have cleaned up before it returns. Throws an
 * `AggregateError` of all their errors when none succeeds, and a `TypeError` at the call when there is nothing to wait
 * for. Cancelled from outside, it cancels what it runs and waits for the clean-up. A task, future or promise is only
 * waited for, and goes on.
 *
 * @example
 * const page = yield* any([cache(url), network(url)]);
 */
export function any<const A extends Awaitables>(awaitables: A): Effect<OneOf<A>> {
  checkAwaitables('any', awaitables, 1);
  return new Effect('any', [awaitables], performAny, inheritedFrom(awaitables));
}
