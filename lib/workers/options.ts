// Options of executors and calls, checked: what counts something, and who hears of progress. Relies on words.

import { mustBe } from '../words/messages.ts';
import type { CallOptions } from './pool-options.ts';

/**
 * A whole number from `least` to `most`. `Infinity` is one when it is `most`. Throws a `RangeError` that says where it
 * was given, and as what.
 */
export function count(where: string, name: string, value: unknown, least: number, most = Infinity): number {
  if ((Number.isInteger(value) || value === most) && (value as number) >= least && (value as number) <= most)
    return value as number;
  throw new RangeError(mustBe(where, `${name} of ${least} or more`, value));
}

/** Throws a `TypeError` when the option `onProgress` is no function. */
export function checkProgress(where: string, options: CallOptions | undefined): void {
  const onProgress: unknown = options?.onProgress;
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new TypeError(mustBe(where, 'a function as onProgress', onProgress));
}
