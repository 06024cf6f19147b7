// Chance that repeats itself: what Math.random is beside the system's clock, this is beside a virtual one. A program
// that draws lots then does the same each time it is run. Relies on words.

import { checkNumber } from '../words/check.ts';

/**
 * A source of numbers from 0 to 1, without 1. The same seed, a whole number, gives the same numbers in the same order.
 * Only its lowest 32 bits count. Throws a `TypeError` for what is no number, and a `RangeError` for one that is not
 * whole.
 *
 * It is mulberry32: 32 bits of state, a period of 2^32, good enough for jitter, shuffles and simulations. It is not for
 * secrets: anyone who sees one number can compute the next.
 *
 * @example
 * const random = seeded(42);
 * const dice = () => 1 + Math.floor(6 * random());
 */
export function seeded(seed: number): () => number {
  checkNumber('seeded', seed, 'a whole number', Number.isInteger);
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
