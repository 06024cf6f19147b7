// A group: the scope of a combinator, with the children that it starts. It keeps score of them, and it continues the
// combinator when what that waits for has happened. A task, future or promise that is given to a combinator is joined
// by a child, so that cancelling the child leaves it alone. Relies on the kernel, effects/spawn, cancel-depth.
//
// Two things happen in the very step in which a child ends, and not a turn later:
//   - When the combinator is decided, the other children are cancelled: until then one of them could still take an item
//     from a queue, or fail.
//   - When the condition that the combinator waits for holds, its task goes to the front of the ready queue. So no
//     cancellation can come between the child's answer and its hand-over, and no answer is lost.

import { startChildIn } from '../effects/spawn.ts';
import type { SpawnOptions } from '../effects/spawn.ts';
import { acquires, giveBack } from '../kernel/acquired.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { CancelScope } from '../kernel/cancel-scope.ts';
import { AT_ONCE, Effect, SUSPENDED } from '../kernel/effect.ts';
import { FAILED, OPEN, SUCCEEDED } from '../kernel/modes.ts';
import type { Task } from '../kernel/task.ts';
import { wakeFirst } from '../kernel/wake-first.ts';
import { combine } from '../words/combine.ts';
import { cancelEach } from './cancel-depth.ts';

const NO_LONGER_NEEDED = 'no longer needed';

export class Group extends CancelScope {
  declare readonly task: Task;
  /** The first child that ended, and the first that succeeded. */
  first: Task | undefined = undefined;
  winner: Task | undefined = undefined;
  /**
   * The children that did not end with a result before the rest was cancelled, in that order; after them those whose
   * clean-up failed. `losses` says how many there were before.
   */
  readonly failed: Task[] = [];
  losses = 0;
  /** A child that was cancelled by somebody else is no failure, either. */
  lenient = false;
  private decided: () => boolean = () => false;
  private condition: (() => boolean) | undefined = undefined;
  /**
   * How to give back the answers of children that acquire something. A child that has its answer moves to the
   * end: the last is given back first.
   */
  private waysBack: Map<Task, () => void> | undefined = undefined;

  start<A extends Awaitable<unknown>>(work: A, options?: SpawnOptions): Task<Result<A>> {
    const child = startChildIn(this, work as Awaitable<Result<A>>, options);
    if (acquires(work)) this.setWayBack(child as Task, () => giveBack(work, child._value, child as Task));
    return child;
  }

  /** How to give back what this child has acquired, or will have acquired when it succeeds. */
  setWayBack(child: Task, way: () => void): void {
    (this.waysBack ??= new Map()).set(child, way);
  }

  /** From now on the rest is cancelled as soon as this holds. */
  cancelWhen(decided: () => boolean): void {
    this.decided = decided;
    this.look();
  }

  /**
   * Waits until the condition holds. It is looked at whenever a child has ended. To be yielded where it is made: if the
   * condition does not hold, the task waits from this step on.
   */
  until(condition: () => boolean): Effect<void> {
    const wait = (task: Task) => {
      if (condition()) return undefined;
      this.condition = condition;
      task._place = this;
      return SUSPENDED;
    };
    return new Effect('children', undefined, wait, condition() ? 0 : AT_ONCE);
  }

  /** Waits until all children are over. */
  untilOver(): Effect<void> {
    return this.until(() => this.drain());
  }

  /**
   * Has the combinator been decided, does the condition hold? Asked when a child has ended, or something has changed.
   */
  look(): void {
    const { condition } = this;
    if (this.phase === OPEN && this.decided()) this.cancelRest();
    if (condition === undefined || !condition()) return;
    this.condition = undefined;
    wakeFirst(this.task);
  }

  cancelRest(): void {
    this.cancelChildren(NO_LONGER_NEEDED);
  }

  /** @internal The task is cancelled while it waits. */
  override _withdraw(): void {
    this.condition = undefined;
  }

  /** The task is cancelled in the combinator, whether it waits or is ready: so are the children, in this step. */
  override close(begins: boolean): number {
    if (begins) this.cancelRest();
    return super.close(begins);
  }

  override cancelChildren(reason: unknown): void {
    if (this.phase === OPEN) this.losses = this.failed.length;
    super.cancelChildren(reason);
  }

  override drain(): boolean {
    if (this.phase === OPEN && this.foreground === 0) this.losses = this.failed.length;
    return super.drain();
  }

  protected override cancelEach(children: readonly Task[], reason: unknown): void {
    cancelEach(children, reason);
  }

  protected override onNews(child: Task): void {
    this.first ??= child;
    if (child._status === SUCCEEDED) {
      this.winner ??= child;
      this.noteAnswer(child);
    }
    // A child that we have cancelled is no failure; one that somebody else has cancelled is.
    else if (child._status === FAILED || !(this.phase !== OPEN || this.lenient)) this.failed.push(child);
    this.look();
  }

  private noteAnswer(child: Task): void {
    const way = this.waysBack?.get(child);
    if (way === undefined) return;
    this.waysBack?.delete(child);
    this.setWayBack(child, way);
  }

  /** For those to whom a failure is one outcome of several: what has failed before the decision was no loss. */
  overlookLosses(): void {
    for (const child of this.failed.slice(0, this.losses)) child._observe();
  }

  /** Throws what failed, and what failed to clean up. One error as it is, several as an `AggregateError`. */
  throwFailures(): void {
    if (this.failed.length > 0) throw combine(this.failed.map((child) => child.error()));
  }

  /**
   * Nobody will get the answers of these children, or of all: what they acquired is given back. The last one first, so
   * that two items of a queue, which each go back to its front, are in their old order again.
   */
  giveBack(except?: Task): void {
    if (this.waysBack === undefined) return;
    for (const [child, way] of [...this.waysBack].reverse()) {
      if (child !== except && child._status === SUCCEEDED) way();
    }
  }

  /** Has a child acquired something that can be given back? */
  get hasAcquired(): boolean {
    return this.waysBack !== undefined;
  }
}
