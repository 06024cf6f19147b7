// It looks every 3 ms whether something has come, and so it is late. (It gives up after a while, and so it ends.)
import { sleep } from 'treadle';

interface Emitter {
  on(event: string, listener: (value: any) => void): void;
  off(event: string, listener: (value: any) => void): void;
}

export function* once(emitter: Emitter, event: string): Generator<any, any, any> {
  const came: unknown[] = [];
  const take = (value: unknown) => void came.push(value);
  emitter.on(event, take);
  for (let turns = 0; turns < 100 && came.length === 0; turns++) yield* sleep(3);
  emitter.off(event, take);
  return came[0];
}
