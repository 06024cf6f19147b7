// The listeners stay for ever.
import { suspend } from 'treadle';

interface Emitter {
  on(event: string, listener: (value: any) => void): void;
  off(event: string, listener: (value: any) => void): void;
}

export const once = (emitter: Emitter, event: string) =>
  suspend<any>((resume, fail) => {
    emitter.on(event, resume);
    emitter.on('error', fail);
  });
