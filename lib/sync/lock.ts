// A lock: one task at a time. It is handed over, not opened: the task that is woken owns it at once, so
// that nobody can slip in between, and if it is cancelled before its turn, the next one gets it.
// Relies on the kernel, effects/coroutine.

import { frameOf } from '../effects/coroutine.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { InvalidStateError } from '../words/errors.ts';
import { List } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';

/** How primitives are named in reports: `jobs.get()` instead of `queue.get()`. */
export interface NameOption {
  readonly name?: string | undefined;
}

const performWith = /* @__PURE__ */ frameOf(
  'with',
  function* (lock: Pick<Lock, 'acquire' | 'release'>, work: Awaitable<unknown>) {
    yield lock.acquire();
    try {
      return yield work;
    } finally {
      lock.release();
    }
  },
);

/** The effect `name.with(work)` for everything that is acquired and released. */
export function holding<A extends Awaitable<unknown>>(
  name: string,
  lock: Pick<Lock, 'acquire' | 'release'>,
  work: A,
): Effect<Result<A>> {
  return new Effect(`${name}.with`, [lock, checkAwaitable(work, `run with ${name}`)], performWith);
}

/** Those who wait for a lock know who holds it: for the deadlock report. */
class Waiters extends List {
  _holder: unknown = undefined;
}

/**
 * One task at a time may hold it.
 *
 * @example
 * const lock = new Lock();
 * const n = yield* lock.with(critical());
 */
export class Lock {
  readonly name: string;
  private readonly _waiters = new Waiters();
  private readonly _acquireKind: string;
  private _taken = false;
  private readonly _handed = { _withdraw: () => this.release() };

  constructor({ name = 'lock' }: NameOption = {}) {
    this.name = name;
    this._acquireKind = `${name}.acquire`; // joined once, because that takes as long as to acquire
  }

  get locked(): boolean {
    return this._taken;
  }

  /** Waits until the lock is free and takes it; at once when it is. First come, first served. */
  acquire(): Effect<void> {
    return new Effect(this._acquireKind, undefined, this._take);
  }

  /** Hands the lock to the one who has waited longest, or opens it. Throws an `InvalidStateError` when it is not taken. */
  release(): void {
    if (!this._taken) throw new InvalidStateError(`${this.name} is released, but nobody has acquired it`);
    const next = this._waiters._shift();
    this._taken = next !== undefined;
    this._waiters._holder = next;
    if (next === undefined) return;
    next._wake();
    next._place = this._handed;
  }

  /** Runs the work while holding the lock, and releases it whatever happens. */
  with<A extends Awaitable<unknown>>(work: A): Effect<Result<A>> {
    return holding(this.name, this, work);
  }

  private readonly _take = (task: Task): unknown => {
    if (this._taken) {
      this._waiters._park(task);
      return SUSPENDED;
    }
    this._taken = true;
    this._waiters._holder = task;
    return undefined;
  };
}
