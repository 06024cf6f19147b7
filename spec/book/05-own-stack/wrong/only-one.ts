// Only the first tail call is made.
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
  return result instanceof TailCall ? yield* call(result.work) : result;
}
