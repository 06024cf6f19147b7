// How a value looks in the log: one line, whatever it is. Nothing of the program is called for it, but for the `name` and
// the `message` of an error: no getter, no `toString`, no `toJSON`. What is long is cut, what is deep is left out.
//
// Relies on treadle, whose own things write themselves.

import { Barrier, Channel, Condition, Event, Future, Lock, Queue, Semaphore, sleep, Task } from 'treadle';

/** Longer texts are cut. */
export const LONGEST = 200;
const MOST_ITEMS = 9;
const DEEPEST = 3;
const SHARED: readonly (abstract new (...args: any[]) => { readonly name: string })[] = [
  Barrier,
  Channel,
  Condition,
  Event,
  Lock,
  Queue,
  Semaphore,
];

/** The class of effects, which is no part of the public face. */
const Effect = sleep(0).constructor as new () => EffectLike;

interface EffectLike {
  readonly kind: string;
  readonly payload: unknown;
}

export function isEffect(value: unknown): value is EffectLike {
  return isInstance(value, Effect);
}

/** As `instanceof`, for what the program has thrown or yielded. */
export function isInstance<T>(value: unknown, Class: abstract new (...args: any[]) => T): value is T {
  try {
    return value instanceof Class;
  } catch {
    return false; // a proxy that refuses to be looked at
  }
}

/**
 * The program that runs. Its functions and classes are shown by their names, and those of treadle are not: in a page
 * they have others, because its script was made small. One program runs at a time.
 */
let program = '';
/** Functions that `coroutine` has made for a program. */
const coroutines = new WeakSet<object>();

export function showNamesOf(code: string): void {
  program = code;
}

/** A function that `coroutine` has made has a name that the program gave it. */
export function noteCoroutine<F extends object>(fn: F): F {
  coroutines.add(fn);
  return fn;
}

function isOfProgram(fn: unknown): boolean {
  return typeof fn === 'function' && (coroutines.has(fn) || program.includes(Function.prototype.toString.call(fn)));
}

/** As one would write it: `'text'`, `[1, 2]`, `{ name: 'Ada' }`, `Error: no`. Never throws. */
export function show(value: unknown): string {
  return cut(written(value, 0));
}

/** As `console.log` writes it: a text stands for itself, and several values are put side by side. */
export function printed(values: readonly unknown[]): string {
  return values.map((value) => (typeof value === 'string' ? value : written(value, 0))).join(' ');
}

/** What was yielded, as it was written: `sleep(100)`. */
export function showYielded(yielded: unknown): string {
  if (isInstance(yielded, Task) || isInstance(yielded, Future)) return `join(${show(yielded)})`;
  return show(yielded);
}

/** How a plain generator is shown, until it says its name. */
export const UNNAMED = 'a coroutine';

/** `guest('Ada', 5)`. */
export function showCall(name: string, given: ArrayLike<unknown>): string {
  return cut(`${name}(${list(given.length, (i) => written(given[i], 1))})`);
}

/** The name of a frame that was called by yielding this; `''` for a plain generator. */
export function nameOfCall(yielded: unknown): string {
  if (!isEffect(yielded)) return '';
  const { kind, payload } = yielded;
  if (kind !== 'call') return cut(kind, 60);
  return isEffect(payload) ? cut(payload.kind, 60) : '';
}

