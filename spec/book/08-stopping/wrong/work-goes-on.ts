// The work is not stopped.
import { cancel, join, sleep, spawn } from 'treadle';

type Coroutine<T> = Generator<any, T, any>;

export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

export function* timeout<T>(ms: number, work: Coroutine<T>): Coroutine<T> {
  const task = yield* spawn(work);
  function* limit(): Coroutine<void> {
    yield* sleep(ms);
  }
  const watch = yield* spawn(limit());
  while (!task.done && !watch.done) yield* sleep(1);
  if (!task.done) throw new TimeoutError('too long');
  yield* cancel(watch);
  return yield* join(task);
}
