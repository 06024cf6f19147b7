// Programs in virtual time: they take no real time, and run the same way every time.
import { EventLoop, runSync } from 'treadle';
import type { Coroutine, LoopOptions, RunOptions } from 'treadle';
import { VirtualClock } from 'treadle/testing';

/** Runs the program in virtual time, synchronously, and gives its result. */
export function virtually<T>(program: () => Coroutine<T>, options?: Omit<RunOptions, 'clock'>): T {
  return runSync(program(), options) as T;
}

/** An event loop with a virtual clock of its own. The host still gives it its turns. */
export function virtualLoop(options?: Omit<LoopOptions, 'clock'>): EventLoop {
  return new EventLoop({ ...options, clock: new VirtualClock() });
}
