// How a value looks in a message, in a report and within a printed effect: one short line that a person recognises it
// by. Node's util.inspect would do it, but lib/ runs in browsers too, and nobody may wait for a message, so it takes
// microseconds, whatever the value is:
//   - only the beginning of a value is looked at: a few items, a few levels, 99 characters;
//   - an object's fields are asked for by name, the ones that tell most, and not listed. The language has no way to ask
//     for the first few names: whichever way they are asked for, the engine collects all, in 0.3 s for a million;
//   - an instance of a class is named by its class, `a Response`. Its `toString` is not called, because that of an
//     array, of bytes or of a user's class may join a million items. Errors and addresses are short, and write
//     themselves.
// Relies on nothing.

/** Node's console.log calls a method of this name. */
export const inspect: unique symbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom') as never;

/**
 * An object of this library has a method of this name that gives its text within a line: `#2 slow`, `sleep(100)`. It is
 * the same in all copies of this file, of which the program of a worker has one (build.mjs).
 */
export const brief: unique symbol = /* @__PURE__ */ Symbol.for('treadle.brief') as never;

/** A line is cut at this many characters. */
const LONGEST = 99;
/** A longer text is shown by its length only: to cut one that was joined with `+`, the engine copies all of it. */
const HUGE = 100_000;
/** This many items of an array, or arguments of a call, are shown. */
const MOST_ITEMS = 9;
/** Values within values, to this depth. Rings end here, too. */
const DEEPEST = 4;
/** What tells one record from others, and options that are often given. An object is shown by these of its fields. */
const TELLING = /* @__PURE__ */ (
  'id key name type code status method url path index count size depth message text value done x y a b ' +
  'daemon detached concurrency limit timeout returnWhen attempts delay backoff jitter'
).split(' ');

/**
 * All fields of an object that somebody had to list anyway, such as that of `all({ user, posts })`: it is shown by
 * them.
 */
export const listedFields = /* @__PURE__ */ new WeakMap<object, readonly string[]>();

/** The depth of the value that is being shown: a module's variable, because the way down may lead through `brief`. */
let depth = 0;

/** One short line that a person recognises the value by. Never throws. */
export function show(value: unknown): string {
  const isObject = typeof value === 'object' && value !== null;
  if (isObject && depth === DEEPEST) return '...';
  depth++;
  try {
    return oneLine(isObject ? textOfObject(value as Shown) : textOf(value));
  } catch {
    return 'an object'; // it throws when it is looked at, as a revoked proxy does
  } finally {
    depth--;
  }
}

/** A call as it was written: `page('http://localhost/', { id: 2 })`. */
export function showCall(name: string, args: readonly unknown[]): string {
  return `${name}(${list(args)})`;
}

/** The beginning of a text, without line breaks and other control characters. */
export function oneLine(text: string): string {
  if (text.length > HUGE) return `a text of ${text.length} characters`;
  const line = text.slice(0, LONGEST + 1).replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 3)}...` : line;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.length > HUGE ? value : `'${value}'`;
  if (typeof value === 'function') return `${value.name || 'a function'}`;
  // To write the digits of a huge number takes seconds; to see that it is huge does not.
  if (typeof value === 'bigint' && BigInt.asIntN(256, value) !== value) return 'a bigint of many digits';
  return String(value);
}

/** An object, as far as it is looked at. */
interface Shown {
  readonly [brief]?: () => string;
  readonly [Symbol.toStringTag]?: string;
  readonly [field: string]: unknown;
}

function textOfObject(value: Shown): string {
  if (value[brief]) return value[brief]();
  if (Array.isArray(value)) return `[${list(value)}]`;
  if (value instanceof Error || value instanceof URL) return String(value);
  let name: string | undefined = value.constructor?.name;
  // Generators and iterators say what they are.
  if (!name || name === 'Object' || name === 'Iterator') name = value[Symbol.toStringTag];
  if (!name) return textOfFields(value);
  if (name === 'Generator') return 'a coroutine';
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
}

function textOfFields(value: Shown): string {
  let text = '';
  for (const name of listedFields.get(value) ?? TELLING) {
    const field = value[name];
    if (field !== undefined) text += `${text && ', '}${name}: ${show(field)}`;
    if (text.length > LONGEST) break;
  }
  return text ? `{ ${text} }` : 'an object';
}

/** The items one after the other, `1, 'a', [2]`, and three dots for the ones that are left out. */
function list(items: readonly unknown[]): string {
  let text = '';
  for (let index = 0; index < items.length; index++) {
    if (index > 0) text += ', ';
    if (index === MOST_ITEMS || text.length > LONGEST) return `${text}...`;
    text += show(items[index]);
  }
  return text;
}
