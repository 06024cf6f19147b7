// Deadlocks of which a part is in a worker. A worker says that it is stuck when it runs calls and nothing but an order
// could make them go on: then it no longer keeps the program alive. The program may still cancel a call when a limit
// expires, or make another one that wakes the first. Only when Node finds that nothing is left in the program, either,
// is it a deadlock. Then the stuck workers are told, and fail their calls with the report of what waits in them.
//
// So the program itself is never reported while a worker could go on, and a call not while its program could help it.
// Relies on host.

import { hostActive } from '#host';
import { runningLoops } from '../host/loops.ts';

export interface Stuck {
  /** Nothing else could make its calls go on. */
  breakDeadlock(): void;
}

const stuck = new Set<Stuck>();

function onBeforeExit(): void {
  // A virtual clock stood still for the worker. What it does next may help.
  if ([...runningLoops].some((loop) => loop._clock._hasTimers())) return;
  hostActive(); // the program's own deadlock is none before this has had its effect
  for (const one of [...stuck]) one.breakDeadlock();
}

export function addStuck(one: Stuck): void {
  if (stuck.size === 0) process.prependListener('beforeExit', onBeforeExit); // before the engine's own
  stuck.add(one);
}

/** It was given an order, or is gone. */
export function removeStuck(one: Stuck): void {
  if (stuck.delete(one) && stuck.size === 0) process.removeListener('beforeExit', onBeforeExit);
}
