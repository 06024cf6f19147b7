// The peers are installed when they are first needed, into demos/bench/node_modules. Relies on where.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { install } from '../support/install.ts';
import { here } from './where.ts';

/** Installs the peers if they are not there. Throws, and says what can be measured without them, when that fails. */
export const installPeers = (): void =>
  install(here, 'bench: installing the peers', '"--peers treadle,native,floor" needs none.');

/** 'effect 4.1.0', for the page's foot. */
export const versions = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(
      (JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as { dependencies: Record<string, string> })
        .dependencies,
    ).filter(([name]) => name !== 'echarts'),
  );
