// asCompleted: the results of several, in the order in which they come. Relies on the kernel, effects/spawn, children.

import { startChild } from '../effects/spawn.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { List } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitables } from './children.ts';

function perform(owner: Task, [works]: [readonly Awaitable<unknown>[]]): Iterable<Effect<unknown>> {
  const over: Task[] = [];
  /** Who waits for the first one that is over, for the second one ... */
  const lines: List<Task>[] = [];
  const performNext = (task: Task, index: number): unknown => {
    const child = over[index];
    if (child) return task._perform(child);
    lines[index]?._park(task);
    return SUSPENDED;
  };
  const watcher = {
    _told(child: Task) {
      if (!child.done) return;
      const line = lines[over.push(child) - 1];
      for (let waiter; (waiter = line?._shift());) waiter._wakePerforming(child);
    },
  };
  const children = [...new Set(Object.values(works))].map((work) => {
    const child = startChild(owner, work);
    lines.push(new List<Task>());
    child._watcher = watcher;
    return child;
  });
  return {
    *[Symbol.iterator]() {
      let left = true;
      try {
        for (const index of children.keys()) yield new Effect('asCompleted.next', index, performNext);
        left = false;
      } finally {
        if (left) for (const child of children) child.cancel('no longer needed');
      }
    },
  };
}

/**
 * Starts all of them and gives effects, as many as there are works: the first one gives the result, or throws the
 * error, of whichever is over first, the second one that of the next, and so on. Leaving the loop early
 * cancels those that are not over; this task waits for their clean-up at its end. A task, future or promise is only
 * waited for.
 *
 * @example
 * for (const next of yield* asCompleted(urls.map((url) => page(url)))) {
 *   const text = yield* next;
 * }
 */
export function asCompleted<A extends Awaitable<unknown>>(works: readonly A[]): Effect<Iterable<Effect<Result<A>>>> {
  return new Effect('asCompleted', [checkAwaitables('asCompleted', works)], perform);
}
