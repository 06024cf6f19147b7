// The envelope: values on their way between machines, as JSON. What JSON has no form for is tagged: an object with the
// one key `$`. Reading builds only what stands here, by hand. It never takes a name from the network and makes an
// object of that class, because whoever can write to the server could then choose what code runs. Relies on words.

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

const isIndex = (key: string): boolean => /^(0|[1-9]\d{0,9})$/.test(key);

/** Has it all its items, and nothing else? The keys of an array are its indices in order, and then names. */
const isDense = ({ length }: readonly unknown[], keys: readonly string[]): boolean =>
  keys.length === length && (length === 0 || keys[length - 1] === String(length - 1));

/** Somebody will go through all of it, so a short message must not stand for an array of 4,294,967,295 items. */
const isTooSparse = (length: number, items: number): boolean => length > 1_000_000 && length > 10 * items;

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/** The stack of calls was too small. There are other errors of this kind: of a length, of a form of bytes. */
const isTooDeep = (error: unknown): boolean => error instanceof RangeError && /stack|recursion/.test(error.message);

const base64 = (bytes: ArrayBuffer | ArrayBufferView): string =>
  (ArrayBuffer.isView(bytes) ?
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  : Buffer.from(bytes)
  ).toString('base64');

/**
 * A value in a form that JSON has. Objects of classes become plain ones, as `structuredClone` has it, and what is there
 * twice, or contains itself, stays one object. Throws a `TypeError` for functions, symbols, promises and handles.
 */
export function encode(value: unknown): Json {
  try {
    return new Encoder().encodeWhole(value);
  } catch (error) {
    if (isTooDeep(error)) throw cannot(value, ': it is nested too deeply');
    throw error;
  }
}

class Encoder {
  /** Objects in the order in which they are met. The decoder counts them in the same order. */
  private readonly met = new Map<object, number>();
  private again = false;

  /** A value in which something is met again says so at its head: only then does the decoder count. */
  encodeWhole(value: unknown): Json {
    const encoded = this.encode(value);
    return this.again ? tagged('counted', encoded) : encoded;
  }

  encode(value: unknown): Json {
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number':
        if (Object.is(value, -0)) return tagged('number', '-0');
        return Number.isFinite(value) ? value : tagged('number', `${value}`);
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
    const before = this.met.get(value);
    if (before !== undefined) {
      this.again = true;
      return tagged('again', before);
    }
    this.met.set(value, this.met.size);
    if (Array.isArray(value)) return this.encodeArray(value);
    return this.encodeKnown(value) ?? this.encodePlain(value);
  }

  private encodeArray(array: readonly unknown[]): Json {
    const keys = Object.keys(array);
    if (isDense(array, keys)) return Array.from(array, (item) => this.encode(item));
    if (isTooSparse(array.length, keys.length))
      throw cannot(array, `: of its ${array.length} items all but ${keys.length} are missing`);
    const items = keys.filter(isIndex).map((index) => [Number(index), this.encode(array[Number(index)])]);
    const names = keys.filter((key) => !isIndex(key));
    return tagged('Sparse', array.length, items, this.encodeFields(array, names));
  }

  private encodeFields(value: object, keys: readonly string[]): Json[][] {
    return keys.map((key) => [key, this.encode((value as Record<string, unknown>)[key])]);
  }

  private encodeKnown(value: object): Json | undefined {
    if (value instanceof Date) return tagged('Date', Number.isNaN(value.getTime()) ? null : value.getTime());
    if (value instanceof Map)
      return tagged(
        'Map',
        Array.from(value, (entry) => entry.map((one) => this.encode(one))),
      );
    if (value instanceof Set)
      return tagged(
        'Set',
        Array.from(value, (one) => this.encode(one)),
      );
    if (value instanceof RegExp) return tagged('RegExp', value.source, value.flags);
    if (value instanceof Error) return this.encodeError(value);
    if (value instanceof ArrayBuffer) return tagged('ArrayBuffer', base64(value));
    if (value instanceof DataView) return tagged('DataView', base64(value));
    if (Buffer.isBuffer(value)) return tagged('Buffer', base64(value));
    if (ArrayBuffer.isView(value)) {
      const name = Object.keys(VIEWS).find((one) => value instanceof VIEWS[one as keyof typeof VIEWS]);
      if (name !== undefined) return tagged(name, base64(value));
    }
    if (value instanceof Number || value instanceof String || value instanceof Boolean || value instanceof BigInt)
      return tagged('Wrapped', this.encode(value.valueOf()));
    return undefined;
  }

  private encodeError(error: Error): Json {
    const own = Object.keys(error).filter((key) => !['name', 'message', 'stack', 'cause'].includes(key));
    return tagged(
      'Error',
      String(error.name),
      String(error.message),
      typeof error.stack === 'string' ? error.stack : null,
      this.encode(error.cause),
      this.encodeFields(error, own),
    );
  }

