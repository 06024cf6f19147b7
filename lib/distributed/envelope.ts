// The envelope: values on their way between machines, as JSON. What JSON has no form for is tagged: an object with the
// one key `$`. Reading builds only what stands here, by hand. It never takes a name from the network and makes an object
// of that class, because whoever can write to the server could then choose what code runs.
// Relies on words.

import { show } from '../words/messages.ts';

/** A value as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** `['Map', ...]`: what it is, and what it holds. */
type Tagged = { readonly $: readonly [tag: string, ...held: Json[]] };

const VIEWS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

/** Errors are told apart by these names; any other one is an `Error` with its name. */
const ERRORS = { Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError } as const;

const tagged = (tag: string, ...held: Json[]): Tagged => ({ $: [tag, ...held] });

function cannot(value: unknown, why = ''): TypeError {
  return new TypeError(`${show(value)} cannot be sent to another machine${why}`);
}

const base64 = (bytes: ArrayBuffer | ArrayBufferView): string =>
  (ArrayBuffer.isView(bytes) ?
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  : Buffer.from(bytes)
  ).toString('base64');

/**
 * A value in a form that JSON has. Objects of classes become plain ones, as `structuredClone` has it. Throws a `TypeError`
 * for functions, symbols, promises, handles, and for a value that contains itself.
 */
export function encode(value: unknown): Json {
  try {
    return new Encoder().encode(value);
  } catch (error) {
    if (error instanceof RangeError) throw cannot(value, ': it is nested too deeply');
    throw error;
  }
}

class Encoder {
  /** The objects that this one is in. */
  private readonly around = new Set<object>();

  encode(value: unknown): Json {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        return Number.isFinite(value) && !Object.is(value, -0) ?
            value
          : tagged('number', Object.is(value, -0) ? '-0' : `${value}`);
      case 'undefined':
        return tagged('undefined');
      case 'bigint':
        return tagged('bigint', `${value}`);
      case 'object':
        return value === null ? null : this.encodeObject(value);
      default:
        throw cannot(value);
    }
  }

  private encodeObject(value: object): Json {
    if (this.around.has(value)) throw cannot(value, ': it contains itself');
    this.around.add(value);
    const encoded =
      Array.isArray(value) ? this.encodeArray(value) : (this.encodeKnown(value) ?? this.encodePlain(value));
    this.around.delete(value);
    return encoded;
  }

  private encodeArray(array: readonly unknown[]): Json {
    return Array.from(array, (item) => this.encode(item));
  }

  private encodeKnown(value: object): Json | undefined {
    if (value instanceof Date) return tagged('Date', Number.isNaN(value.getTime()) ? null : value.getTime());
    if (value instanceof Map)
      return tagged(
        'Map',
        [...value].map((entry) => this.encodeArray(entry)),
      );
    if (value instanceof Set) return tagged('Set', this.encodeArray([...value]));
    if (value instanceof RegExp) return tagged('RegExp', value.source, value.flags);
    if (value instanceof URL) return tagged('URL', value.href);
    if (value instanceof Error) return this.encodeError(value);
    if (value instanceof ArrayBuffer) return tagged('ArrayBuffer', base64(value));
    if (value instanceof DataView) return tagged('DataView', base64(value));
    if (ArrayBuffer.isView(value)) {
      const name = Object.keys(VIEWS).find((one) => value instanceof VIEWS[one as keyof typeof VIEWS]);
      if (name !== undefined) return tagged(name, base64(value));
    }
    if (value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt)
      return this.encode(value.valueOf());
    return undefined;
  }

  private encodeError(error: Error): Json {
    const own = Object.entries(error).filter(([key]) => !['name', 'message', 'stack', 'cause'].includes(key));
    return tagged(
      'Error',
      String(error.name),
      String(error.message),
      typeof error.stack === 'string' ? error.stack : null,
      this.encode(error.cause),
      own.map(([key, field]) => [key, this.encode(field)]),
    );
  }

  /** Own properties, as JSON has them. One that is called `$` or `__proto__` would mean something else there. */
  private encodePlain(value: object): Json {
    const text = Object.prototype.toString.call(value);
    if (text !== '[object Object]' || typeof (value as { then?: unknown }).then === 'function') throw cannot(value);
    const keys = Object.keys(value);
    const read = (key: string): Json => this.encode((value as Record<string, unknown>)[key]);
    if (keys.includes('$') || keys.includes('__proto__'))
      return tagged(
        'Object',
        keys.map((key) => [key, read(key)]),
      );
    return Object.fromEntries(keys.map((key) => [key, read(key)]));
  }
}

