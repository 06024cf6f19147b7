// The time is taken for a duration.
import { sleep } from 'treadle';

export function* sleepUntil(time: number): Generator<any, void, any> {
  yield* sleep(time);
}
