// all and allSettled: several at once, and every result. Relies on children.

import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import type { Result } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { checkAwaitables, Children, shaped, startAll } from './children.ts';
import type { Awaitables } from './children.ts';

const performAll = /* @__PURE__ */ frameOf('all', function* (awaitables: Awaitables) {
  const children = new Children(yield* currentTask());
  const started = startAll(children, awaitables);
  try {
    yield children.untilOver(() => children.failed.length > 0);
  } finally {
    if (children.alive > 0) yield children.close();
  }
  children.throwFailures();
  return shaped(
    awaitables,
    started.map((child) => child.result()),
  );
});

/**
 * Runs all of them and gives their results in the shape they were given in, an array or an object. On the
 * first failure the others are cancelled and have cleaned up before it is thrown. `all([])` is `[]`.
 *
 * @example
 * const [a, b] = yield* all([page('/a'), page('/b')]);
 * const { user, posts } = yield* all({ user: getUser(id), posts: getPosts(id) });
 */
export function all<const A extends Awaitables>(awaitables: A): Effect<{ -readonly [K in keyof A]: Result<A[K]> }> {
  return new Effect('all', [checkAwaitables('all', awaitables)], performAll);
}

const performAllSettled = /* @__PURE__ */ frameOf('allSettled', function* (awaitables: Awaitables) {
  const children = new Children(yield* currentTask());
  const started = startAll(children, awaitables);
  try {
    yield children.untilOver();
  } finally {
    children.overlook();
    if (children.alive > 0) yield children.close();
  }
  return shaped(
    awaitables,
    started.map((child) => {
      const reason = child.error();
      return child.state === 'succeeded' ?
          { status: 'fulfilled', value: child.result() }
        : { status: 'rejected', reason };
    }),
  );
});

/** As `Promise.allSettled` has it. */
export type Settled<T> = { status: 'fulfilled'; value: T } | { status: 'rejected'; reason: unknown };

/**
 * Runs all of them to their end, whatever it is, and gives each as `{ status: 'fulfilled', value }` or
 * `{ status: 'rejected', reason }`. Never throws.
 *
 * @example
 * const results = yield* allSettled(urls.map((url) => page(url)));
 */
export function allSettled<const A extends Awaitables>(
  awaitables: A,
): Effect<{ -readonly [K in keyof A]: Settled<Result<A[K]>> }> {
  return new Effect('allSettled', [checkAwaitables('allSettled', awaitables)], performAllSettled);
}
