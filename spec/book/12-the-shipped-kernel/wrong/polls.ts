// It looks again and again. What the variable was for a moment only, it does not see.
import { coroutine, sleep } from 'treadle';
import type { Coroutine } from 'treadle';

type Test<T> = (value: T) => boolean;

export class Watched<T> {
  value: T;

  constructor(value: T) {
    this.value = value;
  }

  set(value: T): void {
    this.value = value;
  }

  until = coroutine('until', (test: Test<T>) => this.wait(test));

  private *wait(test: Test<T>): Coroutine<T> {
    while (!test(this.value)) yield* sleep(1);
    return this.value;
  }
}
