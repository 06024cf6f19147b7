// Each tail call goes one level down the stack of JavaScript.
type Coroutine = Generator<any, unknown, any>;

export class TailCall {
  readonly work: Coroutine;

  constructor(work: Coroutine) {
    this.work = work;
  }
}

export function* withTailCalls(work: Coroutine): Coroutine {
  const result: unknown = yield* work;
  return result instanceof TailCall ? yield* withTailCalls(result.work) : result;
}
