// What callers and hosts say to each other in the jobs of the queue. Whoever can write to the server can write anything
// there, so everything that is read is checked first. Relies on words, envelope, packed-error.

import { show } from '../words/messages.ts';
import { pack, unpack } from '../workers/packed-error.ts';
import type { PackedError } from '../workers/packed-error.ts';
import { decode, encode } from './envelope.ts';
import type { Json } from './envelope.ts';
import { MachinesError } from './errors.ts';

/** What becomes of a call whose caller is gone. */
export type Orphans = 'cancel' | 'finish';

/** The data of a job. `treadle` is the version of this form. */
export interface CallData {
  readonly treadle: 1;
  /** The path of the module below the root. */
  readonly module: string;
  readonly export: string;
  readonly args: Json;
  /** The program that calls. */
  readonly caller: string;
  /** How many callers may share it: one, or all that know its key. */
  readonly shared: boolean;
  readonly orphans: Orphans;
  /** How many milliseconds after the last sign of its caller it is cancelled. */
  readonly lease: number;
  /** How many milliseconds what has come of it is kept. */
  readonly keep: number;
  /** How often it may be tried again after a worker or a machine has died. */
  readonly retries: number;
  /** How many workers have died of it; machines are counted by the queue. */
  readonly deaths: number;
  /** Whether somebody listens. */
  readonly progress: boolean;
  /** What has come of it, when that is an error or large. */
  readonly outcome?: Outcome;
}

/** What has come of a call. `stored`: it lies in the data of the job, because an event stays in the stream. */
export type Outcome =
  | { readonly treadle: 1; readonly value: Json }
  | { readonly treadle: 1; readonly error: Json }
  | { readonly treadle: 1; readonly cancelled: string }
  | { readonly treadle: 1; readonly stored: true };

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): boolean => typeof value === 'string' && value.length <= 2_000;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isFlag = (value: unknown): boolean => typeof value === 'boolean';

const FORM: Readonly<Record<string, (value: unknown) => boolean>> = {
  module: isText,
  export: isText,
  args: (value) => typeof value === 'object' && value !== null,
  caller: (value) => typeof value === 'string' && /^[\w-]{1,100}$/.test(value),
  shared: isFlag,
  orphans: (value) => value === 'cancel' || value === 'finish',
  lease: isCount,
  keep: isCount,
  retries: isCount,
  deaths: isCount,
  progress: isFlag,
};

/** The call that a job holds. Throws a `TypeError` for what is none. */
export function readCall(data: unknown): CallData {
  if (!isObject(data) || !('treadle' in data)) throw new TypeError(`${show(data)} is no call of treadle`);
  if (data.treadle !== 1) throw new TypeError(`a call of the form ${show(data.treadle)} is newer than this program`);
  for (const [field, isRight] of Object.entries(FORM))
    if (!isRight(data[field])) throw new TypeError(`${field} of the call cannot be ${show(data[field])}`);
  return data as unknown as CallData;
}

/** The arguments of a call. Throws a `TypeError` when they cannot be read. */
export function readArguments({ args }: CallData): unknown[] {
  const decoded = decode(args);
  if (Array.isArray(decoded)) return decoded as unknown[];
  throw new TypeError(`args of the call cannot be ${show(decoded)}`);
}

export const ofValue = (value: unknown): Outcome => ({ treadle: 1, value: encode(value) });
export const ofCancellation = (why: string): Outcome => ({ treadle: 1, cancelled: why });
export const stored: Outcome = { treadle: 1, stored: true };

/** Are there more characters in it than this? It looks no further than it must. */
export function isLarger(json: Json, limit: number): boolean {
  return sizeUpTo(json, limit) > limit;
}

function sizeUpTo(json: Json, limit: number): number {
  if (typeof json === 'string') return json.length + 2;
  if (typeof json !== 'object' || json === null) return 5;
  let size = 2;
  const entries: Iterable<readonly [string | number, Json]> =
    Array.isArray(json) ? json.entries() : Object.entries(json);
  for (const [key, value] of entries) {
    size += (typeof key === 'string' ? key.length + 3 : 1) + sizeUpTo(value, limit);
    if (size > limit) break;
  }
  return size;
}

/** An error, taken apart. What cannot be sent of it stays behind. */
export function ofError(error: unknown): Outcome {
  return { treadle: 1, error: encodePacked(pack(error)) };
}

/**
 * An error in a few words, for those who look at the queue. BullMQ sends these words to the server several times: with
 * a message of 10 MB that took longer than the lock lasted, so that the call ran again and again.
 */
export function messageOf(outcome: { readonly error: unknown }): string {
  const { error, value } = outcome.error as { error?: { name?: unknown; message?: unknown }; value?: unknown };
  const words = error ? `${String(error.name)}: ${String(error.message)}` : `thrown: ${JSON.stringify(value)}`;
  return words.slice(0, 1_000);
}

function encodePacked(packed: PackedError): Json {
  if (packed.list) return { list: packed.list.map(encodePacked) };
  if (!packed.error) return { value: encodeOrShow(packed.value) };
  const { classes, name, message, stack, own } = packed.error;
  return {
    error: {
      classes,
      name,
      message,
      stack: stack ?? null,
      own: own.map(([key, field, enumerable]) => [key, encodePacked(field), enumerable]),
    },
  };
}

function encodeOrShow(value: unknown): Json {
  try {
    return encode(value);
  } catch {
    return show(value);
  }
}

function decodePacked(json: unknown): PackedError {
  if (!isObject(json)) throw new TypeError(`${show(json)} is no error`);
  if (Array.isArray(json.list)) return { list: json.list.map(decodePacked) };
  if (!isObject(json.error)) return { value: decode(json.value) };
  const { classes, name, message, stack, own } = json.error;
  return {
    error: {
      classes: (classes as unknown[]).map(String).concat('Error'),
      name: String(name),
      message: String(message),
      stack: typeof stack === 'string' ? stack : undefined,
      own: (own as unknown[][]).map(([key, field, enumerable]) => [
        String(key),
        decodePacked(field),
        enumerable === true,
      ]),
    },
  };
}

/** What a caller makes of an outcome. */
export type Ending =
  | { readonly end: 'value' | 'error'; readonly value: unknown }
  | { readonly end: 'cancelled'; readonly why: string }
  | { readonly end: 'stored' };

/** Reads what has come of a call. What cannot be read is the end of this call, too: with an error that says so. */
export function readOutcome(outcome: unknown, call: string, where: string | undefined): Ending {
  try {
    if (isObject(outcome) && outcome.treadle === 1) {
      if ('value' in outcome) return { end: 'value', value: decode(outcome.value) };
      if ('error' in outcome) return { end: 'error', value: unpack(decodePacked(outcome.error), where) };
      if (typeof outcome.cancelled === 'string') return { end: 'cancelled', why: outcome.cancelled };
      if (outcome.stored === true) return { end: 'stored' };
    }
    throw new TypeError(`${show(outcome)} is no outcome of a call`);
  } catch (cause) {
    const { message } = cause as Error;
    return {
      end: 'error',
      value: new MachinesError('unreadable', `the result of ${call} cannot be read: ${message}`, cause),
    };
  }
}
