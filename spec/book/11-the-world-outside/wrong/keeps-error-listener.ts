// Only the listener for the event is removed.
import { suspend } from 'treadle';

interface Emitter {
  on(event: string, listener: (value: any) => void): void;
  off(event: string, listener: (value: any) => void): void;
}

export function* once(emitter: Emitter, event: string): Generator<any, any, any> {
  let take = (_value: unknown) => {};
  try {
    return yield* suspend<any>((resume, fail) => {
      take = resume;
      emitter.on(event, take);
      emitter.on('error', fail);
    });
  } finally {
    emitter.off(event, take);
  }
}
