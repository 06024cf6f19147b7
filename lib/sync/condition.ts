// A condition: tasks that hold a lock wait until another one that holds it says that something has changed.
// `wait` is a frame, so that its `finally` can take the lock again whatever ends the wait.
// Relies on the kernel, lock.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { InvalidStateError } from '../words/errors.ts';
import { mustBe } from '../words/messages.ts';
import { List } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import { holding, Lock } from './lock.ts';
import type { NameOption } from './lock.ts';

/**
 * Something that tasks wait for while they hold a lock: `wait()` gives the lock up until `notify()`.
 *
 * @example
 * yield* condition.with((function* () {
 *   yield* condition.waitFor(() => items.length > 0);
 *   use(items.shift());
 * })());
 */
export class Condition {
  readonly name: string;
  private readonly _lock: Lock;
  private readonly _waiters = new List<Task>();
  /** Where those are who were notified and have not had their turn: cancelled by then, they pass it on. */
  private readonly _notified = { _withdraw: () => this._wakeUp(1) };

  /** Several conditions may share one lock; without one it has its own. */
  constructor(lock?: Lock, { name = 'condition' }: NameOption = {}) {
    if (lock !== undefined && !(lock instanceof Lock)) throw new TypeError(mustBe('a Condition', 'a Lock', lock));
    this.name = name;
    this._lock = lock ?? new Lock({ name });
  }

  get locked(): boolean {
    return this._lock.locked;
  }

  /** Takes the lock, like `lock.acquire()`. */
  acquire(): Effect<void> {
    return this._lock.acquire();
  }

  release(): void {
    this._lock.release();
  }

  /** Runs the work while holding the lock, and releases it whatever happens. */
  with<A extends Awaitable<unknown>>(work: A): Effect<Result<A>> {
    return holding(this.name, this, work);
  }

  /**
   * Releases the lock, waits until it is notified, and takes the lock again, also when it was cancelled. One that
   * is cancelled after it was notified passes that on. Throws an `InvalidStateError` when nobody holds the lock.
   */
  wait(): Effect<void> {
    return new Effect(`${this.name}.wait`, undefined, this._performWait);
  }

  /** Waits until the predicate, which is called while the lock is held, is true, and gives what it returned. */
  waitFor<T>(predicate: () => T): Effect<T> {
    if (typeof predicate !== 'function') throw new TypeError(mustBe('waitFor', 'a function', predicate));
    return new Effect(`${this.name}.waitFor`, [predicate], this._performWaitFor);
  }

  /** Wakes the `n` who have waited longest. They go on when they get the lock. Throws an `InvalidStateError` when nobody holds it. */
  notify(n = 1): void {
    this._check('notify');
    this._wakeUp(n);
  }

  /** Wakes all who wait. */
  notifyAll(): void {
    this.notify(Infinity);
  }

  private _check(method: string): void {
    if (!this.locked) throw new InvalidStateError(`${this.name}.${method}() needs its lock: acquire it first`);
  }

  private _wakeUp(n: number): void {
    for (let waiter; n > 0 && (waiter = this._waiters._shift()); n--) {
      waiter._wake();
      waiter._place = this._notified;
    }
  }

  private readonly _park = (task: Task): unknown => {
    this._waiters._park(task);
    return SUSPENDED;
  };

  private readonly _performWait = (task: Task): unknown => task._perform(this._waiting());

  private readonly _performWaitFor = (task: Task, [predicate]: [() => unknown]): unknown =>
    task._perform(this._waitingFor(predicate));

  private *_waitingFor(predicate: () => unknown): Generator<unknown, unknown, unknown> {
    let result;
    while (!(result = predicate())) yield this.wait();
    return result;
  }

  private *_waiting(): Generator<unknown, void, unknown> {
    this._check('wait');
    this.release();
    let woken = false;
    let held = false;
    try {
      yield new Effect(`${this.name}.wait`, undefined, this._park);
      woken = true;
      yield this.acquire();
      held = true;
    } finally {
      if (!held) {
        // Cancelled: and a clean-up is not cancelled again, so that the lock is taken in any case.
        if (woken) this._wakeUp(1);
        yield this.acquire();
      }
    }
  }
}
