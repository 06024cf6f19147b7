// What JSON carries as it is: small plain values. A message of these takes a fifth of the time in JSON that it takes by
// structured clone. What JSON would change (undefined, -0, NaN, a Map, one object in two places) is none of them, nor
// is what is large: to look through it would take longer than it saves. Relies on protocol and Node.

import { types } from 'node:util';
import { Call } from './protocol.ts';

/** How many values there may be in a message, and how long a string may be. */
const MOST_VALUES = 64;
const LONGEST_STRING = 8_192;

let left = 0;
/** The objects of the message. There are few, so this is faster than a Set. */
const seen: object[] = [];

/** Does the message arrive the same when it is sent as JSON? A field of its own that is undefined does so, left out. */
export function isJsonMessage(message: unknown): boolean {
  left = MOST_VALUES;
  try {
    for (const field of Object.values(message as object) as unknown[])
      if (field !== undefined && !isJson(field)) return false;
    return true;
  } catch {
    return false; // a getter throws: whoever copies it will say so
  } finally {
    seen.length = 0;
  }
}

function isJson(value: unknown): boolean {
  if (--left < 0) return false;
  switch (typeof value) {
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'string':
      return value.length <= LONGEST_STRING;
    case 'object':
      return value === null || isJsonObject(value);
    default:
      return false;
  }
}

function isJsonObject(value: object): boolean {
  if (seen.includes(value) || types.isProxy(value) || 'toJSON' in value) return false;
  seen.push(value);
  if (Array.isArray(value)) return isJsonArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Call.prototype && prototype !== null) return false;
  for (const key in value)
    if (!Object.hasOwn(value, key) || !isJson((value as Record<string, unknown>)[key])) return false;
  return true;
}

function isJsonArray(array: readonly unknown[]): boolean {
  if (array.length > left || Object.getPrototypeOf(array) !== Array.prototype) return false;
  // One with a hole, or with a property that has a name, has other keys.
  let index = 0;
  for (const key in array) if (key !== String(index++)) return false;
  return index === array.length && array.every(isJson);
}
