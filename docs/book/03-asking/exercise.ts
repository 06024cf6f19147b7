// Exercise 3: sleepUntil(time), for work that must not drift. Copy this file, write the function, and have it checked:
//
//   node demos book check 3 FILE
//
// - It waits until the clock shows `time`. If it shows that already, or more, it does not wait.
// - Several tasks that sleep until the same time go on in the order in which they began to sleep.
// - Work that is due every 100 ms, and takes some time itself, is done at 100, 200, 300 ms, and so on:
//
//     for (let next = 100; ; next += 100) {
//       yield* sleepUntil(next);
//       yield* work();
//     }
import { now, sleep } from './engine.ts';

export function* sleepUntil(time: number): Generator<unknown, void, any> {
  yield* sleep(time);
  yield* now();
}
