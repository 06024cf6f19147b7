// Of several events in a row it gives the last one.
import { suspend } from 'treadle';

interface Emitter {
  on(event: string, listener: (value: any) => void): void;
  off(event: string, listener: (value: any) => void): void;
}

export function* once(emitter: Emitter, event: string): Generator<any, any, any> {
  let last: unknown;
  let take = (_value: unknown) => {};
  let takeError = take;
  try {
    yield* suspend((resume, fail) => {
      take = (value) => {
        last = value;
        resume();
      };
      takeError = fail;
      emitter.on(event, take);
      emitter.on('error', takeError);
    });
    return last;
  } finally {
    emitter.off(event, take);
    emitter.off('error', takeError);
  }
}
