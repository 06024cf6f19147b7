// What stands behind the `#` of the address: which program, how it is run, and where in it the reader is. Everybody can
// write there, so all of it is checked, and what makes no sense is told.
import { call, coroutine, fromPromise } from 'treadle';
import type { Fault } from '../run/request.ts';
import type { Words } from './words.ts';

/** A position that can be shared. */
export interface Shared {
  /** `ch-7`, `museum-3`; nothing for the reader's own code. */
  readonly example: string | undefined;
  /** The reader's own code. */
  readonly code: string | undefined;
  readonly seed: number | undefined;
  readonly late: number | undefined;
  readonly order: 'fifo' | 'any' | undefined;
  readonly schedule: string | undefined;
  readonly faults: readonly Fault[];
  /** After how many events. */
  readonly n: number | undefined;
  readonly language: 'en' | 'zh' | undefined;
  /** The chapter is shown, and not the code. */
  readonly read: boolean;
}

export const nothingShared: Shared = {
  example: undefined,
  code: undefined,
  seed: undefined,
  late: undefined,
  order: undefined,
  schedule: undefined,
  faults: [],
  n: undefined,
  language: undefined,
  read: false,
};

/** The largest number that makes sense for any of them. */
const MOST = 999_999_999;
const MOST_FAULTS = 50;

/** Reads the address. What is wrong in it is in `problems`, one sentence each, and is left out of `shared`. */
export const readAddress = coroutine('readAddress', function* (hash: string, known: readonly string[], words: Words) {
  const problems: string[] = [];
  const shared: { -readonly [K in keyof Shared]: Shared[K] } = { ...nothingShared };
  const faults: Fault[] = [];
  const { address } = words;
  const whole = (name: string, text: string): number | undefined => {
    if (/^\d{1,9}$/.test(text)) return Number(text);
    problems.push(address.number(name, short(text)));
    return undefined;
  };
  for (const [name, value] of new URLSearchParams(hash.replace(/^#/, ''))) {
    if (name === 'ch' || name === 'museum') {
      const id = `${name}-${value.replace(/^0+(?=\d)/, '')}`;
      if (known.includes(id)) shared.example = id;
      else problems.push(name === 'ch' ? address.chapter(short(value)) : address.museum(short(value)));
    } else if (name === 'seed' || name === 'late' || name === 'n') {
      shared[name] = whole(name, value);
    } else if (name === 'order' && (value === 'any' || value === 'fifo')) {
      shared.order = value;
    } else if (name === 'schedule' && /^[\w.~-]{1,5000}$/.test(value)) {
      shared.schedule = value;
    } else if (name === 'lang' && (value === 'en' || value === 'zh')) {
      shared.language = value;
    } else if (name === 'read') {
      shared.read = true;
    } else if (name === 'fault') {
      const fault = faultOf(value);
      if (fault && faults.length < MOST_FAULTS) faults.push(fault);
      else problems.push(address.fault(short(value)));
    } else if (name === 'code') {
      try {
        shared.code = yield* unpacked(value);
      } catch {
        problems.push(address.code);
      }
    } else {
      problems.push(address.unknown(short(value ? `${name}=${value}` : name)));
    }
  }
  return { shared: { ...shared, faults } as Shared, problems };
});

const short = (text: string): string => (text.length > 30 ? `${text.slice(0, 30)}…` : text);

/** `cancel.3.12`: task 3, when 12 turns have begun. `request.1`. `timer.2.40`: the second one, by 40 ms. */
function faultOf(text: string): Fault | undefined {
  const [kind, ...numbers] = text.split('.');
  if (!numbers.every((one) => /^\d{1,9}$/.test(one))) return undefined;
  const [first, second] = numbers.map(Number);
  if (kind === 'cancel' && numbers.length === 2) return { kind, task: first!, turn: second! };
  if (kind === 'request' && numbers.length === 1) return { kind, number: first! };
  if (kind === 'timer' && numbers.length === 2) return { kind, number: first!, late: Math.min(second!, MOST) };
  return undefined;
}

const textOf = (fault: Fault): string =>
  fault.kind === 'cancel' ? `cancel.${fault.task}.${fault.turn}`
  : fault.kind === 'request' ? `request.${fault.number}`
  : `timer.${fault.number}.${fault.late}`;

/** The address of a position, with the `#`. What is as usual is not in it. */
export const addressOf = coroutine('addressOf', function* (shared: Shared) {
  const parts: [string, string | number | undefined][] = [
    ...(shared.example === undefined ? [] : [shared.example.split('-') as [string, string]]),
    ['seed', shared.seed],
    ['late', shared.late],
    ['order', shared.order],
    ['schedule', shared.schedule],
    ...shared.faults.map((fault): [string, string] => ['fault', textOf(fault)]),
    ['n', shared.n],
    ['lang', shared.language],
    ['read', shared.read ? 1 : undefined],
  ];
  const text = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])).join('&');
  // Last, because it is long.
  const code = shared.code === undefined ? '' : `${text && '&'}code=${yield* packed(shared.code)}`;
  return `#${text}${code}`;
});

// Code begins with a letter that says how it is packed: `z` for deflate, `p` for plain, where the browser has no
// CompressionStream or where it would not help.

const packed = coroutine('packed', function* (code: string) {
  const plain = new TextEncoder().encode(code);
  const small =
    typeof CompressionStream === 'undefined' ? plain : yield* through(new CompressionStream('deflate-raw'), plain);
  return small.length < plain.length ? `z${toBase64(small)}` : `p${toBase64(plain)}`;
});

/** More than this is no program, but somebody who wants to fill the memory. */
const MOST_CODE = 500_000;

const unpacked = coroutine('unpacked', function* (text: string) {
  const bytes = fromBase64(text.slice(1));
  if (text[0] !== 'z' && text[0] !== 'p') throw new Error('packed in an unknown way');
  const plain = text[0] === 'z' ? yield* through(new DecompressionStream('deflate-raw'), bytes) : bytes;
  return new TextDecoder('utf-8', { fatal: true }).decode(plain);
});

/** Sends the bytes through a stream that packs or unpacks. */
const through = coroutine('through', function* (stream: CompressionStream | DecompressionStream, bytes: Uint8Array) {
  const writer = stream.writable.getWriter();
  // What goes wrong here is told by the reader, too.
  const ignored = () => {};
  writer.write(bytes as Uint8Array<ArrayBuffer>).catch(ignored);
  writer.close().catch(ignored);
  const reader = stream.readable.getReader();
  const chunks: number[] = [];
  for (;;) {
    const { done, value } = yield* call(fromPromise(reader.read() as Promise<ReadableStreamReadResult<Uint8Array>>));
    if (done) return Uint8Array.from(chunks);
    for (const byte of value!) chunks.push(byte);
    if (chunks.length > MOST_CODE) throw new Error('too long');
  }
});

const toBase64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

const fromBase64 = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
