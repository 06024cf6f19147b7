// The options of pools and of calls in their workers. There are only types here. Relies on nothing.

import type { WorkerOptions } from './worker.ts';

/** An exported function that each worker calls before anything else. */
export interface Initializer {
  /** The module, by its URL. */
  readonly module: string | URL;
  /** The name of the exported function. */
  readonly export: string;
  /** What it is called with. */
  readonly args?: readonly unknown[] | undefined;
}

/** The options of a call in a worker: how often it is tried again, and who hears of its progress. */
export interface CallOptions {
  /**
   * Called with each value that the function gives to `progress`, in their order, and with the arguments of its call.
   * What it throws is reported, and the call goes on.
   */
  readonly onProgress?: ((value: unknown, args: readonly unknown[]) => void) | undefined;
  /** How often a call whose worker died is tried again, in another one. What it did in the first is done twice. */
  readonly retries?: number | undefined;
}

/** The options of `map` and `mapSettled` in workers: those of each call, and how many items travel together. */
export interface ItemsOptions extends CallOptions {
  /**
   * How many items travel in one message, and their results back in another; one by default. For many tiny items, for
   * which the way costs more than the work. A chunk is one of the calls that `concurrency` counts: its items run one
   * after the other, and their results come when all of them are over. Errors are those of each item all the same. Of
   * a worker that dies, the items that had begun are lost, or tried again with `retries`; the others are run by another
   * one. With `onProgress`, and on machines, items travel one by one.
   */
  readonly chunk?: number | undefined;
}

/** The options of `imap` in workers: those of `map`, and in which order the results come. */
export interface ImapOptions extends ItemsOptions {
  /** Whether the results come in the order of the items. By default they come as they are there. */
  readonly ordered?: boolean | undefined;
}

/** The options of `threads` and `processes`: how many workers there are, how they start, and how they end. */
export interface ExecutorOptions extends Pick<CallOptions, 'retries'>, WorkerOptions {
  /**
   * How many threads or processes there are at most; by default as many as there are cores. They start when there is
   * something to do.
   */
  readonly workers?: number | undefined;
  /**
   * How many calls a worker runs at the same time; 1 by default. More is for coroutines and promises: code that
   * computes blocks its worker.
   */
  readonly concurrency?: number | undefined;
  /** After so many calls a worker ends, and a new one takes its place; no limit by default. */
  readonly maxTasksPerWorker?: number | undefined;
  /** Called in each worker before its first call. */
  readonly initializer?: Initializer | undefined;
  /**
   * How many milliseconds a call that was cancelled has to end, before its worker is ended; 1,000 by default. With
   * `Infinity` as long as its clean-up takes. But a worker that has not even heard of the cancellation after 5 seconds,
   * because it computes, is ended.
   */
  readonly grace?: number | undefined;
  /**
   * After how many milliseconds without a call a worker ends; the next call starts another. `Infinity` by default:
   * until the program ends.
   */
  readonly idle?: number | undefined;
  /** Shown in reports. */
  readonly name?: string | undefined;
}

/** The options of a `Pool`: those of `threads` and `processes`, and which of the two it is. */
export interface PoolOptions extends ExecutorOptions {
  /** What the workers are: processes, which a crash ends alone, or threads, which start faster. */
  readonly kind: 'process' | 'thread';
}
