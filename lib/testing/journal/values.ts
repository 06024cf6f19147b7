// Values in a journal: JSON, with a tag for what JSON has not. A tagged value is an object whose `$` says what it is.
//
//     undefined, NaN, Infinity, -0     {"$":"undefined"}   {"$":"number","value":"NaN"}
//     123n, a Date, a URL              {"$":"bigint","value":"123"}   {"$":"Date","value":1700000000000}
//     bytes                            {"$":"Uint8Array","value":"aGVsbG8="}, in base64
//     an error                         {"$":"Error","name":"TypeError","message":"fetch failed","fields":...}
//     a Map, a Set                     {"$":"Map","value":[["key","value"]]}
//     a response of fetch              {"$":"Response","status":200,"headers":[...],"url":...}: its body is asked for
//     an object that has a `$`         {"$":"object","value":[["$",1]]}
//     what `encode` gave               {"$":"user","value":...}
//
// Relies on words and io.

import { FetchResponse } from '../../io/fetch.ts';
import { brief, show } from '../../words/show.ts';
import { decodeError, encodeError } from './error-values.ts';
import { bytesToText, textToBytes } from './base64.ts';

export interface ValueOptions {
  /**
   * Is given each value that is neither a primitive nor a plain object or array: gives what stands for it in the
   * journal, which must be such a value itself, or `undefined` for values that it does not know.
   */
  readonly encode?: ((value: object) => unknown) | undefined;
  /** Gives the value back for what `encode` gave. */
  readonly decode?: ((stored: unknown) => unknown) | undefined;
}

interface Tagged {
  readonly $: string;
  readonly value?: unknown;
  readonly [field: string]: unknown;
}

/** Typed arrays, by the name that is their tag. Buffer is Node's. */
const views: Readonly<Record<string, new (buffer: ArrayBuffer) => ArrayBufferView>> = {
  Uint8Array,
  Int8Array,
  Uint8ClampedArray,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  DataView,
};

/** Deeper than any value that a person would look at, and not too deep for the host's stack. */
const DEEPEST = 500;

/** Throws a `TypeError` that says which part of the value cannot be kept. */
export function encodeValue(value: unknown, { encode }: ValueOptions = {}): unknown {
  const around = new Set<object>();
  const walk = (one: unknown): unknown => {
    if (typeof one !== 'object' || one === null) return encodePrimitive(one);
    if (around.has(one)) throw new TypeError(`${show(one)} contains itself`);
    if (around.size >= DEEPEST) throw new TypeError(`it is more than ${DEEPEST} levels deep`);
    around.add(one);
    try {
      return encodeObject(one, walk, encode);
    } finally {
      around.delete(one);
    }
  };
  return walk(value);
}

function encodePrimitive(value: unknown): unknown {
  switch (typeof value) {
    case 'undefined':
      return { $: 'undefined' };
    case 'bigint':
      return { $: 'bigint', value: `${value}` };
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ?
          value
        : { $: 'number', value: Object.is(value, -0) ? '-0' : `${value}` };
    case 'function':
    case 'symbol':
      throw new TypeError(`${show(value)}, a ${typeof value}, is no data`);
    default:
      return value;
  }
}

function encodeObject(value: object, walk: (one: unknown) => unknown, encode: ValueOptions['encode']): unknown {
  if (Array.isArray(value)) return Array.from(value, walk); // holes become undefined
  if (isPlain(value)) {
    const fields = Object.entries(value).map(([name, field]) => [name, walk(field)] as const);
    return Object.hasOwn(value, '$') || Object.hasOwn(value, '__proto__') ?
        { $: 'object', value: fields }
      : Object.fromEntries(fields);
  }
  const users = encode?.(value);
  if (users !== undefined) return { $: 'user', value: walk(users) };
  if (value instanceof Date) return { $: 'Date', value: Number.isNaN(+value) ? null : +value };
  if (value instanceof URL) return { $: 'URL', value: value.href };
  if (value instanceof Map) return { $: 'Map', value: Array.from(value, ([key, item]) => [walk(key), walk(item)]) };
  if (value instanceof Set) return { $: 'Set', value: Array.from(value, walk) };
  if (value instanceof ArrayBuffer) return { $: 'ArrayBuffer', value: bytesToText(new Uint8Array(value)) };
  if (ArrayBuffer.isView(value)) return encodeView(value);
  if (value instanceof Headers) return { $: 'Headers', value: [...value] };
  if (value instanceof FetchResponse) return encodeResponse(value);
  if (value instanceof Error) return encodeError(value, walk);
  throw new TypeError(`${show(value)} is no data`);
}

