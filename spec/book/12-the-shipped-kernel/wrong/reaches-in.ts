// It works, but it wakes tasks by a method that is none of its business.
import { coroutine, currentTask, suspend } from 'treadle';
import type { Coroutine } from 'treadle';

type Test<T> = (value: T) => boolean;
interface Sleeper {
  _wake(value: unknown): void;
  _wakeThrowing(error: unknown): void;
}

export class Watched<T> {
  value: T;
  private readonly sleepers = new Map<Sleeper, Test<T>>();

  constructor(value: T) {
    this.value = value;
  }

  until = coroutine('until', (test: Test<T>) => this.wait(test));

  private *wait(test: Test<T>): Coroutine<T> {
    if (test(this.value)) return this.value;
    const task = (yield* currentTask()) as unknown as Sleeper;
    this.sleepers.set(task, test);
    return yield* suspend<T>(() => () => void this.sleepers.delete(task));
  }

  set(value: T): void {
    this.value = value;
    for (const [task, test] of [...this.sleepers]) {
      try {
        if (!test(value)) continue;
        task._wake(value);
      } catch (error) {
        task._wakeThrowing(error);
      }
      this.sleepers.delete(task);
    }
  }
}
