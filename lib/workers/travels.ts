// What can be sent to a worker and back. Node copies values by the structured clone algorithm, which refuses functions,
// in words that do not say where the function was. What is worse, it copies some handles without a word: an
// AbortSignal, a Headers, an instance of a class whose fields are private arrive as {}, and in a process a MessagePort
// does, too. So values are looked through before they are sent. That takes a third of the time that Node needs to copy
// them. Relies on path-to, words and Node.

import { EventEmitter } from 'node:events';
import { types } from 'node:util';
import { isPromise } from '../kernel/awaitable.ts';
import type { Effect } from '../kernel/effect.ts';
import { isGenerator } from '../kernel/frame.ts';
import type { Future } from '../kernel/future.ts';
import { show } from '../words/messages.ts';
import { causeOf, pathTo } from './path-to.ts';

/** Threads can share memory, and Node copies some of its own objects between them. */
export type Kind = 'process' | 'thread' | 'machine';

/** The first thing within a value that cannot travel: where it stands (`.options.signal`), what it is and why. */
export interface Stray {
  readonly path: string;
  readonly why: string;
}

/**
 * Node reads a value by going down into it, as deep as its stack allows: 1,850 levels of objects. What is deeper ends
 * the reader, and the sender hears of no error. Two thirds of that can be read wherever it arrives.
 */
const DEEPEST = 1_200;

/**
 * Looks through the value, in the order in which Node copies it. What is `transferred` is not copied, so it can be
 * anything. What this overlooks, such as a Proxy, Node refuses.
 */
export function findStray(root: unknown, kind: Kind, transferred?: ReadonlySet<unknown>): Stray | undefined {
  if (isCopied(root)) return undefined; // as most results are
  const stray = (value: unknown, why: string): Stray => ({ path: pathTo(root, value), why });
  let seen: Set<unknown> | undefined; // those that have other objects in them, as each one in a ring has
  const around: unknown[] = []; // what the value is within, the outermost first
  const open: unknown[] = [root]; // below the parts of a value is `undefined`: when it comes up, the value is done
  while (open.length > 0) {
    const value = open.pop() as object | undefined;
    if (value === undefined) {
      around.pop();
      continue;
    }
    if (transferred?.has(value)) continue;
    if (seen?.has(value)) {
      // Node reads the cause first, and then makes the error.
      if (types.isNativeError(value) && around.includes(value))
        return stray(value, 'is an error that is within its own cause');
      continue;
    }
    const bottom = open.push(undefined);
    const why = lookInto(value, kind, open);
    if (why !== undefined) return stray(value, why);
    if (open.length === bottom) open.pop();
    else {
      reverseFrom(bottom, open); // the first part comes up first
      (seen ??= new Set()).add(value);
      if (around.push(value) > DEEPEST)
        return stray(value, `is more than ${DEEPEST} levels deep, and none below would arrive: send it in a flat form`);
    }
  }
  return undefined;
}

/** Why the value cannot travel; or it opens the parts that have to be looked at. */
function lookInto(value: object, kind: Kind, open: unknown[]): string | undefined {
  try {
    const isRecord = Array.isArray(value) || isPlain(value);
    const why = isRecord ? undefined : whyNot(value, kind);
    if (why !== undefined) return why;
    if (isRecord || !isData(value)) pushFields(value, open);
    else if (types.isMap(value)) for (const entry of value) pushFields(entry, open);
    else if (types.isSet(value)) pushFields([...value], open);
    else if (types.isNativeError(value)) pushFields([causeOf(value)], open);
    return undefined;
  } catch (error) {
    return `throws when it is read: ${show(error)}`; // a getter, or a trap of a Proxy
  }
}

function pushFields(value: object, open: unknown[]): void {
  if (Array.isArray(value) && pushItems(value, open)) return;
  // `for in` and not Object.values, which takes five times as long for an object of 100,000 keys.
  for (const key in value) {
    const part: unknown = (value as Record<string, unknown>)[key];
    if (!isCopied(part) && Object.hasOwn(value, key)) open.push(part);
  }
}

