// The checks of arguments. Each throws at the call, so that the stack shows who gave the wrong one, and says who takes
// what and what came: a `TypeError` for a value of the wrong type (and for NaN), a `RangeError` for a number that is
// too small, too large or not whole. What can be awaited is checked in kernel/yieldable.ts, which knows what that is.
// Relies on messages.

import { mustBe, show } from './messages.ts';

/** Milliseconds: 0 or more, `Infinity` included. Gives them back. */
export function checkDuration(where: string, ms: number): number {
  return checkNumber(where, ms, '0 or more milliseconds', (n) => n >= 0);
}

/** A time of the loop's clock, in milliseconds. Every number is one, also one that has passed. Gives it back. */
export function checkTime(where: string, time: number): number {
  return checkNumber(where, time, "a time of the loop's clock in milliseconds", () => true);
}

/** How many: a whole number from `least` on. `wanted` names it: 'a number of parties'. Gives it back. */
export function checkCount(where: string, count: number, wanted: string, least: number): number {
  return checkNumber(where, count, `${wanted} of ${least} or more`, (n) => n >= least && Number.isInteger(n));
}

/** At most how many: the same, or `Infinity`. `wanted` names it: 'a capacity'. Gives it back. */
export function checkLimit(where: string, count: number, wanted: string, least: number): number {
  return count === Infinity ? count : checkCount(where, count, wanted, least);
}

/** A number for which `isRight` holds. Gives it back. */
export function checkNumber(where: string, value: number, wanted: string, isRight: (value: number) => boolean): number {
  if (typeof value !== 'number' || Number.isNaN(value)) throw new TypeError(mustBe(where, wanted, value));
  if (!isRight(value)) throw new RangeError(mustBe(where, wanted, value));
  return value;
}

/** `wanted` says what it is called with, or for: 'a function that starts each attempt'. */
export function checkFunction(where: string, value: unknown, wanted = 'a function'): void {
  if (typeof value !== 'function') throw new TypeError(mustBe(where, wanted, value));
}

/** One of a few words. `where` names the option: 'the option returnWhen of wait'. */
export function checkOneOf(where: string, value: unknown, words: readonly string[]): void {
  if (!words.includes(value as string)) throw new RangeError(mustBe(where, `one of ${words.join(', ')}`, value));
}

/**
 * No item of the array is missing, as the second one is in `[a, , b]` and all are in `new Array(3)`. The language skips
 * a hole in one place and reads `undefined` in another, so the results would not stand where the items stood.
 */
export function checkNoHoles(where: string, items: readonly unknown[]): void {
  for (let index = 0; index < items.length; index++) {
    // The value first: to read an item is cheaper than to ask whether there is one.
    if (items[index] === undefined && !(index in items))
      throw new TypeError(`${where} takes an array without holes, and item ${index} of ${items.length} is missing`);
  }
}

/** What an iterator's `next()` gives must be an object, as the language demands of it in `for-of` and `for await`. */
export function checkIteratorResult(result: unknown): void {
  if ((typeof result === 'object' && result !== null) || typeof result === 'function') return;
  throw new TypeError(`the next() of an iterator must give an object, { done, value }, not ${show(result)}`);
}
