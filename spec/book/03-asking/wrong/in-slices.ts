// Sleeps in slices, so that those who come later may overtake.
import { now, sleep } from 'treadle';

export function* sleepUntil(time: number): Generator<any, void, any> {
  for (let left = time - (yield* now()); left > 0; left = time - (yield* now()))
    yield* sleep(left > 60 ? left / 2 : left);
}
