// It is the effect of suspend, and prints as that.
import { suspend } from 'treadle';
import type { Effect } from 'treadle';

type Test<T> = (value: T) => boolean;

export class Watched<T> {
  value: T;
  private readonly waiters = new Set<() => void>();

  constructor(value: T) {
    this.value = value;
  }

  until(test: Test<T>): Effect<T> {
    return suspend<T>((resume, fail) => {
      const look = () => {
        try {
          if (!test(this.value)) return;
          resume(this.value);
        } catch (error) {
          fail(error);
        }
        this.waiters.delete(look);
      };
      this.waiters.add(look);
      look();
      return () => void this.waiters.delete(look);
    });
  }

  set(value: T): void {
    this.value = value;
    for (const look of [...this.waiters]) look();
  }
}
