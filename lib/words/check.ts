// Durations, checked. Relies on explain.

import { mustBe } from './messages.ts';

/** Durations are checked where they are given, so that the stack shows who gave a wrong one. */
export function checkDuration(where: string, ms: number): number {
  if (typeof ms !== 'number' || !(ms >= 0))
    throw new (typeof ms === 'number' && ms < 0 ? RangeError : TypeError)(mustBe(where, '0 or more milliseconds', ms));
  return ms;
}
