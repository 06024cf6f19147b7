/**
 * What a crawl owes each host: it reads robots.txt first, once, and it leaves
 * some time between two requests.
 */
import { coroutine, Lock, now, sleepUntil } from 'treadle';
import { loadRobots } from './load.ts';
import type { Options } from './options.ts';
import { ALLOW_ALL, type Robots } from './robots.ts';

export class Host {
  readonly origin: string;
  readonly options: Options;
  readonly lock = new Lock();
  robots: Robots | null = null;
  /** When the next request may start, in the loop's time. */
  free = 0;

  constructor(origin: string, options: Options) {
    this.origin = origin;
    this.options = options;
    if (options.ignoreRobots) this.robots = ALLOW_ALL;
  }
}

/**
 * The rules of this host. Many tasks ask at the same moment, but only one
 * request is made: the first task asks the host, the others wait for the lock.
 * (This check needs a lock, because it waits between the test and the set.)
 */
export const robotsOf = coroutine('robots', function* (host: Host) {
  return yield* host.lock.with(ask(host));
});

const ask = coroutine('ask', function* (host: Host) {
  if (host.robots === null) {
    yield* turnAt(host);
    host.robots = yield* loadRobots(host.origin, host.options);
  }
  return host.robots;
});

/**
 * Waits until it is polite to start a request. No lock is needed here: the turn
 * is taken between two `yield`s, where no other task runs.
 */
export const turnAt = coroutine('turn', function* (host: Host) {
  const time = yield* now();
  const turn = Math.max(time, host.free);
  host.free = turn + Math.max(host.options.delay, host.robots?.delay ?? 0);
  yield* sleepUntil(turn);
});
