// The loops that run now, in the whole process or page. They are one set because they can wake each other: a task of
// one releases a lock that a task of another waits for. Relies on nothing.

import type { Loop } from '../loop/loop.ts';

/** In the order in which they were started. */
export const runningLoops = new Set<Loop>();

/** Those that are not told of a deadlock as long as another loop runs, which may wake them. */
const patient = new Set<Loop>();

/** The loop has nothing to do, but another one may wake it: it looks again as soon as one of them is over. */
export function lookAgain(loop: Loop): void {
  patient.add(loop);
}

export function enterLoop(loop: Loop): void {
  runningLoops.add(loop);
}

export function leaveLoop(loop: Loop): void {
  if (!runningLoops.delete(loop)) return;
  patient.delete(loop);
  for (const other of patient) other._wakeUp();
  patient.clear();
}
