// It does not wait for the clean-up.
import { join, sleep, spawn } from 'treadle';

type Coroutine<T> = Generator<any, T, any>;

export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

export function* timeout<T>(ms: number, work: Coroutine<T>): Coroutine<T> {
  const task = yield* spawn(work);
  for (let i = 0; i < ms && !task.done; i++) yield* sleep(1);
  if (!task.done) {
    task.cancel();
    throw new TimeoutError('too long');
  }
  return yield* join(task);
}
