// The command of the package, `treadle`, and programs that it looks into.
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { node, start } from './programs.ts';
import type { Ended, Running } from './programs.ts';

/** Runs `treadle` with these arguments, from its source. */
export const treadle = (...args: string[]): Promise<Ended> =>
  node(['--import', './.build/typescript.mjs', 'lib/command/index.ts', ...args], { limit: 60_000 });

/** A port on which nobody listens. The usual one of the inspector may be somebody else's. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

/** Can somebody connect to this port? */
export async function isOpen(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/json/version`).then(
    () => true,
    () => false,
  );
}

/** Starts a TypeScript program that is given as a file of `spec/command/programs/`, and waits until it says `ready`. */
export async function ready(name: string, ...args: string[]): Promise<Running & { readonly port: number }> {
  const port = await freePort();
  const running = start(
    process.execPath,
    [`--inspect-port=${port}`, '--import', './.build/typescript.mjs', `spec/command/programs/${name}.ts`, ...args],
    { limit: 120_000, env: { NODE_V8_COVERAGE: undefined, TREADLE_DEBUG: '' } },
  );
  await running.seen(/ready/);
  return { ...running, port };
}
