// Installs the peers into demos/bench/node_modules when they are first needed. Relies on where.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { install } from '../support/install.ts';
import { here } from './where.ts';

/** Installs the peers if they are missing. If that fails it throws, and says what can be measured without them. */
export const installPeers = (): void =>
  install(here, 'bench: installing the peers', '"--peers treadle,native,floor" needs none.');

/** `{ effect: '4.1.0' }`, for the top of the page. */
export const versions = (peers: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(
      (JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as { dependencies: Record<string, string> })
        .dependencies,
    ).filter(([name]) => peers.includes(name)),
  );