/** False if the array has holes. Of these there may be billions: then its keys tell what there is. */
function pushItems(array: readonly unknown[], open: unknown[]): boolean {
  const before = open.length;
  for (let index = 0; index < array.length; index++) {
    const item = array[index];
    if (!isCopied(item)) open.push(item);
    else if (item === undefined && !(index in array)) {
      open.length = before;
      return false;
    }
  }
  return true;
}

function reverseFrom(start: number, values: unknown[]): void {
  for (let left = start, right = values.length - 1; left < right; left++, right--)
    [values[left], values[right]] = [values[right], values[left]];
}

/** The usual case, and the quickest. */
function isCopied(value: unknown): boolean {
  if (typeof value === 'object') return value === null;
  return typeof value !== 'function' && typeof value !== 'symbol';
}

// ---- one value

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  // An object of another realm, as of a `vm` context.
  return Object.getPrototypeOf(prototype) === null && (value.constructor as { name?: unknown })?.name === 'Object';
};

const isData = (value: unknown): boolean =>
  types.isMap(value) ||
  types.isSet(value) ||
  types.isDate(value) ||
  types.isRegExp(value) ||
  types.isNativeError(value) ||
  types.isBoxedPrimitive(value) ||
  ArrayBuffer.isView(value) ||
  types.isArrayBuffer(value);

/** By what they have, and not by `instanceof`: a worker does not load the engine only for that question (engine.ts). */
const isEffect = (value: object): boolean => typeof (value as Partial<Effect<unknown>>)._handler === 'function';
const isFuture = (value: object): boolean => typeof (value as Partial<Future>).addDoneCallback === 'function';
const isAwaitable = (value: object): boolean =>
  isGenerator(value) || isPromise(value) || isEffect(value) || isFuture(value);

function whyNot(value: object | symbol, kind: Kind): string | undefined {
  if (typeof value === 'function')
    return `is ${value.name && 'the function '}${show(value)}: name one that a module exports instead`;
  if (typeof value === 'symbol') return `is ${show(value)}, and a symbol means nothing elsewhere`;
  if (ArrayBuffer.isView(value) && isHandedOver(value))
    return `is ${show(value)} whose memory was handed over to somebody else, as transfer() does`;
  if (isData(value)) return undefined;
  if (isAwaitable(value)) return `is ${show(value)}: yield it first, and send its result`;
  if (value instanceof URL) return `is the URL ${show(value)}: send its href`;
  if (types.isSharedArrayBuffer(value))
    return kind === 'thread' ? undefined : `is ${show(value)}, which only threads can share`;
  if (value instanceof AbortSignal)
    return `is ${show(value)}: cancel the call instead, which in its worker aborts workerSignal() or abortSignal()`;
  if (value instanceof EventTarget || value instanceof EventEmitter) {
    const isPort = kind === 'thread' && typeof (value as { postMessage?: unknown }).postMessage === 'function';
    return isPort ?
        `is ${show(value)}, which must be in the list of transfer(value, [port])`
      : `is ${show(value)}, a handle of this process`;
  }
  if (Object.keys(value).length > 0 || (kind === 'thread' && isCopiedWhole(value))) return undefined;
  return `is ${show(value)}, which would arrive as an object without fields: send what is in it`;
}

/** Node writes such a view all the same, and then cannot read it. */
function isHandedOver(view: ArrayBufferView): boolean {
  try {
    return view.byteLength === 0 && new Uint8Array(view.buffer).length < 0;
  } catch {
    return true; // nothing can be a view of that memory
  }
}

/** Does Node copy it between threads, as it does a Blob or a KeyObject, and not only its fields? */
function isCopiedWhole(value: object): boolean {
  try {
    return !isPlain(structuredClone(value) as object);
  } catch {
    return false;
  }
}
