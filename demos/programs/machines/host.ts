// A serving host: the program that each machine runs. `hosts.ts` starts it; nothing imports it.
import type { Socket } from 'node:net';
import { main } from 'treadle';
import { serve } from 'treadle/distributed';
import { ROOT, VERSION } from './agreed.ts';

export interface HostSettings {
  readonly url: string;
  /** How long a host may be silent before its calls are given to another one, in milliseconds. */
  readonly lease: number;
  readonly workers: number;
  readonly concurrency: number;
}

// Its input ends with the demo, however that ends. Then this host does. It is a pipe, and must not keep the host alive.
process.stdin.once('end', () => process.exit()).resume();
(process.stdin as Socket).unref();

const { url, lease, workers, concurrency } = JSON.parse(process.argv[2] ?? '') as HostSettings;
main(
  serve({
    url,
    root: ROOT,
    version: VERSION,
    modules: ['jobs.ts'], // nothing else can be called
    pool: { kind: 'process', workers, concurrency },
    lease,
    drain: 1_000,
    onReady: () => console.log('ready'),
    onError: (error) => console.error(String(error)),
  }),
);
