// The least of a WebSocket that talks to Node's inspector: text goes both ways. Node 20 has no WebSocket of its own.
// Relies on Node.

import { randomBytes } from 'node:crypto';
import { get } from 'node:http';
import type { Socket } from 'node:net';

/** A connection. */
export interface TextSocket {
  send(text: string): void;
  close(): void;
}

export interface Listener {
  opened(socket: TextSocket): void;
  received(text: string): void;
  /** It could not be opened, or has ended. */
  ended(error?: Error): void;
}

/** Connects to a `ws:` address. Gives a function that ends it. */
export function connect(address: string, listener: Listener): () => void {
  const request = get(address.replace(/^ws:/, 'http:'), {
    agent: false,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
    },
  });
  let ended = false;
  const end = (error?: Error) => {
    if (!ended) listener.ended(error);
    ended = true;
  };
  request.on('error', end);
  request.on('response', (response) => {
    response.resume();
    end(new Error(`the inspector answered with status ${response.statusCode}`));
  });
  request.on('upgrade', (_response, socket, head) => {
    const reader = new FrameReader(
      (text) => listener.received(text),
      () => socket.end(),
    );
    socket.on('data', (bytes) => reader.read(bytes));
    socket.on('error', end);
    socket.on('close', () => end());
    listener.opened({
      send: (text) => void socket.write(frameOf(0x1, Buffer.from(text))),
      close: () => closeSocket(socket as Socket),
    });
    reader.read(head);
  });
  return () => request.destroy();
}

function closeSocket(socket: Socket): void {
  socket.write(frameOf(0x8, Buffer.alloc(0)));
  socket.end();
}

/** A whole message, masked, as a client must send it (RFC 6455). */
function frameOf(opcode: number, body: Buffer): Buffer {
  const mask = randomBytes(4);
  const { length } = body;
  const head =
    length < 126 ? Buffer.from([0x80 | opcode, 0x80 | length])
    : length < 65_536 ? Buffer.from([0x80 | opcode, 0x80 | 126, length >> 8, length & 0xff])
    : Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | 127]), eightBytes(length)]);
  return Buffer.concat([head, mask, body.map((byte, i) => byte ^ (mask[i % 4] as number))]);
}

function eightBytes(length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return bytes;
}

/** Puts the pieces that the network delivers together into messages. */
class FrameReader {
  private pieces: Buffer[] = [];
  private size = 0;
  private message: Buffer[] = [];
  private readonly onText: (text: string) => void;
  private readonly onClose: () => void;

  constructor(onText: (text: string) => void, onClose: () => void) {
    this.onText = onText;
    this.onClose = onClose;
  }

  read(bytes: Buffer): void {
    this.pieces.push(bytes);
    this.size += bytes.length;
    while (this.readFrame());
  }

  /** Reads a frame, if it is there as a whole. */
  private readFrame(): boolean {
    if (this.size < 2) return false;
    const start = this.peek(10);
    const short = (start[1] as number) & 0x7f;
    const headLength =
      short < 126 ? 2
      : short === 126 ? 4
      : 10;
    if (this.size < headLength) return false;
    const length =
      short < 126 ? short
      : short === 126 ? start.readUInt16BE(2)
      : Number(start.readBigUInt64BE(2));
    if (this.size < headLength + length) return false;
    const all = this.pieces.length === 1 ? (this.pieces[0] as Buffer) : Buffer.concat(this.pieces);
    const body = all.subarray(headLength, headLength + length);
    this.pieces = [all.subarray(headLength + length)];
    this.size -= headLength + length;
    this.take((start[0] as number) & 0x0f, ((start[0] as number) & 0x80) !== 0, body);
    return true;
  }

  private take(opcode: number, isLast: boolean, body: Buffer): void {
    if (opcode === 0x8) return this.onClose();
    if (opcode > 0x2) return; // a ping: the inspector sends none
    this.message.push(body);
    if (!isLast) return;
    const text = Buffer.concat(this.message).toString();
    this.message = [];
    this.onText(text);
  }

  /** The first bytes, wherever the network has cut them. */
  private peek(length: number): Buffer {
    const first = this.pieces.find((piece) => piece.length > 0) as Buffer;
    return first.length >= length || this.size <= first.length ? first : Buffer.concat(this.pieces).subarray(0, length);
  }
}
