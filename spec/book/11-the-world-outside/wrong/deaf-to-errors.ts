// It does not listen for errors.
import { suspend } from 'treadle';

interface Emitter {
  on(event: string, listener: (value: any) => void): void;
  off(event: string, listener: (value: any) => void): void;
}

export function* once(emitter: Emitter, event: string): Generator<any, any, any> {
  let take = (_value: unknown) => {};
  try {
    return yield* suspend<any>((resume) => {
      take = resume;
      emitter.on(event, take);
    });
  } finally {
    emitter.off(event, take);
  }
}
