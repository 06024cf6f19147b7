// Exercise 12, answered: suspend is the wait, and coroutine makes an effect of it, which is performed anew each time.
import { coroutine, suspend } from 'treadle';
import type { Coroutine, Effect } from 'treadle';

interface Waiter<T> {
  readonly test: (value: T) => boolean;
  readonly resume: (value: T) => void;
  readonly fail: (error: unknown) => void;
}

export class Watched<T> {
  value: T;
  private readonly waiters = new Set<Waiter<T>>();
  readonly until: (test: (value: T) => boolean) => Effect<T>;

  constructor(value: T) {
    this.value = value;
    const wait = (test: Waiter<T>['test']) => this.wait(test);
    this.until = coroutine('until', wait);
  }

  private *wait(test: (value: T) => boolean): Coroutine<T> {
    if (test(this.value)) return this.value;
    return yield* suspend<T>((resume, fail) => {
      const waiter = { test, resume, fail };
      this.waiters.add(waiter);
      return () => void this.waiters.delete(waiter);
    });
  }

  set(value: T): void {
    this.value = value;
    for (const waiter of [...this.waiters]) {
      try {
        if (!waiter.test(value)) continue;
        waiter.resume(value);
      } catch (error) {
        waiter.fail(error);
      }
      this.waiters.delete(waiter);
    }
  }
}
