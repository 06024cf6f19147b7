// Running a program to its end at once. Relies on run and the virtual clock.

import type { Awaitable, Result } from './awaitable.ts';
import { VirtualClock } from './clock.ts';
import { Loop } from './loop.ts';
import { startMain } from './run.ts';
import type { RunOptions } from './run.ts';

/**
 * Runs a program on a virtual clock, to its end, before it returns: hours of `sleep` take no time. Returns
 * the result or throws the error. To wait for a promise or a request is an error here.
 *
 * @example
 * runSync((function* () { yield* sleep(3_600_000); return 'an hour later'; })());
 */
export function runSync<A extends Awaitable<unknown>>(main: A, options: Omit<RunOptions, 'clock'> = {}): Result<A> {
  const loop = new Loop({ ...options, clock: new VirtualClock() });
  loop._sync = true;
  return startMain(loop, main, options).result();
}
