// The second event sets a future that is done, and that throws out of the emitter.
import { currentTask, Future } from 'treadle';

interface Emitter {
  on(event: string, listener: (value: any) => void): void;
  off(event: string, listener: (value: any) => void): void;
}

export function* once(emitter: Emitter, event: string): Generator<any, any, any> {
  const { loop } = yield* currentTask();
  const future = new Future<unknown>(loop);
  const take = (value: unknown) => future.setResult(value);
  const takeError = (error: unknown) => future.setError(error);
  emitter.on(event, take);
  emitter.on('error', takeError);
  try {
    return yield* future;
  } finally {
    emitter.off(event, take);
    emitter.off('error', takeError);
  }
}
