// The loops that run now, in the whole process or page. They are one set because they can wake each other: a task of
// one releases a lock that a task of another waits for. Relies on nothing.

import type { Loop } from '../loop/loop.ts';

/** In the order in which they were started. */
export const runningLoops = new Set<Loop>();

export function enterLoop(loop: Loop): void {
  runningLoops.add(loop);
}

/**
 * A loop on a virtual clock is told of a deadlock only when no other loop can wake one of its tasks. So when one is
 * over those look again.
 */
export function leaveLoop(loop: Loop): void {
  runningLoops.delete(loop);
  for (const other of runningLoops) if (other._clock._whenIdle) other._wakeUp();
}
