// The command of the package, `treadle`, and programs that it looks into.
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { node, start } from './programs.ts';
import type { Ended, Running } from './programs.ts';

/** A source, as the plain JavaScript that specs are run as (.build/plain.mjs). This file, too, runs beside it. */
const plain = (path: string): string => fileURLToPath(new URL(`../../${path}.js`, import.meta.url));

/** Arguments of Node that run `treadle` with these arguments, from its source. */
export const command = (...args: string[]): string[] => ['--enable-source-maps', plain('lib/command/index'), ...args];

/** Runs `treadle` with these arguments. */
export const treadle = (...args: string[]): Promise<Ended> => node(command(...args));

/**
 * A port on which nobody listens. It is none of those that systems give away by themselves, from 32,768 on: another
 * process could be given it before it is used, and a client that tries to connect to it again and again can be given it
 * for its own end, and then is connected with itself.
 */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const port = 20_000 + Math.floor(12_000 * Math.random());
    const server = createServer()
      .on('error', () => resolve(freePort()))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });

/** Can somebody connect to this port? */
export async function isOpen(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/json/version`).then(
    () => true,
    () => false,
  );
}

/** Starts a program of `spec/command/programs/`, and waits until it says `ready`. */
export async function ready(name: string, ...args: string[]): Promise<Running & { readonly port: number }> {
  const port = await freePort();
  const running = start(process.execPath, [`--inspect-port=${port}`, plain(`spec/command/programs/${name}`), ...args], {
    env: { NODE_V8_COVERAGE: undefined, TREADLE_DEBUG: '' },
  });
  await running.seen(/ready/);
  return { ...running, port };
}
