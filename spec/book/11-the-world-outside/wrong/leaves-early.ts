// An emitter that answers while the listener is being added keeps it.
import { suspend } from 'treadle';

interface Emitter {
  on(event: string, listener: (value: any) => void): void;
  off(event: string, listener: (value: any) => void): void;
}

export const once = (emitter: Emitter, event: string) =>
  suspend<any>((resume, fail) => {
    const stop = () => {
      emitter.off(event, take);
      emitter.off('error', takeError);
    };
    const take = (value: unknown) => {
      stop();
      resume(value);
    };
    const takeError = (error: unknown) => {
      stop();
      fail(error);
    };
    emitter.on(event, take);
    emitter.on('error', takeError);
    return stop;
  });
