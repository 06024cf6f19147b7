// The process that soaks: it does the work on one clock, and prints a line of JSON for each sample of the heap.
//
//   node --expose-gc --no-opt --no-flush-bytecode child.js virtual|system EVERY TIMES [leak]
//
// It runs without optimised code, which comes and goes by some hundred kB and would hide a leak. Relies on work.
import { writeSync } from 'node:fs';
import { getHeapSpaceStatistics } from 'node:v8';
import { run } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { done, soak } from './work.ts';

export interface Sample {
  /** Milliseconds of the loop's clock. */
  readonly time: number;
  readonly rounds: number;
  /** Bytes of the heap in use after a garbage collection, without compiled code. */
  readonly heap: number;
  readonly rss: number;
}

function sample(time: number): void {
  globalThis.gc?.();
  const heap = getHeapSpaceStatistics().reduce(
    (sum, { space_name, space_used_size }) => sum + (space_name.includes('code') ? 0 : space_used_size),
    0,
  );
  writeSync(
    1,
    `${JSON.stringify({ time, rounds: done.rounds, heap, rss: process.memoryUsage.rss() } satisfies Sample)}\n`,
  );
}

const [clock, every, times, leak] = process.argv.slice(2);
run(
  soak(Number(every), Number(times), leak === 'leak', sample),
  clock === 'virtual' ? { clock: new VirtualClock() } : {},
).then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
