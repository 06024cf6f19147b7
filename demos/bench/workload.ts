// What a workload of the benchmark is. Types only: demos/bench/workloads/*.ts have the workloads,
// demos/bench/child.ts runs one variant of one of them in a process of its own.

/** Figures that a sample took itself: name -> number in the workload's units (see `figures`). */
export type Figures = Readonly<Record<string, number>>;

/** Runs the work once, with n operations. Returns nothing: the harness times it, ns an operation. Or its own figures. May be a promise. */
export type Sample = (n: number) => unknown;

export interface Goal {
  readonly variant: string;
  /** The variant that the figure is divided by. Without it, the figure itself is what is limited. */
  readonly to?: string;
  /** Which figure, where the samples take their own. */
  readonly figure?: string;
  readonly limit: number;
  /** The figure is to be at least `limit`, and not at most. */
  readonly atLeast?: boolean;
}

export interface Workload {
  /** 'ping-pong': what --only matches. */
  readonly id: string;
  /** 'queue ping-pong' */
  readonly title: string;
  /** Operations in one sample. */
  readonly n: number;
  /** How many samples before those that count (default: enough for 300 ms, at least 2); 0 for the heavy ones that take one cold sample. */
  readonly warmUp?: number;
  /** Counted samples in a process (default 5; the median is the process's figure). */
  readonly samples?: number;
  /** Node flags of the child, e.g. --expose-gc, --stack-size. */
  readonly flags?: readonly string[];
  /** A variant that takes longer is killed and reported as "> N s". */
  readonly timeoutMs?: number;
  /** Only when the samples give figures: what they are, e.g. { overrun: 'ms', cpu: 'ms', rss: 'MB' }. */
  readonly figures?: Readonly<Record<string, string>>;
  /**
   * Variant name -> loads what it needs and gives the sample. Names: 'treadle', 'treadle bare', 'treadle idiom' (best
   * idiom), 'native', 'effect', 'effection', 'redux-saga', 'co', 'bluebird', 'floor'. A comment on each says why its idiom is fair.
   */
  readonly variants: Readonly<Record<string, () => Promise<Sample>>>;
  /** `figure` of `variant` divided by that of `to` (or the plain figure, without `to`) is at most (`atLeast`: at least) `limit`. */
  readonly goals?: readonly Goal[];
}
