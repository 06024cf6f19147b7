// all and allSettled: several at once, and every result. Relies on together, awaitables.

import type { Result } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitables, inShapeOf, inheritedFrom, startAll } from './awaitables.ts';
import type { Awaitables } from './awaitables.ts';
import { combinator } from './together.ts';

const performAll = /* @__PURE__ */ combinator(([awaitables]: [Awaitables]) => {
  let children: Task[];
  return {
    start: (group) => void (children = startAll(group, awaitables)),
    decided: (group) => group.failed.length > 0,
    answer(group) {
      group.throwFailures();
      return inShapeOf(
        awaitables,
        children.map((child) => child.result()),
      );
    },
  };
});

/**
 * Runs all of them and gives their results in the shape they were given in, an array or an object. On the first failure
 * the others are cancelled and have cleaned up before it is thrown. `all([])` is `[]`. Throws a `TypeError` at the call
 * for what is no array or object of awaitables. Cancelled from outside, it cancels what it runs and waits for the
 * clean-up. A task, future or promise is only waited for, and goes on.
 *
 * @example
 * const [a, b] = yield* all([page('/a'), page('/b')]);
 * const { user, posts } = yield* all({ user: getUser(id), posts: getPosts(id) });
 */
export function all<const A extends Awaitables>(awaitables: A): Effect<{ -readonly [K in keyof A]: Result<A[K]> }> {
  checkAwaitables('all', awaitables);
  return new Effect('all', [awaitables], performAll, inheritedFrom(awaitables));
}

const performAllSettled = /* @__PURE__ */ combinator(([awaitables]: [Awaitables]) => {
  let children: Task[];
  return {
    start: (group) => void (children = startAll(group, awaitables)),
    answer: () => inShapeOf(awaitables, children.map(settled)),
    overlooksLosses: true,
  };
});

function settled(child: Task): Settled<unknown> {
  const reason = child.error();
  return child.state === 'succeeded' ? { status: 'fulfilled', value: child.result() } : { status: 'rejected', reason };
}

/** As `Promise.allSettled` has it. */
export type Settled<T> = { status: 'fulfilled'; value: T } | { status: 'rejected'; reason: unknown };

/**
 * Runs all of them to their end, whatever it is, and gives each as `{ status: 'fulfilled', value }` or
 * `{ status: 'rejected', reason }`. Never throws, but for a `TypeError` at the call. Cancelled from outside, it cancels
 * what it runs and waits for the clean-up. A task, future or promise is only waited for, and goes on.
 *
 * @example
 * const results = yield* allSettled(urls.map((url) => page(url)));
 */
export function allSettled<const A extends Awaitables>(
  awaitables: A,
): Effect<{ -readonly [K in keyof A]: Settled<Result<A[K]>> }> {
  checkAwaitables('allSettled', awaitables);
  return new Effect('allSettled', [awaitables], performAllSettled, inheritedFrom(awaitables));
}
