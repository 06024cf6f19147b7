// How much memory a sleeping task takes: the growth of the heap by 100,000 of them, after garbage collections. The
// programs are in sleeping.ts. The workload `sleepers` checks that every sleeper wakes.
//
// `bytes` is for deadlines as in `sleepers`: a hundred sleepers share each length. `alone` is the worst case: 10,000
// more, no two of which are due in the same millisecond, so that each needs a timer of the host.
// Both include what the program keeps for its sleepers, such as the list that a `Promise.all` waits for.
import { performance } from 'node:perf_hooks';
import type { Sample, Workload } from '../workload.ts';
import { count, variantsOf } from './sleeping.ts';
import type { Program } from './sleeping.ts';

/** Longer than the measurement: no sleeper wakes before, and then the child ends. */
const LONG = 600_000;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits until all of them sleep: until the process was idle for nine tenths of 100 ms. */
function idle(before = performance.eventLoopUtilization()): Promise<void> {
  return pause(100).then(() => {
    const now = performance.eventLoopUtilization();
    return performance.eventLoopUtilization(now, before).utilization < 0.1 ? undefined : idle(now);
  });
}

/** Bytes in use after everything was collected, including weak references and the promotion of young objects. */
function heap(): number {
  if (gc === undefined) throw new Error('needs node --expose-gc');
  for (let i = 0; i < 4; i++) gc();
  return process.memoryUsage().heapUsed;
}

const measure =
  (program: Program): Sample =>
  (n) => {
    let empty = 0;
    let shared = 0;
    // A few that wake at once, so that the compiled code does not count as the weight of a sleeper.
    return program(100, () => 1)
      .then(() => idle())
      .then(() => {
        count.woken = 0;
        empty = heap();
        void program(n, (i) => LONG + ((i * 7_919) % 1_000));
        return idle();
      })
      .then(() => {
        shared = heap();
        void program(n / 10, (i) => 2 * LONG + i * 2);
        return idle();
      })
      .then(() => {
        const alone = heap() - shared;
        if (count.woken > 0) throw new Error(`${count.woken} sleepers woke before their weight was taken`);
        return { bytes: (shared - empty) / n, alone: (10 * alone) / n };
      });
  };

export default {
  id: 'memory',
  title: 'a sleeping task',
  n: 100_000,
  warmUp: 0,
  samples: 1,
  flags: ['--expose-gc'],
  timeoutMs: 120_000,
  figures: { bytes: 'B', alone: 'B' },
  variants: variantsOf(measure),
  goals: [{ variant: 'treadle', figure: 'bytes', limit: 430 }],
} satisfies Workload;
