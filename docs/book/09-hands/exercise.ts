// Exercise 9: a fair semaphore. Copy this file, write the class, and have it checked:
//
//   node demos book check 9 FILE
//
// - `new Semaphore(3)` has three permits. `yield* semaphore.acquire()` takes one, and waits while there is none.
// - `semaphore.release()` lets go of one. It does that at once, and waits for nothing.
// - It is fair: the tasks that wait are served in the order in which they came, and nobody slips in before them.
// - No permit is lost, and there is never one too many, no matter which task is cancelled and when.
//
// Two things will help: a `Future` is something that one task can wait for and another one can set, and
// `(yield* currentTask()).loop` is the loop that it belongs to.

export class Semaphore {
  constructor(permits: number) {
    throw new Error(`a semaphore with ${permits} permits is not written yet`);
  }

  *acquire(): Generator<any, void, any> {}

  release(): void {}
}
