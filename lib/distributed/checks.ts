// The checks of options that `machines` and `serve` share. Relies on words.

import { checkDuration } from '../words/check.ts';
import { mustBe } from '../words/messages.ts';

/** As long as a timer of Node can wait, which is 24 days. A longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

/**
 * Milliseconds, from `least` on. They are whole, because the server takes no other ones, and at most 24 days: so
 * `Infinity` is that long.
 */
export function checkMilliseconds(where: string, name: string, value: unknown, least: number, most = LONGEST): number {
  const time = checkDuration(`${where}: ${name}`, value as number);
  if (time < least) throw new RangeError(mustBe(where, `a ${name} of ${least} ms or more`, value));
  return Math.min(Math.ceil(time), most);
}

/** The options of a pool, or none. What stands in them is checked by the pool. */
export function checkPoolOptions<Options>(where: string, options: Options | undefined): Options | undefined {
  if (options === undefined || (typeof options === 'object' && options !== null && !Array.isArray(options)))
    return options;
  throw new TypeError(mustBe(where, 'the options of its pool, an object, as pool', options));
}
