// Each tail call is a call: the stack grows.
import { call } from 'treadle';

type Coroutine = Generator<any, unknown, any>;

export class TailCall {
  readonly work: Coroutine;

  constructor(work: Coroutine) {
    this.work = work;
  }
}

export function* withTailCalls(work: Coroutine): Coroutine {
  const result = yield* call(work);
  return result instanceof TailCall ? yield withTailCalls(result.work) : result;
}
