// taskGroup: asyncio's TaskGroup, trio's nursery. Relies on together.

import type { SpawnOptions } from '../effects/spawn.ts';
import type { Awaitable, Coroutine, Result } from '../kernel/awaitable.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { LAST_CALL } from '../kernel/modes.ts';
import type { Task } from '../kernel/task.ts';
import { InvalidStateError } from '../words/errors.ts';
import { checkFunction } from '../words/check.ts';
import type { Group } from './group.ts';
import { combinator } from './together.ts';

/** What the body of `taskGroup` is given: it starts tasks that belong to the group. */
export interface TaskGroup {
  /**
   * Starts a task in the group. Throws an `InvalidStateError` when the group is over. In one that has failed it is
   * cancelled at once.
   */
  spawn<A extends Awaitable<unknown>>(work: A, options?: SpawnOptions): Effect<Task<Result<A>>>;
}

type Body = (group: TaskGroup) => Awaitable<unknown>;

/** The group that the body receives. */
function taskGroupOf(group: Group): TaskGroup {
  const performSpawn = (_task: Task, [work, options]: [Awaitable<unknown>, SpawnOptions | undefined]) => {
    if (group.phase === LAST_CALL) {
      throw new InvalidStateError('the task group is over: spawn in it before its body and its tasks have ended');
    }
    return group.start(work, options);
  };
  return {
    spawn(work, options) {
      checkAwaitable(work, 'spawned');
      return new Effect('group.spawn', options ? [work, options] : [work], performSpawn);
    },
  };
}

const performTaskGroup = /* @__PURE__ */ combinator(([body]: [Body]) => {
  let main: Task;
  return {
    start(group) {
      // The body is a child like the others, so that their failure can cancel it.
      main = group.start(body(taskGroupOf(group)), { name: 'taskGroup' });
      group.lenient = true;
    },
    decided: (group) => group.failed.length > 0 || main.state === 'cancelled',
    answer(group) {
      group.throwFailures();
      return main.result();
    },
  };
});

/**
 * Runs the body with a group in which it can spawn, and waits for all that was spawned. The first failure cancels the
 * body and the other tasks; when they have cleaned up, one error is thrown as it is, several as an `AggregateError`. A
 * task of the group that is cancelled by itself disturbs nobody. Gives the body's result. Cancelled from outside, it
 * cancels the body and the tasks, and waits for their clean-up. Throws a `TypeError` at the call for what is no
 * function.
 *
 * @example
 * yield* taskGroup(function* (group) {
 *   const user = yield* group.spawn(getUser(id));
 *   const posts = yield* group.spawn(getPosts(id));
 *   show(yield* join(user), yield* join(posts));
 * });
 */
export function taskGroup<T>(body: (group: TaskGroup) => Coroutine<T>): Effect<T> {
  checkFunction('taskGroup', body, 'a generator function');
  return new Effect('taskGroup', [body], performTaskGroup);
}
