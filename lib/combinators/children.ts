// What the combinators have in common: they run what they are given as children of the task, wait until
// something has become of them, cancel the rest, and return only when that has cleaned up.
// A task, future or promise that is given is joined by a child, so that cancelling the child leaves it alone.
// Relies on the kernel, effects/spawn.

import { startChild } from '../effects/spawn.ts';
import type { SpawnOptions } from '../effects/spawn.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { DAEMON, FAILED, SUCCEEDED } from '../kernel/modes.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { combine } from '../words/combine.ts';
import type { Place } from '../kernel/waiting.ts';
import { mustBe } from '../words/messages.ts';
import type { Task, Watcher } from '../kernel/task.ts';
import { checkAwaitable, isAwaitable, isPromise } from '../kernel/yieldable.ts';

// A combinator within another is cancelled by a call from within, so that those inside are first in the ready queue.
// But not at any depth: 3,000 levels would overflow the stack. The rest is cancelled by the outermost one.
const DEEP = 500;
let depth = 0;
const deferred: Task[] = [];

export class Children implements Place, Watcher {
  readonly task: Task;
  /** How many are not over, and how many of those are no daemons. */
  alive = 0;
  private foreground = 0;
  /** In the order in which they were started. Those who are over are dropped now and then. */
  private started: Task[] = [];
  /** Those who did not end with a result before the rest was cancelled, in that order; then failed clean-ups. */
  readonly failed: Task[] = [];
  /** How many of them there were when the rest was cancelled. */
  losses = 0;
  /** One that was cancelled by somebody else is no failure, either. */
  lenient = false;
  /** The first one that ended, and the first one that succeeded. */
  first: Task | undefined = undefined;
  winner: Task | undefined = undefined;
  private condition: () => boolean = () => true;
  /** Has what is decisive happened? Given by `cancelWhen` and `untilOver`. */
  private decision: () => boolean = () => false;
  private closing = false;

  constructor(task: Task) {
    this.task = task;
  }

  start<A extends Awaitable<unknown>>(work: A, options?: SpawnOptions): Task<Result<A>> {
    const child = startChild(this.task, work as Awaitable<Result<A>>, options);
    if (this.started.length > 2 * this.alive + 32) this.started = this.started.filter((task) => !task.done);
    this.started.push(child as Task);
    this.alive++;
    if (!options?.daemon) this.foreground++;
    child._watcher = this;
    if (this.closing) child.cancel();
    return child;
  }

  /** A child was asked to end, or is over. */
  _told(child: Task): void {
    if (!child.done) return;
    this.alive--;
    if (!(child._flags & DAEMON)) this.foreground--;
    this.first ??= child;
    if (child._status === SUCCEEDED) this.winner ??= child;
    // A child that was cancelled by us is no failure; one that was cancelled by somebody else is.
    else if (child._status === FAILED || !(this.closing || this.lenient)) this.failed.push(child);
    this.look();
  }

  /** The rest is cancelled as soon as this holds, also while the task is not waiting for all. */
  cancelWhen(decision: () => boolean): void {
    this.decision = decision;
  }

  /** Waits until the condition holds; it is looked at whenever a child has ended. */
  until(condition: () => boolean): Effect<unknown> {
    return new Effect('children', undefined, () => {
      this.condition = condition;
      if (condition()) return undefined;
      this.task._place = this;
      return SUSPENDED;
    });
  }

  /**
   * Waits until all are over. When the decision has fallen, or only daemons are left, the rest is cancelled
   * at once and not when the task has its turn: until then a loser could still take an item, or fail.
   */
  untilOver(decision: () => boolean = () => false): Effect<unknown> {
    this.decision = () => this.foreground === 0 || decision();
    if (this.decision()) this.cancel();
    return this.until(() => this.alive === 0);
  }

  /**
   * Cancels those who are left and waits for their clean-up, which no cancellation can cut short. Not to be yielded
   * when nobody is left: at that yield a cancellation that came meanwhile would take the result along.
   */
  close(): Effect<unknown> {
    this.cancel();
    return this.untilOver();
  }

  /** For those to whom a failure is one outcome of several: whoever has failed so far was no loss. */
  overlook(): void {
    for (const child of this.failed.slice(0, this.losses)) child._observe();
  }

  /** After `close`: throws what failed, and what failed to clean up. One error as it is, several as an `AggregateError`. */
  throwFailures(): void {
    if (this.failed.length > 0) throw combine(this.failed.map((child) => child.error()));
  }

  /** Has the decision fallen, does the condition hold? Asked when a child has ended, or has news. */
  look(): void {
    const { task } = this;
    if (!this.closing && this.decision()) this.cancel();
    if (task._place !== this || !this.condition()) return;
    task._wake();
    // From now on there may be a result: a cancellation comes after it was handed over, or it would be lost.
    task._place = { _withdraw: () => true };
  }

  /** The task is cancelled: so are the children, at once. But a clean-up that has begun is waited for. */
  _withdraw(): boolean {
    const { closing } = this;
    this.cancel();
    return closing;
  }

  private cancel(): void {
    if (!this.closing) this.losses = this.failed.length;
    this.closing = true;
    if (depth === DEEP) return void this.started.forEach((child) => deferred.push(child));
    depth++;
    const why = 'no longer needed';
    for (const child of this.started) child.cancel(why); // which does nothing to those who are over
    if (depth === 1) {
      for (const child of deferred) child.cancel(why); // also those who are added meanwhile
      deferred.length = 0;
    }
    depth--;
  }
}

/** What `all` and its relatives take. */
export type Awaitables = readonly Awaitable<unknown>[] | { readonly [key: string]: Awaitable<unknown> };

/** Starts each; the same awaitable given twice is run once. Gives their tasks in order. */
export function startAll(children: Children, awaitables: Awaitables): Task[] {
  const started = new Map<unknown, Task>();
  return Object.values(awaitables).map((work: Awaitable<unknown>) => {
    const child = started.get(work) ?? children.start(work);
    started.set(work, child);
    return child;
  });
}

/** The results in the shape of what was given: an array, or an object with the same keys. */
export function shaped(awaitables: Awaitables, results: unknown[]): unknown {
  return Array.isArray(awaitables) ? results : (
      Object.fromEntries(Object.keys(awaitables).map((key, index) => [key, results[index]]))
    );
}

export function checkAwaitables<A>(where: string, awaitables: A, least = 0): A {
  if (
    typeof awaitables !== 'object' ||
    awaitables === null ||
    Symbol.iterator in awaitables !== Array.isArray(awaitables) ||
    isPromise(awaitables)
  ) {
    throw new TypeError(mustBe(where, 'an array or an object of awaitables', awaitables));
  }
  const works: unknown[] = Object.values(awaitables);
  if (works.length < least)
    throw new TypeError(`${where} of nothing would wait for ever: give it at least one awaitable`);
  works.forEach(
    (work, index) => isAwaitable(work) || checkAwaitable(work, `item ${Object.keys(awaitables)[index]} of ${where}`),
  );
  return awaitables;
}
