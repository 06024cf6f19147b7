// There is no limit.
import { join, spawn } from 'treadle';

type Coroutine<T> = Generator<any, T, any>;

export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

export function* timeout<T>(_ms: number, work: Coroutine<T>): Coroutine<T> {
  return yield* join(yield* spawn(work));
}
