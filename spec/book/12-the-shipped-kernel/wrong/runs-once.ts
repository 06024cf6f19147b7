// until gives a coroutine, and that runs only once.
import { suspend } from 'treadle';
import type { Coroutine } from 'treadle';

type Test<T> = (value: T) => boolean;
interface Waiter<T> {
  readonly test: Test<T>;
  readonly resume: (value: T) => void;
  readonly fail: (error: unknown) => void;
}

export class Watched<T> {
  value: T;
  private waiters: Waiter<T>[] = [];

  constructor(value: T) {
    this.value = value;
  }

  until(test: Test<T>): Coroutine<T> {
    const work = this.wait(test);
    return Object.assign(work, { toString: () => `until(${test.name})` });
  }

  private *wait(test: Test<T>): Coroutine<T> {
    if (test(this.value)) return this.value;
    return yield* suspend<T>((resume, fail) => {
      const waiter = { test, resume, fail };
      this.waiters.push(waiter);
      return () => void (this.waiters = this.waiters.filter((one) => one !== waiter));
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
      this.waiters = this.waiters.filter((one) => one !== waiter);
    }
  }
}
