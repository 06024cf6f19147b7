// Exercise 5, answered: a loop, in which each coroutine is over before the next one is called.
import { call } from 'treadle';

type Coroutine = Generator<any, unknown, any>;

export class TailCall {
  readonly work: Coroutine;

  constructor(work: Coroutine) {
    this.work = work;
  }
}

export function* withTailCalls(work: Coroutine): Coroutine {
  let result = yield* call(work);
  while (result instanceof TailCall) result = yield* call(result.work);
  return result;
}
