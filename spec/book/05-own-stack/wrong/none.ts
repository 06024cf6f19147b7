// None is made.
import { call } from 'treadle';

type Coroutine = Generator<any, unknown, any>;

export class TailCall {
  readonly work: Coroutine;

  constructor(work: Coroutine) {
    this.work = work;
  }
}

export function* withTailCalls(work: Coroutine): Coroutine {
  return yield* call(work);
}
