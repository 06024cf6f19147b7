// A worker as a pool sees it, whatever it is made of: something that takes orders, answers, and comes to an
// end. worker-thread.ts and worker-process.ts make them. Relies on protocol, worker-died.

import type { Ahead } from './ahead.ts';
import type { Arrivals } from './arrivals.ts';
import type { Order } from './protocol.ts';
import type { Ending } from './worker-died.ts';

/** How each worker is started: flags, environment and limits of memory. */
export interface WorkerOptions {
  /** Flags of Node for the workers; by default those of the program that make sense for them. */
  readonly execArgv?: readonly string[] | undefined;
  /** Environment variables on top of the program's. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What a thread may use; see Node's `Worker`. For processes, give `execArgv: ['--max-old-space-size=...']`. */
  readonly resourceLimits?:
    | {
        readonly maxOldGenerationSizeMb?: number;
        readonly maxYoungGenerationSizeMb?: number;
        readonly codeRangeSizeMb?: number;
        readonly stackSizeMb?: number;
      }
    | undefined;
}

export interface Worker {
  /** `'process 4711'` or `'thread 3'`. */
  readonly label: string;
  /** The number of the process or the thread. */
  readonly id: number;
  /** What it has received. */
  readonly arrivals: Arrivals;
  /** The jobs that it is given ahead. Only threads have this: they share memory with their pool. */
  readonly ahead?: Ahead;
  /** The key of its wire. Threads have none. */
  readonly key?: number;
  /** Throws when the order cannot be cloned. What is to be transferred is handed over, if it is a thread. */
  post(order: Order, transfers?: Iterable<object>): void;
  /** Whether it keeps the program alive. */
  hold(on: boolean): void;
  /** Ends it at once. */
  kill(): void;
  /** It asks about a signal that it got. Threads get none. */
  gotSignal?(signal: string): void;
}

/**
 * Starts a worker. `answered` is called with whatever it has sent, which may be a message of the user's; `ended` once,
 * after the last one.
 */
export type Launch = (
  options: WorkerOptions,
  answered: (message: unknown) => void,
  ended: (ending: Ending) => void,
) => Worker;

/**
 * The program of a worker: entry.ts among the sources, entry.js where each of them is a file. In dist/node/ this code
 * may be in a file above that entries share, and the program is entry.cjs (build.mjs).
 */
export const entry = /* @__PURE__ */ new URL(
  import.meta.url
    .replace(/(workers\/)?[^/]*(?=\.\w+$)/, 'workers/entry')
    .replace(/(?<=\/dist\/node\/workers\/entry)\.js$/, '.cjs'),
);

/** The program's environment, with what was added to it; `undefined` takes a variable away. */
export function environment(added: WorkerOptions['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...process.env, ...added }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