/** How a task has ended. Its error is taken from its text: to ask for it would count as seeing it. */
export function outcomeOf(task: Task): { state: 'succeeded' | 'failed' | 'cancelled'; value: string | undefined } {
  const state = task.state as 'succeeded' | 'failed' | 'cancelled';
  if (state === 'succeeded') {
    const result: unknown = task.result();
    return { state, value: result === undefined ? undefined : show(result) };
  }
  const text = String(task);
  const start = text.indexOf(` ${state}: `, `<Task ${briefly(task)}`.length);
  // A report of a deadlock lists all tasks. They are in the log.
  const value = text.slice(start + state.length + 3, -1).replace(/:\s+<Task #\d[^]*$/, '');
  return { state, value: start < 0 ? undefined : cut(value) };
}

function briefly({ id, name }: Task): string {
  return `#${id} ${name}`;
}

export function cut(text: string, most = LONGEST): string {
  const line = text.length > most ? `${text.slice(0, most - 3)}...` : text;
  return line.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');
}

function written(value: unknown, depth: number): string {
  try {
    if (typeof value === 'string') return `'${value.length > LONGEST ? value.slice(0, LONGEST) : value}'`;
    if (typeof value === 'bigint') return BigInt.asIntN(256, value) === value ? `${value}n` : 'a bigint of many digits';
    if (typeof value === 'function') return (isOfProgram(value) && nameOf(value)) || 'a function';
    if (typeof value !== 'object' || value === null) return String(value);
    return writtenObject(value, depth);
  } catch {
    return 'an object'; // it throws when it is looked at
  }
}

function writtenObject(value: object, depth: number): string {
  if (value instanceof Task) return briefly(value);
  if (value instanceof Effect) return writtenEffect(value, depth);
  if (isShared(value)) return cut(value.name, 60);
  if (value instanceof Future) return 'a future';
  if (value instanceof Error) return writtenError(value);
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind === 'Generator') return UNNAMED;
  if (Array.isArray(value)) return depth === DEEPEST ? '[...]' : `[${list(value.length, (i) => own(value, i, depth))}]`;
  const prototype = Object.getPrototypeOf(value) as object | null;
  const Class = prototype && (Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value as unknown);
  if (value instanceof Map) return `Map(${value.size})`;
  if (value instanceof Set) return `Set(${value.size})`;
  const made = nameOf(Class);
  // The fields of what is the host's differ from one host to the next.
  if (made !== 'Object' && made !== '' && (globalThis as Record<string, unknown>)[made] === Class)
    return `${/^[AEIO]/.test(made) ? 'an' : 'a'} ${made}`;
  const isPlain = made === 'Object' || made === '';
  if (!isPlain && !isOfProgram(Class)) return 'an object';
  const before = isPlain ? '' : `${made} `;
  if (depth === DEEPEST) return `${before}{...}`;
  // Some of the language's methods would list a million names first.
  const names: string[] = [];
  for (const name in value) if (Object.hasOwn(value, name) && names.push(name) > MOST_ITEMS) break;
  const fields = list(names.length, (i) => `${names[i]}: ${own(value, names[i] as string, depth)}`);
  return `${before}{${fields && ` ${fields} `}}`;
}

/** `sleep(100)`, `door.with(page())`. */
function writtenEffect({ kind, payload }: EffectLike, depth: number): string {
  let given: unknown[] =
    payload === undefined ? []
    : Array.isArray(payload) ? payload
    : [payload];
  if (isShared(given[0]) && kind === `${given[0].name}.with`) given = given.slice(1); // the lock is in the name
  return `${kind}(${list(given.length, (i) => written(given[i], depth))})`;
}

/** A lock, a queue: what tasks share is called by its name. */
function isShared(value: unknown): value is { readonly name: string } {
  return SHARED.some((Class) => isInstance(value, Class));
}

/** A field, but no getter. */
function own(value: object, name: string | number, depth: number): string {
  const field = Object.getOwnPropertyDescriptor(value, name);
  if (field === undefined) return 'undefined';
  return 'value' in field ? written(field.value, depth + 1) : '[getter]';
}

function writtenError(error: Error): string {
  const { name, message } = error;
  return typeof message === 'string' && message !== '' ? `${String(name)}: ${message}` : String(name);
}

function list(count: number, item: (index: number) => string): string {
  let text = '';
  for (let index = 0; index < count; index++) {
    if (index > 0) text += ', ';
    if (index === MOST_ITEMS || text.length > LONGEST) return `${text}...`;
    text += item(index);
  }
  return text;
}

function nameOf(value: unknown): string {
  const name = typeof value === 'function' ? Object.getOwnPropertyDescriptor(value, 'name')?.value : undefined;
  return typeof name === 'string' ? name : '';
}
