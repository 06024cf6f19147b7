// Exercise 5: tail calls. Copy this file, write `withTailCalls`, and have it checked:
//
//   node demos book check 5 FILE
//
// A call that is the last thing a coroutine does need not keep the caller's frame. So let a coroutine say what is to
// come next by returning it, and be gone:
//
//     function* countDown(n: number): Generator<unknown, unknown, any> {
//       return n === 0 ? 'done' : new TailCall(countDown(n - 1));
//     }
//     yield* withTailCalls(countDown(1_000_000)); // 'done', with a stack that never grows
//
// - The result is that of the last coroutine in the chain. What they yield is performed, and their errors are thrown.
// - A coroutine is over before the one that it has returned begins.

export class TailCall {
  readonly work: Generator<unknown, unknown, any>;

  constructor(work: Generator<unknown, unknown, any>) {
    this.work = work;
  }
}

export function* withTailCalls(work: Generator<unknown, unknown, any>): Generator<unknown, unknown, any> {
  throw new Error(`withTailCalls(${work}) is not written yet`);
}
