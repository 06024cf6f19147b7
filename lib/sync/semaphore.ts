// A semaphore: so many at a time. Permits are handed over like locks are. Relies on the kernel, lock.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { List } from '../kernel/waiting.ts';
import { mustBe } from '../words/messages.ts';
import type { Task } from '../kernel/task.ts';
import { holding } from './lock.ts';
import type { NameOption } from './lock.ts';

/**
 * So many tasks at a time may hold a permit.
 *
 * @example
 * const connections = new Semaphore(10);
 * yield* connections.with(query());
 */
export class Semaphore {
  readonly name: string;
  private readonly _acquireKind: string;
  private _permits: number;
  private readonly _waiters = new List<Task>();
  private readonly _handed = { _withdraw: () => this.release() };

  /** Throws a `RangeError` when `permits` is not a whole number of 0 or more. */
  constructor(permits = 1, { name = 'semaphore' }: NameOption = {}) {
    if (!Number.isInteger(permits) || permits < 0)
      throw new RangeError(mustBe('a Semaphore', 'a number of permits, 0 or more', permits));
    this._permits = permits;
    this.name = name;
    this._acquireKind = `${name}.acquire`;
  }

  /** Permits that are free. */
  get free(): number {
    return this._permits;
  }

  /** No permit is free. */
  get locked(): boolean {
    return this._permits === 0;
  }

  /** Waits for a permit and takes it. First come, first served. */
  acquire(): Effect<void> {
    return new Effect(this._acquireKind, undefined, this._take);
  }

  /** Hands the permit to the one who has waited longest, or adds it to the free ones. */
  release(): void {
    const next = this._waiters._shift();
    if (next === undefined) {
      this._permits++;
      return;
    }
    next._wake();
    next._place = this._handed;
  }

  /** Runs the work while holding a permit, and releases it whatever happens. */
  with<A extends Awaitable<unknown>>(work: A): Effect<Result<A>> {
    return holding(this.name, this, work);
  }

  private readonly _take = (task: Task): unknown => {
    if (this._permits === 0) {
      this._waiters._park(task);
      return SUSPENDED;
    }
    this._permits--;
    return undefined;
  };
}
