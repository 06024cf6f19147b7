// What the combinators have in common: they run what they are given as children of the task, wait until
// something has become of them, cancel the rest, and return only when that has cleaned up.
// A task, future or promise that is given is joined by a child, so that cancelling the child leaves it alone.
// Relies on the kernel, effects/spawn.

import { startChild } from '../effects/spawn.ts';
import type { SpawnOptions } from '../effects/spawn.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { combine } from '../kernel/errors.ts';
import type { Place } from '../kernel/list.ts';
import type { Task } from '../kernel/task.ts';

export class Children implements Place {
  readonly task: Task;
  readonly alive = new Set<Task>();
  /** Those who did not end with a result before the rest was cancelled, in that order. */
  readonly failed: Task[] = [];
  /** The first one that ended. */
  first: Task | undefined = undefined;
  private condition: () => boolean = () => true;
  private closing = false;

  constructor(task: Task) {
    this.task = task;
  }

  start<A extends Awaitable<unknown>>(work: A, options?: SpawnOptions, onEnd?: (child: Task<Result<A>>) => void): Task<Result<A>> {
    const child = startChild(this.task, work as Awaitable<Result<A>>, options);
    this.alive.add(child as Task);
    child._watcher = () => {
      if (!child.done) return;
      this.ended(child as Task);
      onEnd?.(child);
      // The condition is looked at last: it may depend on what onEnd did.
      if (this.task._place === this && this.condition()) {
        this.task._place = undefined;
        this.task._wake(undefined);
      }
    };
    if (this.closing) child.cancel('the group is closing');
    return child;
  }

  /** Waits until the condition holds; it is looked at whenever a child has ended. */
  until(condition: () => boolean): Effect<void> {
    return new Effect('children', [this, condition], park);
  }

  /** Cancels those who are left and waits for their clean-up, which no cancellation can cut short. */
  *close(): Generator<Effect<unknown>, void, any> {
    this.closing = true;
    for (const child of [...this.alive]) child.cancel('no longer needed');
    yield this.until(() => this.alive.size === 0);
  }

  /** After `close`: throws what failed, and what failed to clean up. One error as it is, several as an `AggregateError`. */
  throwFailures(): void {
    if (this.failed.length > 0) throw combine(this.failed.map((child) => child.error()));
  }

  /** @internal */
  park(condition: () => boolean): unknown {
    if (condition()) return undefined;
    this.condition = condition;
    this.task._place = this;
    return SUSPENDED;
  }

  _leave(): boolean {
    return this.closing;
  }

  private ended(child: Task): void {
    this.alive.delete(child);
    this.first ??= child;
    // A child that was cancelled by us is no failure; one that was cancelled by somebody else is.
    if (child.state === 'failed' || (child.state === 'cancelled' && !this.closing)) this.failed.push(child);
  }
}

function park(_task: Task, [children, condition]: [Children, () => boolean]): unknown {
  return children.park(condition);
}

/** What `all` and its relatives take. */
export type Awaitables = readonly Awaitable<unknown>[] | { readonly [key: string]: Awaitable<unknown> };

/** Starts each; the same awaitable given twice is run once. Gives the keys and their tasks in order. */
export function startAll(children: Children, awaitables: Awaitables): [string, Task][] {
  const started = new Map<unknown, Task>();
  return Object.entries(awaitables).map(([key, work]: [string, Awaitable<unknown>]) => {
    const child = started.get(work) ?? children.start(work);
    started.set(work, child);
    return [key, child];
  });
}

/** The results in the shape of what was given: an array, or an object with the same keys. */
export function shaped(awaitables: Awaitables, results: [string, unknown][]): unknown {
  return Array.isArray(awaitables) ? results.map(([, result]) => result) : Object.fromEntries(results);
}

export function checkAwaitables<A>(where: string, awaitables: A, least = 0): A {
  if (typeof awaitables !== 'object' || awaitables === null || Symbol.iterator in awaitables !== Array.isArray(awaitables)) {
    throw new TypeError(`${where} takes an array or an object of awaitables, not ${String(awaitables)}`);
  }
  if (Object.keys(awaitables).length < least) throw new TypeError(`${where} of nothing would wait for ever: give it at least one awaitable`);
  return awaitables;
}
