// The map on three hosts: a Redis, a cable, and the blows. `use` takes all of it away again, in the opposite order,
// however the map ends.
import { all, coroutine, use } from 'treadle';
import { machines } from 'treadle/distributed';
import type { Machines } from 'treadle/distributed';
import { say } from '../../support/say.ts';
import { ROOT, VERSION } from './agreed.ts';
import { cableIn } from './cable.ts';
import type { Cable } from './cable.ts';
import { hosts, untilItServes } from './hosts.ts';
import type { Host } from './hosts.ts';
import { mapAll, untilAllServe } from './map.ts';
import type { Strike } from './map.ts';
import { progressOn } from './progress.ts';
import { redisServer, socketIn, untilItListens } from './server.ts';

export const HOSTS = ['host 1', 'host 2', 'host 3'] as const;
const WORKERS = 2;
const CONCURRENCY = 4;

export interface Place {
  /** A temporary folder. */
  readonly folder: string;
  /** The path of the diary. */
  readonly diary: string;
  readonly items: readonly number[];
  /** How long a host may be silent, in milliseconds. */
  readonly lease: number;
  /** Cuts a proxy in any case. */
  readonly proxy: boolean;
}

export const onMachines = coroutine('on machines', function* (place: Place) {
  return yield* use(cableIn(place.folder, place.proxy), (cable) =>
    use(redisServer(place.folder, cable), function* (server) {
      yield* untilItListens(server);
      return yield* use(hosts(hostsAt(place, cable)), (started) => mapOn(started, cable, place));
    }),
  );
});

/** The first two reach Redis by its socket, and the third one by the cable. */
const hostsAt = ({ folder, diary, lease }: Place, cable: Cable) =>
  HOSTS.map((name) => ({
    name,
    diary,
    lease,
    workers: WORKERS,
    concurrency: CONCURRENCY,
    ...(name === 'host 3' ? cable.host : { prefix: [], url: socketIn(folder) }),
  }));

const mapOn = coroutine('map on hosts', function* (started: readonly Host[], cable: Cable, place: Place) {
  yield* all(started.map(untilItServes));
  // Closed before Redis is: the end of the program would be too late.
  const pool = {
    acquire: () => machines({ url: socketIn(place.folder), root: ROOT, version: VERSION }),
    release: (open: Machines) => open.close(),
  };
  return yield* use(pool, function* (open) {
    yield* untilAllServe(open, started.length, started.length * WORKERS * CONCURRENCY);
    yield* say(`${started.length} hosts serve, with ${WORKERS} workers each, and ${CONCURRENCY} calls in each of them`);
    yield* say(`host 3 is behind ${cable.means}`);
    const progress = progressOn(process.stdout, place.items.length);
    try {
      return yield* mapAll(open, place.items, strikesOn(started, cable, place.items.length), progress);
    } finally {
      progress.stop();
      cable.mend(); // so that the third host can end as the first one does
    }
  });
});

const strikesOn = ([, second]: readonly Host[], cable: Cable, items: number): Strike[] => [
  {
    results: Math.round(items * 0.5),
    said: 'host 2 was killed (SIGKILL)',
    perform() {
      second?.child.kill('SIGKILL');
      return { host: HOSTS[1], kind: 'killed' };
    },
  },
  {
    results: Math.round(items * 0.6),
    said: 'host 3 was cut off',
    perform() {
      cable.cut();
      return { host: HOSTS[2], kind: 'cut off' };
    },
  },
];
