// An error of the clean-up is hidden by the TimeoutError.
import { cancel, join, sleep, spawn } from 'treadle';

type Coroutine<T> = Generator<any, T, any>;

export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

export function* timeout<T>(ms: number, work: Coroutine<T>): Coroutine<T> {
  const task = yield* spawn(work);
  let expired = false;
  function* limit(): Coroutine<void> {
    yield* sleep(ms);
    expired = true;
    task.cancel();
  }
  const watch = yield* spawn(limit());
  try {
    return yield* join(task);
  } catch (error) {
    if (expired) throw new TimeoutError('too long');
    throw error;
  } finally {
    yield* cancel(watch);
  }
}
