// Where time comes from. Both clocks count milliseconds from their own making, so that programs print
// and compare small numbers. The system's clock is monotonic: a change of the wall clock moves nothing.
// Relies on nothing.

/** What an event loop asks of a clock. */
export interface Clock {
  /** Milliseconds since the clock was made. */
  now(): number;
  /** Only a virtual clock has it: time jumps here when nothing else is left to do. */
  advanceTo?(time: number): void;
}

export class SystemClock implements Clock {
  private readonly _start = performance.now();

  now(): number {
    return performance.now() - this._start;
  }
}

/**
 * Time that passes only when every task waits, and then at once: a program that sleeps for an hour
 * ends in milliseconds and always in the same order. Starts at 0.
 *
 * @example
 * run(main(), { clock: new VirtualClock() })
 */
export class VirtualClock implements Clock {
  private _time = 0;

  now(): number {
    return this._time;
  }

  advanceTo(time: number): void {
    if (time > this._time) this._time = time;
  }
}
