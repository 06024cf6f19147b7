// Whoever has called it is thrown a CancelledError.
import { cancel, join, sleep, spawn } from 'treadle';

type Coroutine<T> = Generator<any, T, any>;

export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

export function* timeout<T>(ms: number, work: Coroutine<T>): Coroutine<T> {
  const task = yield* spawn(work);
  function* limit(): Coroutine<void> {
    yield* sleep(ms);
    task.cancel();
  }
  const watch = yield* spawn(limit());
  try {
    return yield* join(task);
  } finally {
    yield* cancel(watch);
  }
}
