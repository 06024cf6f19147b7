// A worker as a pool sees it, whatever it is made of: something that takes orders, answers, and comes to an
// end. worker-thread.ts and worker-process.ts make them. Relies on protocol, worker-died.

import type { Answer, Order } from './protocol.ts';
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
  /** Throws when the order cannot be cloned. */
  post(order: Order): void;
  /** Whether it keeps the program alive. */
  hold(on: boolean): void;
  /** Ends it at once. */
  kill(): void;
}

/** Starts a worker. `ended` is called once, after the last answer. */
export type Launch = (
  options: WorkerOptions,
  answered: (answer: Answer) => void,
  ended: (ending: Ending) => void,
) => Worker;

/** entry.js in dist/, entry.ts among the sources. In dist/node/ this code may be in a file above, that entries share. */
export const entry = /* @__PURE__ */ new URL(import.meta.url.replace(/(workers\/)?[^/]*(?=\.\w+$)/, 'workers/entry'));

/**
 * Flags that say what to run instead of a file, or that two processes cannot share. The second kind takes the next
 * word along.
 */
const ownNames =
  'input-type|inspect|test|watch|check|interactive|eval|print|experimental-default-type|prof|cpu-prof|heap-prof';
const own = new RegExp(`^--(${ownNames})|^-[ci]$`);
const pairs = /^(-e|-p|-pe|--eval|--print|--input-type|--inspect-port|--watch-path)$/;

/** The program's own flags, for a worker: loaders (`--import`, `--require`) above all. */
export function inheritedFlags(flags: readonly string[] = process.execArgv): string[] {
  return flags.filter((flag, i) => !own.test(flag) && !pairs.test(flag) && !pairs.test(flags[i - 1] ?? ''));
}

/** The program's environment, with what was added to it; `undefined` takes a variable away. */
export function environment(added: WorkerOptions['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...process.env, ...added }).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
