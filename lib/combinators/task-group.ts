// taskGroup: asyncio's TaskGroup, trio's nursery. Relies on children.

import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import type { SpawnOptions } from '../effects/spawn.ts';
import type { Awaitable, Coroutine, Result } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { InvalidStateError } from '../words/errors.ts';
import { mustBe } from '../words/messages.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/yieldable.ts';
import { Children } from './children.ts';

export interface TaskGroup {
  /** Starts a task in the group. Throws an `InvalidStateError` when the group is over. */
  spawn<A extends Awaitable<unknown>>(work: A, options?: SpawnOptions): Effect<Task<Result<A>>>;
}

const perform = /* @__PURE__ */ frameOf('taskGroup', function* (body: (group: TaskGroup) => Awaitable<unknown>) {
  const children = new Children(yield* currentTask());
  let over = false;
  const performSpawn = (_task: Task, [work, options]: [Awaitable<unknown>, SpawnOptions | undefined]) => {
    if (over)
      throw new InvalidStateError('the task group is over: spawn in it before its body and its tasks have ended');
    return children.start(work, options);
  };
  const group: TaskGroup = {
    spawn(work, options) {
      checkAwaitable(work, 'spawned');
      return new Effect('group.spawn', options ? [work, options] : [work], performSpawn);
    },
  };
  // The body is a child like the others, so that their failure can cancel it.
  const main = children.start(body(group), { name: 'taskGroup' });
  children.lenient = true;
  try {
    yield children.untilOver(() => children.failed.length > 0 || main.state === 'cancelled');
  } finally {
    if (children.alive > 0) yield children.close();
    over = true;
  }
  children.throwFailures();
  return main.result();
});

/**
 * Runs the body with a group in which it can spawn, and waits for all that was spawned. The first failure
 * cancels the body and the other tasks; when they have cleaned up, one error is thrown as it is, several as
 * an `AggregateError`. A task of the group that is cancelled by itself disturbs nobody. Gives the body's result.
 *
 * @example
 * yield* taskGroup(function* (group) {
 *   const user = yield* group.spawn(getUser(id));
 *   const posts = yield* group.spawn(getPosts(id));
 *   show(yield* join(user), yield* join(posts));
 * });
 */
export function taskGroup<T>(body: (group: TaskGroup) => Coroutine<T>): Effect<T> {
  if (typeof body !== 'function') throw new TypeError(mustBe('taskGroup', 'a generator function', body));
  return new Effect('taskGroup', [body], perform);
}
