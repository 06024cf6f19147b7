// What a resume costs far down: the same as near the top. Alone on the machine, and the best of several rounds.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { coroutine, runSync, yieldNow } from 'treadle';
import type { Awaitable, Coroutine } from 'treadle';
import { processorTime } from '../support/host.ts';

const test = suite('depth, timed');
const resumes = 50_000;

/** Nanoseconds a resume, at the bottom of so many frames. */
function cost(frames: number): number {
  let best = Infinity;
  const down: (n: number) => Awaitable<void> = coroutine('down', function* (n: number): Coroutine<void> {
    if (n > 0) {
      yield down(n - 1);
      return;
    }
    for (let round = 0; round < 5; round++) {
      const took = processorTime();
      for (let i = 0; i < resumes; i++) yield yieldNow();
      best = Math.min(best, took());
    }
  });
  runSync(down(frames));
  return (best * 1e6) / resumes;
}

test('a resume under 1,000,000 frames costs at most 3 times one under 1,000', () => {
  cost(1000);
  let ratio = Infinity;
  for (let round = 0; round < 3; round++) {
    const near = cost(1000);
    const far = cost(1_000_000);
    ratio = Math.min(ratio, far / near);
    console.log(`note: a resume under 1,000 frames ${near.toFixed(0)} ns, under 1,000,000 ${far.toFixed(0)} ns`);
    if (ratio <= 3) break;
  }
  assert.ok(ratio <= 3, `${ratio.toFixed(1)} times`);
});

test.run();
