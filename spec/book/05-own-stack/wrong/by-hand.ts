// What they yield is dropped.
type Coroutine = Generator<any, unknown, any>;

export class TailCall {
  readonly work: Coroutine;

  constructor(work: Coroutine) {
    this.work = work;
  }
}

export function* withTailCalls(work: Coroutine): Coroutine {
  let next: unknown = new TailCall(work);
  while (next instanceof TailCall) {
    let step = next.work.next();
    while (!step.done) step = next.work.next();
    next = step.value;
  }
  return next;
}
