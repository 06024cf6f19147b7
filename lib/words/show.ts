// How a value looks in a message, in a report and within a printed effect: one short line that a person recognises it
// by. Node's util.inspect would do it, but lib/ runs in browsers too, and nobody may wait for a message: it takes
// microseconds, whatever the value is. So
//   - only the beginning of a value is looked at: a few items, a few levels, 99 characters;
//   - an object's fields are asked for by name, the ones that tell most, and not listed. The language has no way to ask
//     for the first few names: whichever way they are asked for, the engine collects all, in 0.3 s for a million;
//   - no code of the value's own is called. A `toString` may join a million items and a getter may never return, so an
//     instance of a class is named by its class, `a Response`, and a getter is shown as `[getter]`. Two exceptions: the
//     objects of this library (see `brief`), and the `name` and `message` that an error's class has as getters, because
//     those of DOMException and of this library are made that way. The traps of a proxy cannot be told from the
//     language's own operations; they are called a bounded number of times.
// Relies on nothing.

/** Node's console.log calls a method of this name. */
export const inspect: unique symbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom') as never;

/** An object of this library has a method of this name that gives its text within a line: `#2 slow`, `sleep(100)`. */
export const brief: unique symbol = /* @__PURE__ */ Symbol('brief') as never;

/** A line is cut at this many characters. */
const LONGEST = 99;
/** Of a longer text only the length is told: to cut one that was put together with `+`, the engine copies all of it. */
const HUGE = 100_000;
/** This many items of an array, or arguments of a call, are shown. */
const MOST_ITEMS = 9;
/** Values within values, to this depth. Rings end here, too. */
const DEEPEST = 4;
/** The class of a value is looked for in this many prototypes. */
const MOST_PROTOTYPES = 10;
/** What tells one record from others, and options of this library. An object is shown by these of its fields. */
const TELLING = ['id', 'name', 'type', 'url', 'value', 'done', 'daemon', 'detached', 'concurrency', 'timeout', 'delay'];

/** The depth of the value that is being shown: a module's variable, because the way down may lead through `brief`. */
let depth = 0;

/** One short line that a person recognises the value by. Never throws, and calls no code of the value's own. */
export function show(value: unknown): string {
  if (depth === DEEPEST && typeof value === 'object' && value !== null) return '...';
  depth++;
  try {
    return cut(textOf(value));
  } catch {
    return 'an object'; // a revoked proxy, a trap that throws
  } finally {
    depth--;
  }
}

/** A call as it was written: `page('http://localhost/', { id: 2 })`. By itself it may be longer than a line. */
export function showCall(name: string, args: readonly unknown[]): string {
  return `${name}(${list(args, args.length, depth === 0 ? LONGEST * MOST_ITEMS : LONGEST)})`;
}

/** The beginning of a text of the user's, such as a name, without line breaks and other control characters. */
export function oneLine(text: string): string {
  if (text.length > HUGE) return `a text of ${text.length} characters`;
  return cut(text.slice(0, LONGEST + 1).replace(/[\p{Cc}\u2028\u2029]/gu, ' '));
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 3)}...` : text;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.length > HUGE ? oneLine(value) : `'${oneLine(value)}'`;
  if (typeof value === 'function') return nameOf(value) || 'a function';
  if (typeof value === 'object' && value !== null) return textOfObject(value);
  // To write the digits of a huge number takes seconds; to see that it is huge does not.
  if (typeof value === 'bigint' && BigInt.asIntN(256, value) !== value) return 'a bigint of many digits';
  return oneLine(String(value));
}

function textOfObject(value: object): string {
  const { [brief]: ours } = value as { [brief]?: () => string };
  if (ours) return ours.call(value);
  if (Array.isArray(value)) return `[${list(value, valueOf(value, 'length') as number, LONGEST)}]`;
  if (value instanceof Error) return textOfError(value);
  const name = className(value);
  if (name === 'Object') return textOfFields(value);
  if (name === 'Generator') return 'a coroutine';
  if (name === 'URL') return oneLine(URL.prototype.toString.call(value));
  return name ? `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}` : 'an object';
}

function textOfError(error: Error): string {
  const texts = [classField(error, 'name'), classField(error, 'message')];
  return texts
    .filter((text) => typeof text === 'string' && text !== '')
    .map((text) => oneLine(text as string))
    .join(': ');
}

/** The items one after the other, `1, 'a', [2]`, and three dots for those that are left out. A hole shows nothing. */
function list(items: readonly unknown[], length: number, longest: number): string {
  let text = '';
  for (let index = 0; index < length; index++) {
    if (index > 0) text += ', ';
    if (index === MOST_ITEMS || text.length > longest) return `${text}...`;
    text += textOfField(items, index);
  }
  return text;
}

function textOfFields(value: object): string {
  let text = '';
  for (const name of knownFields.get(value) ?? TELLING) {
    const field = textOfField(value, name);
    if (field) text += `${text && ', '}${oneLine(name)}: ${field}`;
    if (text.length > LONGEST) break;
  }
  return text ? `{ ${text} }` : 'an object';
}

function textOfField(value: object, key: PropertyKey): string {
  const field = Object.getOwnPropertyDescriptor(value, key);
  if (!field) return '';
  return 'value' in field ? show(field.value) : '[getter]';
}

/** The names of the fields of objects that somebody had to list anyway. */
const knownFields = /* @__PURE__ */ new WeakMap<object, readonly string[]>();

/**
 * Lists the fields of an object whose every field is used, such as that of `all({ user, posts })`: it is shown by them.
 */
export function listFields(object: object): void {
  knownFields.set(object, Object.keys(object));
}

/**
 * The names of an object's fields, if they were listed before: nothing else finds them without a look at all of them.
 */
export function listedFields(object: object): readonly string[] {
  return knownFields.get(object) ?? [];
}

/** The name of a value's class, or what its class says instead (`Symbol.toStringTag`: Generator, Array Iterator). */
function className(value: object): string {
  let owner: object | null = value;
  for (let level = 0; owner && level < MOST_PROTOTYPES; level++) {
    const tag = valueOf(owner, Symbol.toStringTag);
    if (typeof tag === 'string') return oneLine(tag);
    const constructor = level > 0 && valueOf(owner, 'constructor');
    if (typeof constructor === 'function') return nameOf(constructor);
    owner = Object.getPrototypeOf(owner) as object | null;
  }
  return 'Object'; // without a prototype
}

/** A function's name. A class may have a static `name` that is something else. */
function nameOf(fn: object): string {
  const name = valueOf(fn, 'name');
  return typeof name === 'string' ? oneLine(name) : '';
}

/** An own field's value; `undefined` if it is a getter, which is not called. */
export function valueOf(owner: object, key: PropertyKey): unknown {
  return Object.getOwnPropertyDescriptor(owner, key)?.value;
}

/** The same, or what the error's class has instead, also by a getter. */
function classField(error: Error, key: 'name' | 'message'): unknown {
  return Object.hasOwn(error, key) ? valueOf(error, key) : error[key];
}
