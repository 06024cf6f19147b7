// Options that count something, checked. Relies on words.

import { mustBe } from '../words/messages.ts';

/**
 * A whole number from `least` to `most`. `Infinity` is one when it is `most`. Throws a `RangeError` that says where it
 * was given, and as what.
 */
export function count(where: string, name: string, value: unknown, least: number, most = Infinity): number {
  if ((Number.isInteger(value) || value === most) && (value as number) >= least && (value as number) <= most)
    return value as number;
  throw new RangeError(mustBe(where, `${name} of ${least} or more`, value));
}
