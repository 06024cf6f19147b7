// Errors on their way from a worker. To clone one loses its class, its own properties, or all of it if one
// property cannot be cloned. So it is taken apart and put together again: class (where this side has it), name,
// message, the worker's stack, own properties, cause, and the errors of an AggregateError.
// Relies on words/errors, travels, when-needed, worker-died.

import * as errors from '../words/errors.ts';
import { show } from '../words/messages.ts';
import { findStray } from './travels.ts';
import { v8 } from './when-needed.ts';
import { WorkerDiedError } from './worker-died.ts';

export interface PackedError {
  /** What was thrown is no error: it comes as it is, or as text when it cannot be cloned. */
  readonly value?: unknown;
  /** The errors of an AggregateError. */
  readonly list?: readonly PackedError[];
  readonly error?: {
    readonly classes: readonly string[];
    readonly name: string;
    readonly message: string;
    readonly stack: string | undefined;
    /** Own properties, and whether they are listed when the error is printed. */
    readonly own: readonly (readonly [string, PackedError, boolean])[];
  };
}

/** What both sides have, by name. */
const classes = /* @__PURE__ */ new Map<string, unknown>(
  Object.entries({
    ...errors,
    WorkerDiedError,
    Error,
    TypeError,
    RangeError,
    SyntaxError,
    ReferenceError,
    EvalError,
    URIError,
    AggregateError,
  }),
);

const apart = ['name', 'message', 'stack'];
/** Causes of causes, and rings of them, end here. */
const DEEPEST = 8;

function clonable(value: unknown): boolean {
  try {
    if (findStray(value, 'process')) return false;
    v8().serialize(value);
    return true;
  } catch {
    return false;
  }
}

export function pack(value: unknown, depth = 0): PackedError {
  try {
    return value instanceof Error ? packError(value, depth) : { value: clonable(value) ? value : show(value) };
  } catch {
    return { value: show(value) }; // its own getters throw
  }
}

function packError(value: Error, depth: number): PackedError {
  const own: [string, PackedError, boolean][] = [];
  for (const [key, { value: field, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if (apart.includes(key) || field === undefined || depth > DEEPEST) continue;
    const list = Array.isArray(field) && field.some((one) => one instanceof Error);
    if (!list && !(field instanceof Error || clonable(field))) continue; // it stays behind
    own.push([
      key,
      list ? { list: field.map((one) => pack(one, depth + 1)) } : pack(field, depth + 1),
      enumerable === true,
    ]);
  }
  const ancestry: string[] = [];
  for (let proto: unknown = Object.getPrototypeOf(value); proto instanceof Error; proto = Object.getPrototypeOf(proto))
    ancestry.push(String(proto.constructor.name));
  return {
    error: {
      classes: [...ancestry, 'Error'],
      name: String(value.name),
      message: String(value.message),
      stack: typeof value.stack === 'string' ? value.stack : undefined,
      own,
    },
  };
}

/** `where` is written under the stack: which worker it comes from. */
export function unpack(packed: PackedError, where?: string): unknown {
  if (packed.list) return packed.list.map((one) => unpack(one));
  if (!packed.error) return packed.value;
  const { name, message, stack, own } = packed.error;
  // The nearest class that this side has, too: a user's `class NotFound extends RangeError` arrives as a RangeError.
  const Class = packed.error.classes
    .map((one) => classes.get(one))
    .find((one) => typeof one === 'function') as ErrorConstructor;
  // A native error, which prints as such, and no call of a constructor that might want something else.
  const error = Object.setPrototypeOf(new Error(message), Class.prototype as object) as Error;
  const define = (key: string, value: unknown, enumerable = false) =>
    Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
  if (error.name !== name) define('name', name);
  define('stack', `${stack ?? `${name}: ${message}`}${where === undefined ? '' : `\n    in ${where}`}`);
  for (const [key, field, enumerable] of own) define(key, unpack(field), enumerable);
  return error;
}
