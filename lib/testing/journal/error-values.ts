// Errors in a journal. What was thrown must be thrown again, whatever it is: so an error can always be kept, and of its
// fields those that are data. Its class is found again by its name. Its stack is not kept, because it names places of
// the machine. Relies on words.

import * as errors from '../../words/errors.ts';
import { show } from '../../words/show.ts';
import { JournalError } from './journal-error.ts';

interface StoredError {
  readonly $: 'Error';
  readonly name: string;
  readonly message: string;
  readonly cause?: unknown;
  /** Of an `AggregateError`. */
  readonly errors?: unknown;
  /** Its other own fields: `code`, `status` and the like. */
  readonly fields?: Readonly<Record<string, unknown>> | undefined;
}

type Walk = (value: unknown) => unknown;

/** Those that are made with a message. */
const classes = (): Readonly<Record<string, new (message: string) => Error>> => ({
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  ...errors,
  JournalError,
});

export function encodeError(error: Error, walk: Walk): StoredError {
  const lenient = (value: unknown): unknown => {
    try {
      return walk(value);
    } catch {
      return show(value);
    }
  };
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(error)) {
    if (name === 'name' || name === 'message' || name === 'stack' || name === 'cause') continue;
    try {
      fields[name] = walk(value);
    } catch {
      // A socket, a request: the program that is played back does without it.
    }
  }
  return {
    $: 'Error',
    name: String(error.name),
    message: String(error.message),
    ...('cause' in error && error.cause !== undefined ? { cause: lenient(error.cause) } : {}),
    ...(error instanceof AggregateError ? { errors: error.errors.map(lenient) } : {}),
    ...(Object.keys(fields).length > 0 ? { fields } : {}),
  };
}

export function decodeError(stored: object, walk: Walk): Error {
  const { name, message, cause, errors: several, fields } = stored as StoredError;
  const error = make(name, message, several === undefined ? undefined : (walk(several) as unknown[]));
  if (cause !== undefined) Object.defineProperty(error, 'cause', hidden(walk(cause)));
  if (error.name !== name) Object.defineProperty(error, 'name', hidden(name));
  for (const [field, value] of Object.entries(fields ?? {}))
    Object.defineProperty(error, field, { ...hidden(walk(value)), enumerable: true });
  return error;
}

function make(name: string, message: string, several: unknown[] | undefined): Error {
  if (several !== undefined) return new AggregateError(several, message);
  // An aborted request: the platform's class, which has the name as an argument.
  if (/^(Abort|Network|Timeout|DataClone|InvalidState)Error$/.test(name) && !(name in errors))
    return new DOMException(message, name);
  const known = classes();
  const Class = Object.hasOwn(known, name) ? (known[name] as new (message: string) => Error) : Error;
  return new Class(message);
}

const hidden = (value: unknown) => ({ value, writable: true, configurable: true, enumerable: false });