/** The value that was encoded. Throws a `TypeError` for what `encode` did not write. */
export function decode(json: unknown): unknown {
  try {
    return decodeAny(json);
  } catch (error) {
    if (error instanceof RangeError) throw new TypeError('it is nested too deeply');
    throw error;
  }
}

function decodeAny(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(decodeAny);
  if (Object.hasOwn(json, '$')) return decodeTagged((json as { $: unknown }).$);
  return fromEntries(Object.entries(json));
}

/** `Object.fromEntries` defines properties, and so cannot change the prototype. */
const fromEntries = (entries: readonly [string, unknown][]): unknown =>
  Object.fromEntries(entries.map(([key, field]) => [key, decodeAny(field)]));

function decodeTagged(tag: unknown): unknown {
  if (!Array.isArray(tag)) throw unknownTag(tag);
  const [name, first, ...more] = tag as unknown[];
  switch (name) {
    case 'undefined':
      return undefined;
    case 'number':
      return Number(text(first));
    case 'bigint':
      return BigInt(text(first));
    case 'Date':
      return new Date(first === null ? NaN : number(first));
    case 'Map':
      return new Map(pairs(first).map(([key, value]) => [decodeAny(key), decodeAny(value)]));
    case 'Set':
      return new Set(array(first).map(decodeAny));
    case 'Object':
      return fromEntries(pairs(first).map(([key, value]) => [text(key), value]));
    case 'RegExp':
      return new RegExp(text(first), text(more[0]));
    case 'URL':
      return new URL(text(first));
    case 'Error':
      return decodeError(text(first), more);
    case 'ArrayBuffer':
      return bytes(first);
    case 'DataView':
      return new DataView(bytes(first));
  }
  if (typeof name === 'string' && Object.hasOwn(VIEWS, name))
    return new VIEWS[name as keyof typeof VIEWS](bytes(first));
  throw unknownTag(name);
}

function decodeError(name: string, [message, stack, cause, own]: readonly unknown[]): Error {
  const Class = Object.hasOwn(ERRORS, name) ? ERRORS[name as keyof typeof ERRORS] : Error;
  const error = new Class(text(message));
  const define = (key: string, value: unknown, enumerable = false) =>
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
  if (error.name !== name) define('name', name);
  if (stack !== null) define('stack', text(stack));
  const decoded = decodeAny(cause);
  if (decoded !== undefined) define('cause', decoded);
  for (const [key, value] of pairs(own)) define(text(key), decodeAny(value), true);
  return error;
}

const unknownTag = (tag: unknown): TypeError => new TypeError(`${show(tag)} is no form of a value`);

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  throw unknownTag(value);
}

function number(value: unknown): number {
  if (typeof value === 'number') return value;
  throw unknownTag(value);
}

function array(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw unknownTag(value);
}

function pairs(value: unknown): [unknown, unknown][] {
  const list = array(value);
  if (list.every((one) => Array.isArray(one) && one.length === 2)) return list as [unknown, unknown][];
  throw unknownTag(value);
}

/** A buffer of its own: `Buffer.from` may give a part of a larger one. */
function bytes(value: unknown): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text(value), 'base64')).buffer;
}
