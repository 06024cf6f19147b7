// Hundreds are counted from the time of the call.
import { now, sleep } from 'treadle';

export function* sleepUntil(time: number): Generator<any, void, any> {
  if (time > (yield* now())) yield* sleep(100);
}
