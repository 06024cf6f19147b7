// Debug mode: an instrument for each thing that it looks for, and the notes that they share. Relies on those.

import { attach } from '../instruments/attach.ts';
import type { Loop } from '../loop/loop.ts';
import { Circles } from './circles.ts';
import { Forgotten } from './forgotten.ts';
import { GrowingQueues } from './growing-queues.ts';
import { Notes } from './notes.ts';
import { SlowSteps } from './slow-steps.ts';
import { WaitingSince } from './waiting-since.ts';
import { WholeWays } from './whole-ways.ts';

/** Looks into a loop whose option `debug` says so. */
export function debugLoop(loop: Loop): undefined {
  if (!loop._debug) return;
  const notes = new Notes(loop._debug);
  const parts = [
    new SlowSteps(notes),
    new Forgotten(notes),
    new WholeWays(notes),
    new Circles(notes),
    new GrowingQueues(notes, loop),
    new WaitingSince(),
  ];
  for (const part of parts) attach(loop, part);
}
