// A semaphore: a lock that several tasks may hold at once. A permit that is released is handed over, as a lock is: it
// belongs to the task that has waited longest from this moment, and goes on to the next one if that task is cancelled
// before its turn. Relies on the kernel, holding.

import { acquiring } from '../kernel/acquired.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { handOver, List } from '../kernel/waiting.ts';
import type { Place } from '../kernel/waiting.ts';
import { checkCount } from '../words/check.ts';
import { holding } from './holding.ts';
import { countWaiters } from './line.ts';
import type { NameOption } from './named.ts';

/**
 * Lets at most `permits` tasks at a time hold a permit.
 *
 * @example
 * const connections = new Semaphore(10);
 * const rows = yield* connections.with(query('select 1'));
 */
export class Semaphore {
  /** Shown in reports: what its effects are printed with. */
  readonly name: string;
  private _permits: number;
  /** Below 0 when permits were taken away that tasks still hold. That many must be released before one is free. */
  private _free: number;
  private readonly _waiters = new List<Task>();
  private readonly _acquire: Effect<void>;
  /** Where a task is that was handed a permit and has not had its turn. */
  private readonly _handedOver: Place = { _withdraw: () => this.release() };

  /** Throws a `TypeError` or `RangeError` when `permits` is not a whole number of 0 or more. */
  constructor(permits = 1, { name = 'semaphore' }: NameOption = {}) {
    this.name = name;
    this._permits = this._free = checkCount('a Semaphore', permits, 'a number of permits', 0);
    this._acquire = acquiring(new Effect(`${name}.acquire`, undefined, this._performAcquire), () => this.release());
  }

  /** The number of permits that nobody holds. */
  get free(): number {
    return Math.max(this._free, 0);
  }

  /** True while no permit is free. */
  get locked(): boolean {
    return this._free <= 0;
  }

  /** The number of permits there are, free or held. A `release` without an `acquire` does not change it. */
  get permits(): number {
    return this._permits;
  }

  /** How it is used at this moment: `waiting` is the number of tasks that wait for a permit. */
  statistics(): { readonly permits: number; readonly free: number; readonly waiting: number } {
    return { permits: this.permits, free: this.free, waiting: countWaiters(this._waiters) };
  }

  /**
   * Changes the number of permits. More of them go to the tasks that wait. Fewer are taken from the free ones, and then
   * from those that are released next: nobody loses a permit that it holds. Throws a `TypeError` or `RangeError` when
   * it is not a whole number of 0 or more.
   *
   * @example
   * connections.resize(server.isBusy ? 2 : 10);
   */
  resize(permits: number): void {
    const added = checkCount('resize', permits, 'a number of permits', 0) - this._permits;
    this._permits = permits;
    if (added < 0) this._free += added;
    else for (let n = 0; n < added; n++) this.release();
  }

  /**
   * Takes a permit: at once when one is free, else when all tasks that asked before have had one. A task that is
   * cancelled while it waits does not get one.
   *
   * @example
   * yield* connections.acquire();
   * try { yield* query('select 1'); } finally { connections.release(); }
   */
  acquire(): Effect<void> {
    return this._acquire;
  }

  /** Hands a permit to the task that has waited longest, or adds it to the free ones. Any task may call it. */
  release(): void {
    const next = this._free >= 0 ? this._waiters._shift() : undefined;
    if (next) handOver(next, this._handedOver);
    else this._free++;
  }

  /**
   * Runs the work while holding a permit and gives its result. Releases the permit when the work is over, has failed,
   * or was cancelled and has cleaned up. Throws a `TypeError` at the call when the work cannot be awaited.
   *
   * @example
   * const rows = yield* connections.with(query('select 1'));
   */
  with<A extends Awaitable<unknown>>(work: A): Effect<Result<A>> {
    return holding(this, work);
  }

  private readonly _performAcquire = (task: Task): unknown => {
    if (this._free <= 0) {
      this._waiters._park(task);
      return SUSPENDED;
    }
    this._free--;
    return undefined;
  };
}