  /** Own properties, as JSON has them. One that is called `$` or `__proto__` would mean something else there. */
  private encodePlain(value: object): Json {
    const text = Object.prototype.toString.call(value);
    if (text !== '[object Object]' || typeof (value as { then?: unknown }).then === 'function') throw cannot(value);
    const keys = Object.keys(value);
    if (keys.length === 0 && !isPlain(value)) throw cannot(value, ': it would arrive as an object without fields');
    const fields = this.encodeFields(value, keys);
    if (keys.includes('$') || keys.includes('__proto__')) return tagged('Object', fields);
    return Object.fromEntries(fields);
  }
}

/** The value that was encoded. Throws a `TypeError` for what `encode` did not write. */
export function decode(json: unknown): unknown {
  try {
    return new Decoder().decode(json);
  } catch (error) {
    if (isTooDeep(error)) throw new TypeError('it is nested too deeply');
    throw error;
  }
}

class Decoder {
  /** All objects, in the order in which the encoder has met them; only when they are counted. */
  private met: unknown[] | undefined = undefined;

  /** An object is met before what it holds: so it is made empty, and then filled. */
  decode(json: unknown): unknown {
    if (typeof json !== 'object' || json === null) return json;
    if (Array.isArray(json)) return this.fillArray(this.meet([]), json);
    if (Object.hasOwn(json, '$')) return this.decodeTagged((json as { $: unknown }).$);
    return this.fill(this.meet({}), Object.entries(json));
  }

  private meet<T>(value: T): T {
    this.met?.push(value);
    return value;
  }

  private fillArray(made: unknown[], items: readonly unknown[]): unknown[] {
    for (const item of items) made.push(this.decode(item));
    return made;
  }

  /** Properties are defined: an assignment to `__proto__` would change the prototype. */
  private fill<T extends object>(made: T, entries: readonly [unknown, unknown][]): T {
    for (const [key, field] of entries)
      Object.defineProperty(made, text(key), {
        value: this.decode(field),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    return made;
  }

  private decodeTagged(tag: unknown): unknown {
    if (!Array.isArray(tag)) throw unknownTag(tag);
    const [name, first, ...more] = tag as unknown[];
    switch (name) {
      case 'counted':
        this.met ??= [];
        return this.decode(first);
      case 'again':
        if (!this.met || !(number(first) in this.met)) throw unknownTag(tag);
        return this.met[number(first)];
      case 'undefined':
        return undefined;
      case 'number':
        return Number(text(first));
      case 'bigint':
        return BigInt(text(first));
      case 'Date':
        return this.meet(new Date(first === null ? NaN : number(first)));
      case 'Map': {
        const map = this.meet(new Map<unknown, unknown>());
        for (const [key, value] of pairs(first)) map.set(this.decode(key), this.decode(value));
        return map;
      }
      case 'Set': {
        const set = this.meet(new Set<unknown>());
        for (const item of array(first)) set.add(this.decode(item));
        return set;
      }
      case 'Sparse': {
        const items = pairs(more[0]);
        if (isTooSparse(number(first), items.length)) throw unknownTag(tag);
        const sparse = this.meet(new Array<unknown>(number(first)));
        for (const [i, item] of items) sparse[number(i)] = this.decode(item);
        if (sparse.length !== first) throw unknownTag(tag); // one of them lies behind its end
        return this.fill(sparse, pairs(more[1]));
      }
      case 'Object':
        return this.fill(this.meet({}), pairs(first));
      case 'Wrapped':
        return this.meet(Object(this.decode(first)));
      case 'RegExp':
        return this.meet(new RegExp(text(first), text(more[0])));
      case 'Error':
        return this.decodeError(text(first), more);
      case 'Buffer':
        return this.meet(Buffer.from(bytes(first)));
      case 'ArrayBuffer':
        return this.meet(bytes(first));
      case 'DataView':
        return this.meet(new DataView(bytes(first)));
    }
    if (typeof name === 'string' && Object.hasOwn(VIEWS, name))
      return this.meet(new VIEWS[name as keyof typeof VIEWS](bytes(first)));
    throw unknownTag(name);
  }

  private decodeError(name: string, [message, stack, cause, own]: readonly unknown[]): Error {
    const Class = Object.hasOwn(ERRORS, name) ? ERRORS[name as keyof typeof ERRORS] : Error;
    const error = this.meet(new Class(text(message)));
    const define = (key: string, value: unknown) =>
      Object.defineProperty(error, key, { value, writable: true, configurable: true });
    if (error.name !== name) define('name', name);
    if (stack !== null) define('stack', text(stack));
    const decoded = this.decode(cause);
    if (decoded !== undefined) define('cause', decoded);
    return this.fill(error, pairs(own));
  }
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
