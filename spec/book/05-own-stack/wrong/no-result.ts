// The result is lost.
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
  return undefined;
}
