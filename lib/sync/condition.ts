// A condition: tasks that hold a lock wait until another task, which holds it then, says that something has changed.
// Relies on the kernel, lock.
//
// A wait has two halves, and a cancellation may come in either of them:
//
//   wait():  release the lock ─▶ parked in `_waiters` ─▶ woken by notify() ─▶ acquire the lock ─▶ go on
//                                        │                     │                     │
//            cancelled here:             ▼                     ▼                     ▼
//                                acquire the lock     pass the notify on      pass the notify on
//                                                     acquire the lock        acquire the lock
//
// Two promises follow. The code around a wait holds the lock again whatever ended the wait, so a `finally` that
// releases it is right. And a notify is never lost with the task that got it: it wakes the next task that waits.
//
// `wait` is a generator, and so a frame of the task, because only a `finally` can take the lock again during a
// cancellation. That this `finally` gets the lock in any case rests on a rule of the kernel: a clean-up is not
// cancelled again.

import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { handOver, List } from '../kernel/waiting.ts';
import type { Place } from '../kernel/waiting.ts';
import { InvalidStateError } from '../words/errors.ts';
import { checkFunction } from '../words/check.ts';
import { mustBe } from '../words/messages.ts';
import { holding } from './holding.ts';
import { Lock } from './lock.ts';
import type { NameOption } from './named.ts';

/**
 * Something that tasks wait for while they hold a lock: `wait()` gives the lock up until another task calls `notify()`.
 *
 * @example
 * yield* condition.with((function* () {
 *   yield* condition.waitFor(() => items.length > 0);
 *   show(items.shift());
 * })());
 */
export class Condition {
  /** Shown in reports: what its effects are printed with. */
  readonly name: string;
  private readonly _lock: Lock;
  private readonly _waiters = new List<Task>();
  private readonly _wait: Effect<void>;
  private readonly _parked: Effect<void>;
  /** Where a task is that was notified and has not had its turn. If it is cancelled, it passes the notify on. */
  private readonly _notified: Place = { _withdraw: () => this._wakeUp(1) };

  /**
   * Several conditions may share one lock; without one, the condition has a lock of its own. Throws a `TypeError` when
   * `lock` is something else.
   */
  constructor(lock?: Lock, { name = 'condition' }: NameOption = {}) {
    if (lock !== undefined && !(lock instanceof Lock)) throw new TypeError(mustBe('a Condition', 'a Lock', lock));
    this.name = name;
    this._lock = lock ?? new Lock({ name });
    this._wait = new Effect(`${name}.wait`, undefined, this._performWait);
    this._parked = new Effect(`${name}.wait`, undefined, this._performPark);
  }

  /** True while a task holds the lock. */
  get locked(): boolean {
    return this._lock.locked;
  }

  /** Takes the lock, like `lock.acquire()`. */
  acquire(): Effect<void> {
    return this._lock.acquire();
  }

  /** Releases the lock, like `lock.release()`. Throws an `InvalidStateError` when it is free. */
  release(): void {
    this._lock.release();
  }

  /**
   * Runs the work while holding the lock and gives its result. Releases the lock whatever became of the work. Throws a
   * `TypeError` at the call when the work cannot be awaited.
   *
   * @example
   * yield* condition.with(produce());
   */
  with<A extends Awaitable<unknown>>(work: A): Effect<Result<A>> {
    return holding(this, work);
  }

  /**
   * Releases the lock, waits until it is notified, and takes the lock again. It also takes the lock again when it is
   * cancelled, before any `finally` around it runs; if it was notified by then, the notify goes to the next task that
   * waits. Throws an `InvalidStateError` when nobody holds the lock.
   *
   * @example
   * while (items.length === 0) yield* condition.wait();
   */
  wait(): Effect<void> {
    return this._wait;
  }

  /**
   * Waits until the predicate is true, and gives what it returned. The predicate is called while the task holds the
   * lock: at once, and again after each notify. What it throws is thrown here. Throws a `TypeError` at the call when it
   * is not a function.
   *
   * @example
   * const item = yield* condition.waitFor(() => items.shift());
   */
  waitFor<T>(predicate: () => T): Effect<T> {
    checkFunction('waitFor', predicate);
    return new Effect(`${this.name}.waitFor`, [predicate], this._performWaitFor);
  }

  /**
   * Wakes the `n` tasks that have waited longest. Each goes on when it gets the lock. A notify that nobody waits for is
   * forgotten. Throws an `InvalidStateError` when nobody holds the lock.
   */
  notify(n = 1): void {
    this._checkLocked('notify');
    this._wakeUp(n);
  }

  /** Wakes all tasks that wait. Throws an `InvalidStateError` when nobody holds the lock. */
  notifyAll(): void {
    this.notify(Infinity);
  }

  private _checkLocked(method: string): void {
    if (!this.locked) throw new InvalidStateError(`${this.name}.${method}() needs its lock: acquire it first`);
  }

  private _wakeUp(n: number): void {
    for (let left = n; left > 0; left--) {
      const waiter = this._waiters._shift();
      if (!waiter) return;
      handOver(waiter, this._notified);
    }
  }

  private readonly _performWait = (task: Task): unknown => task._call(this._waiting());

  private readonly _performWaitFor = (task: Task, [predicate]: [() => unknown]): unknown =>
    task._call(this._waitingFor(predicate));

  private readonly _performPark = (task: Task): unknown => {
    this._waiters._park(task);
    return SUSPENDED;
  };

  private *_waiting(): Generator<unknown, void, unknown> {
    this._checkLocked('wait');
    this.release();
    let notified = false;
    let locked = false;
    try {
      yield this._parked;
      notified = true;
      yield this.acquire();
      locked = true;
    } finally {
      if (!locked) {
        // Cancelled, or thrown an error. A task that was notified and not yet had its turn is not `notified` here: then
        // its place has passed the notify on.
        if (notified) this._wakeUp(1);
        yield this.acquire();
      }
    }
  }

  private *_waitingFor(predicate: () => unknown): Generator<unknown, unknown, unknown> {
    for (;;) {
      const result = predicate();
      if (result) return result;
      yield this._wait;
    }
  }
}
