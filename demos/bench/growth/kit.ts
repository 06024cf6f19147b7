// What the measurements of growth share: describing one, timing programs, shuffling.
import { run } from 'treadle';
import type { Coroutine } from 'treadle';

/**
 * What is expected of an operation. `step`: programs do it all the time, so its cost may grow like log n at most.
 * `listing`: by nature it gives or visits all n, so its figure is the cost of one of them. `control`: no treadle at
 * all, only what the machine's memory does with n objects.
 */
export type Nature = 'step' | 'listing' | 'control';

export interface Growth {
  /** 'live tasks'. --only matches this and the name. */
  readonly group: string;
  readonly name: string;
  readonly nature?: Nature;
  /**
   * About how many objects of a task's size one operation makes or touches. 4 by default: the task, its generator, two
   * neighbours in a queue.
   */
  readonly objects?: number;
  /** The largest size that makes sense; 1,000,000 by default. */
  readonly max?: number;
  /** Runs the operation at size n, and gives the time it took and how often it was done. */
  readonly once: (n: number) => Timed | Promise<Timed>;
}

export interface Timed {
  readonly ms: number;
  readonly operations: number;
}

/** How often an operation is done in a sample. With fewer, the cost and resolution of the clock would show. */
const LEAST = 10_000;
/** A sample is not made longer than this (ms). */
const LONG = 150;

/** Nanoseconds per operation. Small sizes are repeated. */
export async function sample(growth: Growth, n: number): Promise<number> {
  let ms = 0;
  let operations = 0;
  const start = performance.now();
  while (operations < LEAST && (operations === 0 || performance.now() - start < LONG)) {
    const timed = await growth.once(n);
    ms += timed.ms;
    operations += timed.operations;
  }
  return (ms * 1e6) / operations;
}

/** Runs a program on the system's clock. */
export const program = (main: Coroutine<Timed>): Promise<Timed> => run(main).then((timed) => timed);

export const since = (start: number, operations: number): Timed => ({ ms: performance.now() - start, operations });

/** 0 to n - 1 in an order that looks random, so that prefetching does not help, but is the same every time. */
export function shuffled(n: number): Uint32Array {
  const order = new Uint32Array(n).map((_, index) => index);
  let seed = 12345;
  for (let i = n - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((seed / 2 ** 32) * (i + 1));
    const kept = order[i]!;
    order[i] = order[other]!;
    order[other] = kept;
  }
  return order;
}

/** How often an operation is done beside n things that wait. */
export const TIMES = 10_000;
