// A time that has passed is slept for: the clock goes backwards.
import { now, sleep } from 'treadle';

export function* sleepUntil(time: number): Generator<any, void, any> {
  const left = time - (yield* now());
  yield* sleep(left <= 0 ? 1 : left);
}
