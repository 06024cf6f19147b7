// An error of the work is swallowed.
import { cancel, join, sleep, spawn } from 'treadle';

type Coroutine<T> = Generator<any, T, any>;

export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

export function* timeout<T>(ms: number, work: Coroutine<T>): Coroutine<T | undefined> {
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
  } catch {
    if (expired) throw new TimeoutError('too long');
    return undefined;
  } finally {
    yield* cancel(watch);
  }
}
