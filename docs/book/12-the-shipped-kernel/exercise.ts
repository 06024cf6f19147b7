// Exercise 12: a variable that can be waited for. Copy this file, write the class, and have it checked:
//
//   node demos book check 12 FILE
//
// - `until(test)` gives an effect, whose answer is a value of the variable for which `test` is true. If that is so
//   already, it is answered at once, in the same step. Otherwise the task waits until `set` is given such a value.
// - The answer is that value, also when the variable has changed again before the task has its turn.
// - Tasks are woken in the order in which they have begun to wait. `set` runs none of their code but the tests.
// - A test that throws fails the task that waits with it, at its `yield*`. `set` does not throw, and serves the others.
// - A task that is cancelled is forgotten, and its test is not called any more.
// - It is an effect like those of treadle: it may be yielded twice, or by two tasks, and it prints as it was written,
//   `until(isFull)`.
//
// All that you need is exported by `treadle`: think of `suspend` and `coroutine`. Nothing whose name begins with an
// underscore is needed.
import type { Effect } from 'treadle';

export class Watched<T> {
  readonly value: T;

  constructor(value: T) {
    this.value = value;
  }

  set(value: T): void {
    throw new Error(`set(${value}) is not written yet`);
  }

  until(test: (value: T) => boolean): Effect<T> {
    throw new Error(`until(${test.name}) is not written yet`);
  }
}
