// What the measurements of growth share: how one is described, how programs are timed, how things are shuffled.
import { run } from 'treadle';
import type { Coroutine } from 'treadle';

/**
 * What is wanted of an operation. `step`: a program does it again and again, so its cost may grow like log n at
 * most. `listing`: it gives or visits all n by nature; its figure is the cost of one of them. `control`: no
 * treadle at all, only what the machine's memory makes of n objects.
 */
export type Nature = 'step' | 'listing' | 'control';

export interface Growth {
  /** 'live tasks'. With the name, what --only matches. */
  readonly group: string;
  readonly name: string;
  readonly nature?: Nature;
  /** About how many objects of a task's size one operation makes or touches; 4 by default: the task, its generator, two neighbours in a line. */
  readonly objects?: number;
  /** The largest size that makes sense; 1,000,000 by default. */
  readonly max?: number;
  /** Runs the operation at size n and tells how long it took, and how often it was done. */
  readonly once: (n: number) => Timed | Promise<Timed>;
}

export interface Timed {
  readonly ms: number;
  readonly operations: number;
}

/** So often is an operation done in a sample, or the clock's own cost and resolution would show; */
const LEAST = 10_000;
/** unless that takes longer (ms). */
const LONG = 150;

/** Nanoseconds an operation. Small sizes are repeated. */
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

/** 0 to n - 1 in an order that looks random and is the same every time: prefetching must not help. */
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

/** So often an operation is done beside n things that wait. */
export const TIMES = 10_000;
