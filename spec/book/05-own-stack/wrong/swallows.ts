// Errors are swallowed.
import { call } from 'treadle';

type Coroutine = Generator<any, unknown, any>;

export class TailCall {
  readonly work: Coroutine;

  constructor(work: Coroutine) {
    this.work = work;
  }
}

export function* withTailCalls(work: Coroutine): Coroutine {
  let result: unknown = new TailCall(work);
  while (result instanceof TailCall) {
    try {
      result = yield* call(result.work);
    } catch (error) {
      result = error;
    }
  }
  return result;
}
