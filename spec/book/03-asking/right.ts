// Exercise 3, answered.
import { now, sleep } from 'treadle';

export function* sleepUntil(time: number): Generator<any, void, any> {
  const left = time - (yield* now());
  if (left > 0) yield* sleep(left);
}
