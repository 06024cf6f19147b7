// What a workload of the benchmark is. Types only: the workloads are in demos/bench/workloads/, and
// demos/bench/child.ts runs one variant of one of them in a process of its own.

/** Figures that a sample measured itself: name -> number, in the workload's units (see `figures`). */
export type Figures = Readonly<Record<string, number>>;

/**
 * Runs the work once, with n operations. If it returns nothing, the harness takes the time, in ns per operation. Or it
 * returns its own figures. Either may be a promise.
 */
export type Sample = (n: number) => unknown;

export interface Goal {
  readonly variant: string;
  /** The variant that the figure is divided by. Without it, the limit is for the figure itself. */
  readonly to?: string;
  /** Which figure, if the samples measure their own. */
  readonly figure?: string;
  readonly limit: number;
  /** The figure should be at least `limit` instead of at most. */
  readonly atLeast?: boolean;
}

export interface Workload {
  /** 'ping-pong': what --only matches. */
  readonly id: string;
  /** 'queue ping-pong' */
  readonly title: string;
  /** Operations in one sample. */
  readonly n: number;
  /** Operations with --quick, where the figures do not matter. Default: a thousandth of n, and at least 20 of them. */
  readonly quick?: number;
  /** How many samples to take before those that count. Default: 300 ms worth, at least 2. 0 for one cold sample. */
  readonly warmUp?: number;
  /** How many samples count in a process (default 5). Their median is the figure of the process. */
  readonly samples?: number;
  /** Node flags of the child, e.g. --expose-gc, --stack-size. */
  readonly flags?: readonly string[];
  /** A variant that takes longer is killed and reported as "> N s". */
  readonly timeoutMs?: number;
  /** Only if the samples give figures: their units, e.g. { overrun: 'ms', cpu: 'ms', rss: 'MB' }. */
  readonly figures?: Readonly<Record<string, string>>;
  /**
   * Variant name -> loads what it needs and gives the sample. Names: 'treadle', 'treadle bare', 'treadle idiom' (best
   * idiom), 'native', 'effect', 'effection', 'redux-saga', 'co', 'bluebird', 'floor'. A comment on each says why its
   * idiom is fair.
   */
  readonly variants: Readonly<Record<string, () => Promise<Sample>>>;
  /**
   * `figure` of `variant` divided by that of `to` (or the plain figure, without `to`) is at most (`atLeast`: at least)
   * `limit`.
   */
  readonly goals?: readonly Goal[];
}
