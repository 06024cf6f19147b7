// The cable between one of the hosts and Redis, which is cut in the middle of the map. Nobody is told: what is sent is
// lost, as when a real cable is pulled, and connections stay open on both sides. On Linux, for root, the host and Redis are
// in network namespaces; elsewhere a small proxy on 127.0.0.1 stands between them, which stops passing on what it gets.
import { execFileSync } from 'node:child_process';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { coroutine, suspend } from 'treadle';
import { socketIn } from './server.ts';

export interface Cable {
  /** What it is, in a few words. */
  readonly means: string;
  /** What redis-server is started with: a command before it, and where it listens beside its socket. */
  readonly server: { readonly prefix: readonly string[]; readonly listen: readonly string[] };
  /** What the host at the other end is started with: a command before it, and how it reaches Redis. */
  readonly host: { readonly prefix: readonly string[]; readonly url: string };
  cut(): void;
  /** Makes it whole again. */
  mend(): void;
  remove(): void;
}

/** The best cable that there can be here; the proxy if it is asked for. */
export const cableIn = (folder: string, proxy: boolean) => ({
  *acquire() {
    if (!proxy && canHaveNamespaces()) return inNamespaces();
    return yield* throughProxy(socketIn(folder));
  },
  release: (cable: Cable) => cable.remove(),
});

const ip = (command: string): void => {
  execFileSync('ip', command.split(' '), { stdio: ['ignore', 'ignore', 'pipe'] });
};

function canHaveNamespaces(): boolean {
  const name = `treadle-${process.pid}-try`;
  try {
    ip(`netns add ${name}`);
    ip(`netns del ${name}`);
    return true;
  } catch {
    return false;
  }
}

/** Two namespaces and a cable between them. The network of this machine is not touched. */
function inNamespaces(): Cable {
  const [near, far] = [`treadle-${process.pid}-near`, `treadle-${process.pid}-far`];
  const address = '10.81.0.1';
  const port = 6_379; // nobody else can have it there
  const remove = () => {
    for (const name of [near, far]) {
      try {
        ip(`netns del ${name}`);
      } catch {
        // It was never made.
      }
    }
  };
  try {
    for (const name of [near, far]) {
      ip(`netns add ${name}`);
      ip(`-n ${name} link set lo up`);
    }
    ip(`link add cable netns ${near} type veth peer name cable netns ${far}`);
    ip(`-n ${near} address add ${address}/24 dev cable`);
    ip(`-n ${far} address add 10.81.0.2/24 dev cable`);
    for (const name of [near, far]) ip(`-n ${name} link set cable up`);
  } catch (error) {
    remove();
    throw error;
  }
  return {
    means: 'the cable of a network namespace',
    server: {
      prefix: ['ip', 'netns', 'exec', near],
      // Whoever reaches this address is in the other namespace: there is no password to ask for.
      listen: ['--bind', address, '--port', `${port}`, '--protected-mode', 'no'],
    },
    host: { prefix: ['ip', 'netns', 'exec', far], url: `redis://${address}:${port}` },
    cut: () => ip(`-n ${near} link set cable down`),
    mend: () => ip(`-n ${near} link set cable up`),
    remove,
  };
}

/** A proxy in this process. Redis itself listens on its socket only. */
const throughProxy = coroutine('proxy', function* (path: string) {
  let whole = true;
  const pairs = new Set<readonly [Socket, Socket]>();
  const join = ([a, b]: readonly [Socket, Socket]) => void (a.pipe(b), b.pipe(a));
  const part = ([a, b]: readonly [Socket, Socket]) => {
    a.unpipe(b).pause();
    b.unpipe(a).pause();
  };
  const server = createServer({ pauseOnConnect: true }, (near) => {
    const pair = [near, connect(path)] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => {}); // the other one hears of it
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    if (whole) join(pair);
  });
  yield* suspend<void>((resume, fail) => void server.once('error', fail).listen(0, '127.0.0.1', resume));
  const { port } = server.address() as AddressInfo;
  const cable: Cable = {
    means: 'a proxy on 127.0.0.1',
    server: { prefix: [], listen: ['--port', '0'] },
    host: { prefix: [], url: `redis://127.0.0.1:${port}` },
    cut() {
      whole = false;
      pairs.forEach(part);
    },
    mend() {
      whole = true;
      pairs.forEach(join);
    },
    remove() {
      server.close();
      for (const [near] of pairs) near.destroy();
    },
  };
  return cable;
});
