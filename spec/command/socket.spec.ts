// The least of a WebSocket, against a server that this spec writes by hand.
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { connect } from '../../lib/command/socket.ts';
import type { TextSocket } from '../../lib/command/socket.ts';

const test = suite("the command's socket");

interface Session {
  readonly socket: TextSocket;
  /** The other end. */
  readonly peer: Socket;
  /** What came to the other end, byte by byte. */
  sent(): Buffer;
  readonly received: string[];
  readonly ended: Promise<unknown>;
}

/** A connection, for as long as the body lasts. */
async function connected(body: (session: Session) => Promise<void>): Promise<void> {
  const server = createServer();
  const bytes: Buffer[] = [];
  const upgraded = new Promise<Socket>((resolve) =>
    server.on('upgrade', (_request, peer: Socket) => {
      peer.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      peer.on('data', (some: Buffer) => bytes.push(some));
      resolve(peer);
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const received: string[] = [];
  let end: (error?: unknown) => void;
  const ended = new Promise<unknown>((resolve) => (end = resolve));
  const socket = await new Promise<TextSocket>((resolve) =>
    connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
      opened: resolve,
      received: (text) => received.push(text),
      ended: (error) => end(error),
    }),
  );
  const peer = await upgraded;
  await body({ socket, peer, sent: () => Buffer.concat(bytes), received, ended });
  peer.destroy();
  server.close();
}

/** A frame as a server sends it: not masked. */
function frame(text: string, { opcode = 1, last = true } = {}): Buffer {
  const body = Buffer.from(text);
  const { length } = body;
  const first = (last ? 0x80 : 0) | opcode;
  if (length < 126) return Buffer.concat([Buffer.from([first, length]), body]);
  const long = Buffer.alloc(length < 65_536 ? 4 : 10);
  long[0] = first;
  long[1] = length < 65_536 ? 126 : 127;
  if (length < 65_536) long.writeUInt16BE(length, 2);
  else long.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([long, body]);
}

async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    assert.ok(turns < 10_000, `it never came to ${condition}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('receives messages of every length, whole, in pieces, and several at once', () =>
  connected(async ({ peer, received }) => {
    const texts = ['', 'short', 'm'.repeat(200), 'ü'.repeat(50_000), 'last'];
    const all = Buffer.concat(texts.map((text) => frame(text)));
    for (let at = 0; at < 20; at++) {
      peer.write(all.subarray(at, at + 1)); // byte by byte, through the heads
      await new Promise((resolve) => setImmediate(resolve));
    }
    peer.write(all.subarray(20));
    await until(() => received.length === texts.length);
    assert.equal(received, texts);
  }));

test('puts the frames of a message together, and leaves out a ping between them', () =>
  connected(async ({ peer, received }) => {
    peer.write(frame('one ', { last: false }));
    peer.write(frame('', { opcode: 9 }));
    peer.write(frame('and ', { opcode: 0, last: false }));
    peer.write(frame('two', { opcode: 0 }));
    await until(() => received.length > 0);
    assert.equal(received, ['one and two']);
  }));

test('sends messages of every length, masked', () =>
  connected(async ({ socket, sent }) => {
    for (const text of ['short', 'm'.repeat(200), 'l'.repeat(70_000)]) {
      const before = sent().length;
      socket.send(text);
      const head =
        2 +
        (text.length < 126 ? 0
        : text.length < 65_536 ? 2
        : 8) +
        4;
      await until(() => sent().length === before + head + text.length);
      const bytes = sent().subarray(before);
      assert.is(bytes[0], 0x81);
      assert.ok(bytes[1]! & 0x80, 'masked');
      const mask = bytes.subarray(head - 4, head);
      const body = bytes.subarray(head).map((byte, i) => byte ^ mask[i % 4]!);
      assert.is(Buffer.from(body).toString(), text);
    }
  }));

test('ends when either side closes, or the connection breaks', async () => {
  await connected(async ({ peer, ended }) => {
    peer.write(frame('', { opcode: 8 }));
    peer.end();
    await ended;
  });
  await connected(async ({ socket, peer, ended }) => {
    peer.on('end', () => peer.end());
    socket.close();
    await ended;
  });
  await connected(async ({ peer, ended }) => {
    peer.destroy();
    await ended;
  });
});

test('tells of a server that refuses, and of one that is not there', async () => {
  const server = createServer((_request, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const failure = () =>
    new Promise<Error | undefined>((resolve) =>
      connect(`ws://127.0.0.1:${port}/`, { opened() {}, received() {}, ended: resolve }),
    );
  assert.match((await failure())!.message, 'the inspector answered with status 404');
  await new Promise((resolve) => server.close(resolve));
  assert.match((await failure())!.message, 'ECONNREFUSED');
});

test.run();
