// The host's timers, turns and time: to wait for them, to measure them, and to hold them in our own hands.

/** A promise that the host's timer fulfils with the value after so many milliseconds of real time. */
export const delay = <T = void>(ms: number, value?: T) =>
  new Promise<T>((resolve) => setTimeout(resolve, ms, value as T));

/** A promise that is over when the host has had a few turns: by then a loop has run everything that was ready. */
export async function hostTurns(count = 50): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Waits until the condition holds, for two minutes at most: then it is never going to. */
export async function eventually(condition: () => boolean): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > 120_000) throw new Error(`it never came to ${condition}`);
    await delay(2);
  }
}

/**
 * The monotonic clock stands still while the work lasts. So all that is ready in a loop runs in one slice, however busy
 * the machine is.
 */
export async function withoutTime<T>(work: () => Promise<T>): Promise<T> {
  const { now } = performance;
  const stopped = performance.now();
  performance.now = () => stopped;
  try {
    return await work();
  } finally {
    performance.now = now;
  }
}

/**
 * The monotonic clock goes a thousand times as slowly while the work lasts. So no step of it takes long, however busy the
 * machine is.
 */
export function inSlowTime<T>(work: () => T): T {
  const { now } = performance;
  const begin = performance.now();
  performance.now = () => begin + (now.call(performance) - begin) / 1_000;
  try {
    return work();
  } finally {
    performance.now = now;
  }
}

/**
 * A stopwatch for work that must not take long: the milliseconds of the processor that this process has used since.
 * Unlike those of the clock they do not count what a busy neighbour takes.
 */
export function processorTime(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };
}

/** Replaces the host's timers and its monotonic clock by ones that the spec moves. */
export class ManualHost {
  time = 0;
  /** What the host was asked for and has not done yet. */
  timers: { callback: () => void; ms: number; due: number }[] = [];

  /** The replacement lasts as long as the body. */
  async while(body: () => Promise<void>): Promise<void> {
    const { setTimeout: set, clearTimeout: clear } = globalThis;
    const { now } = performance;
    try {
      performance.now = () => this.time;
      globalThis.setTimeout = ((callback: () => void, ms: number) => {
        const timer = { callback, ms, due: this.time + ms };
        this.timers.push(timer);
        return timer;
      }) as never;
      globalThis.clearTimeout = ((timer: never) => {
        this.timers = this.timers.filter((other) => other !== timer);
      }) as never;
      await body();
    } finally {
      globalThis.setTimeout = set;
      globalThis.clearTimeout = clear;
      performance.now = now;
    }
  }

  /** Fires what is due; with `early` everything that was asked for. */
  async fire(early = false): Promise<void> {
    const due = this.timers.filter((timer) => early || timer.due <= this.time);
    this.timers = this.timers.filter((timer) => !due.includes(timer));
    for (const { callback } of due.sort((a, b) => a.due - b.due)) callback();
    await hostTurns();
  }
}
