// The request is taken for its answer: it is no number, and so the difference is none either.
import { now, sleep } from 'treadle';

export function* sleepUntil(time: number): Generator<any, void, any> {
  yield* sleep(time - Number(now()));
}