/** Also of another realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && !(brief in value) && !(Symbol.iterator in value);
}

function encodeView(view: ArrayBufferView): Tagged {
  const name = view.constructor.name;
  const $ = name === 'Buffer' || name in views ? name : 'Uint8Array';
  return { $, value: bytesToText(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)) };
}

function encodeResponse({ status, statusText, headers, url, redirected }: FetchResponse): Tagged {
  return { $: 'Response', status, statusText, headers: [...headers], url, redirected };
}

/** Throws what `decode` throws, and a `TypeError` for an unknown tag. */
export function decodeValue(stored: unknown, { decode }: ValueOptions = {}): unknown {
  const walk = (one: unknown): unknown => {
    if (typeof one !== 'object' || one === null) return one;
    if (Array.isArray(one)) return one.map(walk);
    if (Object.hasOwn(one, '$')) return decodeTagged(one as Tagged, walk, decode);
    return Object.fromEntries(Object.entries(one).map(([name, field]) => [name, walk(field)]));
  };
  return walk(stored);
}

function decodeTagged(tagged: Tagged, walk: (one: unknown) => unknown, decode: ValueOptions['decode']): unknown {
  const { $, value } = tagged;
  switch ($) {
    case 'undefined':
      return undefined;
    case 'number':
      return Number(value);
    case 'bigint':
      return BigInt(value as string);
    case 'Date':
      return new Date(value === null ? NaN : (value as number));
    case 'URL':
      return new URL(value as string);
    case 'Map':
      return new Map((value as unknown[][]).map(([key, item]) => [walk(key), walk(item)]));
    case 'Set':
      return new Set((value as unknown[]).map(walk));
    case 'object':
      return Object.fromEntries((value as [string, unknown][]).map(([name, field]) => [name, walk(field)]));
    case 'Headers':
      return new Headers(value as [string, string][]);
    case 'ArrayBuffer':
      return textToBytes(value as string).buffer;
    case 'Response':
      return decodeResponse(tagged);
    case 'Error':
      return decodeError(tagged, walk);
    case 'user':
      if (decode === undefined) throw new TypeError('the journal was recorded with an encode, and there is no decode');
      return decode(walk(value));
    default:
      return decodeView($, textToBytes(value as string));
  }
}

function decodeView(name: string, bytes: Uint8Array<ArrayBuffer>): unknown {
  const { Buffer } = globalThis as { Buffer?: { from(buffer: ArrayBuffer): unknown } };
  if (name === 'Buffer') return Buffer ? Buffer.from(bytes.buffer) : bytes;
  const View = Object.hasOwn(views, name) ? views[name] : undefined;
  if (View === undefined) throw new TypeError(`the journal has a value of an unknown kind, ${show(name)}`);
  return new View(bytes.buffer);
}

/** A response without a body: the journal answers for it. */
function decodeResponse({ status, statusText, headers, url, redirected }: Tagged): FetchResponse {
  const ok = (status as number) >= 200 && (status as number) <= 299;
  const head = { status, statusText, headers: new Headers(headers as [string, string][]), url, redirected, ok };
  return new FetchResponse({ ...head, body: null, bodyUsed: false } as Response, new AbortController());
}
