// How orders and answers travel between processes. Node's channel carries JSON, which is the fastest for small plain
// values. Everything else is serialized, and travels in one of two ways. A few bytes are text within JSON. Many would
// take eight times as long as that (100 MB: 14 s), so they go through a pipe beside the channel, and the channel only
// says how many come. Messages behind them wait, so that all arrive in the order in which they were sent.
//
// Code of the user's may use the channel, too, and could announce bytes that never come. So the pool gives each worker
// a key before the worker loads any such code, and the announcements of the worker carry it.
// Relies on json, when-needed and Node.

import type { Duplex } from 'node:stream';
import { isJsonMessage } from './json.ts';
import { v8 } from './when-needed.ts';

/** The number of the pipe in the worker: its place in `stdio` (worker-process.ts). */
export const PIPE = 5;
/** Bun and Deno have no such pipes. */
export const hasPipe = !('bun' in process.versions || 'deno' in process.versions);

/** From how many bytes on the pipe is faster. */
const MANY = 16_384;
/** Nobody has memory for a message of more bytes. */
const MOST = 2 ** 36;

// What stands first in a message that is not itself in JSON.
const BYTES = 'treadle:bytes';
const IN_PIPE = 'treadle:pipe';

/** Gives a message to the channel. `sent` is called when it is on its way. */
type Emit = (message: unknown, sent: () => void) => void;

export class Wire {
  private readonly emit: Emit;
  private readonly receive: (message: unknown) => void;
  private readonly openPipe: () => Duplex | undefined;
  private pipe: Duplex | undefined;
  private isOpen = false;
  private isCut = false;
  /** How many bytes in the pipe are the next message, and what has come of them. */
  private expected = 0;
  private chunks: Buffer[] = [];
  private size = 0;
  /** What the channel has brought meanwhile. */
  private late: unknown[] = [];
  /** What announcements of this end carry, and what those of the other end must carry. The program's carry 0. */
  key = 0;
  private readonly otherKey: number;

  /** The pipe is opened when it is first needed. */
  constructor(emit: Emit, receive: (message: unknown) => void, openPipe: () => Duplex | undefined, otherKey = 0) {
    this.emit = emit;
    this.receive = receive;
    this.openPipe = openPipe;
    this.otherKey = otherKey;
  }

  /** Is there a message of which not all has come? */
  get isWaiting(): boolean {
    return this.expected > 0;
  }

  /** Throws when the message cannot be copied. One that is `urgent` does not use the pipe. */
  post(message: unknown, sent = (): void => {}, urgent = false): void {
    if (isJsonMessage(message)) return this.emit(message, sent);
    const bytes = v8().serialize(message);
    const pipe = bytes.length < MANY || urgent ? undefined : this.opened();
    if (pipe) {
      this.emit([IN_PIPE, bytes.length, this.key], sent);
      pipe.write(bytes);
    } else this.emit([BYTES, bytes.toString('base64')], sent);
  }

  /** The channel has brought something. Code of the user's may have sent it. */
  received(message: unknown): void {
    if (this.isWaiting) this.late.push(message);
    else if (!Array.isArray(message)) this.receive(message);
    else if (message[0] === IN_PIPE && this.opened()) this.expect(message[1], message[2]);
    else if (message[0] === BYTES) this.receive(read(bytesOf(String(message[1]))));
    else this.receive(message);
  }

  /** Nothing more comes through the pipe. */
  cut(): void {
    this.isCut = true;
    this.expected = 0;
    for (const message of this.late.splice(0)) this.received(message);
  }

  private expect(size: unknown, key: unknown): void {
    if (this.isCut) return;
    // No wire sends so few or so many.
    const isPossible = Number.isSafeInteger(size) && (size as number) >= MANY && (size as number) <= MOST;
    if (!isPossible || key !== this.otherKey) return this.receive({ treadle: 'unreadable' });
    this.expected = size as number;
    this.deliver();
  }

  private opened(): Duplex | undefined {
    if (this.isOpen) return this.pipe;
    this.isOpen = true;
    this.pipe = this.openPipe();
    this.pipe?.on('error', () => {}); // the other side is gone, as the channel tells
    this.pipe?.on('data', (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.size += chunk.length;
      this.deliver();
    });
    return this.pipe;
  }

  private deliver(): void {
    while (this.isWaiting && this.size >= this.expected) {
      const all = Buffer.concat(this.chunks);
      const bytes = all.subarray(0, this.expected);
      const rest = all.subarray(this.expected);
      this.chunks = rest.length > 0 ? [rest] : [];
      this.size = rest.length;
      this.expected = 0;
      this.receive(read(bytes));
      while (this.late.length > 0 && !this.isWaiting) this.received(this.late.shift());
    }
  }
}

/** In memory of their own: what a received typed array is a view of must not be Node's, which others use as well. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text, 'base64'));
  bytes.write(text, 'base64');
  return bytes;
}

/** What cannot be read was not sent by a wire. That is an answer, too, and one that is refused (read-answer.ts). */
function read(bytes: Buffer): unknown {
  try {
    return v8().deserialize(bytes);
  } catch {
    return { treadle: 'unreadable' };
  }
}
