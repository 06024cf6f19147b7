// A call of an exported function in another thread or process, and its answer. The function gives back its argument,
// so everything that is measured is the way there and back. Two workers, as many as a small machine has cores.
//
//   in turn   the next call is made when the answer to the last one has come: microseconds a call
//   at once   10,000 calls are made in one turn: microseconds a call
//   map       the same by the library's own map, where it has one
//   1 kB      2,000 at once, with a string of a kilobyte as argument and result
//   first     from making the pool to the answer to its first call, in milliseconds: the start of a worker
//   memory    of the program and its workers after all that
//
// Threads and processes are workloads of their own, and so is a worker that is given up to 16 calls at a time, where
// the peer can do that. Relies on where, resident, worker-pools.
import type { Sample, Workload } from '../workload.ts';
import { residentMegabytes } from './resident.ts';
import { jestWorker, piscina, python, tinypool, treadle, workerpool } from './worker-pools.ts';
import type { Calls, Make } from './worker-pools.ts';

const kilobyte = 'x'.repeat(1_024);

/** Milliseconds that the calls took. Every answer must be there. */
async function timed(calls: Calls, kind: keyof Calls, n: number, value: unknown): Promise<number> {
  const items = Array.from({ length: n }, (_, i) => value ?? i);
  const begin = performance.now();
  const { results, ms } = await calls[kind](items);
  const passed = ms ?? performance.now() - begin; // Python looks at its own clock
  if (results && (results.length !== n || results.some((result, i) => result !== items[i])))
    throw new Error('an answer is missing');
  return passed;
}

const measure = (make: Make, kind: 'thread' | 'process', concurrency: number) => async (): Promise<Sample> => {
  const start = await make(kind, concurrency); // its modules are loaded before the first call is measured
  return async (n) => {
    const begin = performance.now();
    const calls = start();
    const inside = await timed(calls, 'inTurn', 1, undefined);
    const first = make === python ? inside : performance.now() - begin;
    const tenth = Math.max(1, n / 10);
    await timed(calls, 'inTurn', tenth / 2, undefined); // warm-up
    await timed(calls, 'atOnce', n / 5, undefined);
    const inTurn = await timed(calls, 'inTurn', tenth, undefined);
    const atOnce = await timed(calls, 'atOnce', n, undefined);
    const map = await timed(calls, 'map', n, undefined);
    // So far V8 has seen numbers only. What it has optimized for these it has to do again for text.
    await timed(calls, 'atOnce', n / 5, kilobyte);
    const large = await timed(calls, 'atOnce', n / 5, kilobyte);
    return {
      'in turn': (inTurn * 1e3) / tenth,
      'at once': (atOnce * 1e3) / n,
      map: (map * 1e3) / n,
      '1 kB': (large * 1e3) / (n / 5),
      first,
      memory: residentMegabytes(),
    };
  };
};

const workload = (
  kind: 'thread' | 'process',
  concurrency: number,
  peers: Readonly<Record<string, Make>>,
): Workload => ({
  id: `${kind === 'thread' ? 'threads' : 'processes'}-${concurrency}`,
  title: `${kind === 'thread' ? 'threads' : 'processes'}, ${concurrency === 1 ? '1 call' : `${concurrency} calls`} each`,
  n: 10_000,
  quick: 20,
  warmUp: 0,
  samples: 1,
  timeoutMs: 60_000,
  figures: { 'in turn': 'µs', 'at once': 'µs', map: 'µs', '1 kB': 'µs', first: 'ms', memory: 'MB' },
  variants: Object.fromEntries(
    Object.entries({ treadle, ...peers }).map(([name, make]) => [name, measure(make, kind, concurrency)]),
  ),
});

export const workerWorkloads: readonly Workload[] = [
  workload('thread', 1, { tinypool, piscina, workerpool, 'jest-worker': jestWorker }),
  workload('thread', 16, { tinypool, piscina }),
  workload('process', 1, { tinypool, workerpool, 'jest-worker': jestWorker, python }),
  workload('process', 16, { tinypool }),
];
