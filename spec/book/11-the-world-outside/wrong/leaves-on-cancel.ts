// When the wait is cancelled, nobody removes the listeners.
import { suspend } from 'treadle';

interface Emitter {
  on(event: string, listener: (value: any) => void): void;
  off(event: string, listener: (value: any) => void): void;
}

export const once = (emitter: Emitter, event: string) =>
  suspend<any>((resume, fail) => {
    let isOver = false;
    const stop = () => {
      isOver = true;
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
    if (isOver) stop();
  });
