// asCompleted: the results of several, in the order in which they come. Relies on the kernel, effects/spawn,
// awaitables.

import { startChild } from '../effects/spawn.ts';
import { acquires, giveBack } from '../kernel/acquired.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, PROMISED, SUSPENDED } from '../kernel/effect.ts';
import { Listener } from '../kernel/handle.ts';
import type { Task } from '../kernel/task.ts';
import { List } from '../kernel/waiting.ts';
import { checkAwaitables, inheritedFrom } from './awaitables.ts';

/**
 * The children in the order in which they end, and the tasks that wait for the first of them, the second, and so on.
 */
class Completions {
  private readonly works = new Map<Task, Awaitable<unknown>>();
  private readonly over: Task[] = [];
  private readonly handedOver = new Set<Task>();
  private readonly lines: List<Task>[] = [];

  start(owner: Task, works: readonly Awaitable<unknown>[]): void {
    for (const work of distinct(works)) {
      const child = startChild(owner, work);
      this.works.set(child, work);
      this.lines.push(new List<Task>());
      child._park(new Listener(() => this.childIsOver(child)));
    }
  }

  private childIsOver(child: Task): void {
    const index = this.over.push(child) - 1;
    const line = this.lines[index] as List<Task>;
    for (let task = line._shift(); task; task = line._shift()) task._wakePerforming(this.next(index));
  }

  private readonly performNext = (task: Task, index: number): unknown => {
    const child = this.over[index];
    if (child === undefined) {
      (this.lines[index] as List<Task>)._park(task);
      return SUSPENDED;
    }
    this.handedOver.add(child);
    return task._perform(child);
  };

  private next(index: number): Effect<unknown> {
    return new Effect('asCompleted.next', index, this.performNext);
  }

  *[Symbol.iterator](): Generator<Effect<unknown>, void> {
    let left = true;
    try {
      for (const index of this.lines.keys()) yield this.next(index);
      left = false;
    } finally {
      if (left) this.leave();
    }
  }

  /** The loop over it was left early, or never begun. */
  leave(): void {
    for (const child of this.works.keys()) child.cancel('no longer needed');
    // The last one first: see group.ts.
    for (const child of [...this.over].reverse()) {
      const work = this.works.get(child) as Awaitable<unknown>;
      if (acquires(work) && child.state === 'succeeded' && !this.handedOver.has(child)) {
        giveBack(work, child.result(), child);
      }
    }
  }
}

/** An effect is run for each place that it is given at; anything else, which can run only once, is run once. */
function distinct(works: readonly Awaitable<unknown>[]): Awaitable<unknown>[] {
  const seen = new Set<unknown>();
  return works.filter((work) => work instanceof Effect || (!seen.has(work) && seen.add(work)));
}

function performAsCompleted(owner: Task, [works]: [readonly Awaitable<unknown>[]]): Iterable<Effect<unknown>> {
  const completions = new Completions();
  try {
    completions.start(owner, Object.values(works));
  } catch (error) {
    completions.leave(); // a coroutine that was run before: the children that have started are of no use
    throw error;
  }
  return completions;
}

/**
 * Starts all of them and gives effects, as many as there are works: the first one gives the result, or throws the
 * error, of whichever is over first, the second one that of the next, and so on. Leaving the loop early
 * cancels those that are not over; this task waits for their clean-up at its end. A task, future or promise is only
 * waited for. Throws a `TypeError` at the call for what is no array of awaitables.
 *
 * @example
 * for (const next of yield* asCompleted(urls.map((url) => page(url)))) {
 *   const text = yield* next;
 * }
 */
export function asCompleted<A extends Awaitable<unknown>>(works: readonly A[]): Effect<Iterable<Effect<Result<A>>>> {
  return new Effect(
    'asCompleted',
    [checkAwaitables('asCompleted', works)],
    performAsCompleted,
    inheritedFrom(works) & PROMISED,
  );
}
