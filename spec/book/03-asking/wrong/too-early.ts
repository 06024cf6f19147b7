// The time is looked at when the function is called, and not when it is yielded.
import { now, sleep } from 'treadle';

let shown = 0;

export function sleepUntil(time: number): Generator<any, void, any> {
  const left = time - shown;
  return (function* () {
    shown = yield* now();
    if (left > 0) yield* sleep(left);
    shown = yield* now();
  })();
}
