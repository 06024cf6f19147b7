// An error of a test comes out of set.
import { coroutine, suspend } from 'treadle';
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

  until = coroutine('until', (test: Test<T>) => this.wait(test));

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
      if (!waiter.test(value)) continue;
      waiter.resume(value);
      this.waiters = this.waiters.filter((one) => one !== waiter);
    }
  }
}
