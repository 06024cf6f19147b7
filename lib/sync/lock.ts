// A lock: one task at a time. A lock that is released is handed over, not opened: the task that has waited longest owns
// it from this moment, although its turn comes later. So no other task can slip in between, and no task that is woken
// finds the lock taken and has to wait again. If the new owner is cancelled before its turn, it passes the lock on.
// Relies on the kernel, holding.

import { acquiring } from '../kernel/acquired.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { handOver, List } from '../kernel/waiting.ts';
import type { Place } from '../kernel/waiting.ts';
import { InvalidStateError } from '../words/errors.ts';
import { holding } from './holding.ts';
import type { NameOption } from './named.ts';

/** The tasks that wait for a lock. It tells the deadlock report which task could end the wait: the lock's holder. */
class Waiters extends List<Task> {
  /** @internal */ _holder: Task | undefined = undefined;
}

/**
 * Lets one task at a time hold it. It is not re-entrant: a task that acquires it twice waits for itself.
 *
 * @example
 * const lock = new Lock();
 * const balance = yield* lock.with(withdraw(100));
 */
export class Lock {
  /** Shown in reports: what its effects are printed with. */
  readonly name: string;
  private _taken = false;
  private readonly _waiters = new Waiters();
  private readonly _acquire: Effect<void>;
  /** Where a task is that was handed the lock and has not had its turn. */
  private readonly _handedOver: Place = { _withdraw: () => this.release() };

  constructor({ name = 'lock' }: NameOption = {}) {
    this.name = name;
    this._acquire = acquiring(new Effect(`${name}.acquire`, undefined, this._performAcquire), () => this.release());
  }

  /** True while a task holds it. */
  get locked(): boolean {
    return this._taken;
  }

  /**
   * Takes the lock: at once when it is free, else when all tasks that asked before have had it. A task that is
   * cancelled while it waits does not get it.
   *
   * @example
   * yield* lock.acquire();
   * try { yield* critical(); } finally { lock.release(); }
   */
  acquire(): Effect<void> {
    return this._acquire;
  }

  /**
   * Hands the lock to the task that has waited longest, or opens it. Any task may call it. Throws an
   * `InvalidStateError` when the lock is free.
   */
  release(): void {
    if (!this._taken) throw new InvalidStateError(`${this.name} is released, but nobody has acquired it`);
    const next = this._waiters._shift();
    this._taken = next !== undefined;
    this._waiters._holder = next;
    if (next) handOver(next, this._handedOver);
  }

  /**
   * Runs the work while holding the lock and gives its result. Releases the lock when the work is over, has failed, or
   * was cancelled and has cleaned up. Throws a `TypeError` at the call when the work cannot be awaited.
   *
   * @example
   * const balance = yield* lock.with(withdraw(100));
   */
  with<A extends Awaitable<unknown>>(work: A): Effect<Result<A>> {
    return holding(this, work);
  }

  private readonly _performAcquire = (task: Task): unknown => {
    if (this._taken) {
      this._waiters._park(task);
      return SUSPENDED;
    }
    this._taken = true;
    this._waiters._holder = task;
    return undefined;
  };
}
