// A cache in front of something slow.
import { coroutine, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine, Task } from 'treadle';

export const title = 'a cache that loads one page again and again';
export const project = 'Facebook, others';
export const history = [
  { name: 'Facebook, 23 September 2010', url: 'http://www.talesfromthe.net/jon/?p=1848' },
  { name: 'the bug in general', url: 'https://en.wikipedia.org/wiki/Cache_stampede' },
];
export const story = {
  wanted: `Three readers want the same page. The first one loads it, which is slow. The others should find it in the
    cache.`,
  killedBy: `A reader looks into the cache before the first load is over. It finds nothing, and loads the page as
    well.`,
  because: `The check and the entry are two steps, and the whole load lies between them. The slower the load, the more
    readers come in between, and the more they load, the slower it gets. At Facebook every client took a wrong value
    in the cache as a reason to query the database, all at once. To stop that, the site had to be turned off.`,
  mended: `Keep the load, and not only what it brings: the first reader leaves its task where the others find it, and
    they join that task. Go calls this "singleflight".`,
  inTreadle: `Any number of tasks may join a task, before its end and after it, and each gets its result. The load is
    detached here, so that it does not end with the reader that happened to start it.`,
};

function* program(mended: boolean): Coroutine<number> {
  const cache = new Map<string, string>();
  const loading = new Map<string, Task<string>>();
  let loads = 0;

  const load = coroutine('load', function* (path: string) {
    loads++;
    yield* sleep(10);
    cache.set(path, `the page ${path}`);
    return `the page ${path}`;
  });
  const look = coroutine('look', function* (path: string) {
    return cache.get(path);
  });
  function* read(path: string): Coroutine<string> {
    const cached = yield* look(path);
    if (cached !== undefined) return cached;
    const task = loading.get(path) ?? (yield* spawn(load(path), { detached: true }));
    if (mended) loading.set(path, task); // mends it
    return yield* task;
  }

  const reader = coroutine('reader', function* () {
    yield* sleep(10);
    yield* yieldNow(); // reads the request
    yield* read('/');
  });
  yield* spawn(reader());
  yield* spawn(reader());
  yield* read('/');
  yield* sleep(50);
  return loads;
}

export const broken = () => program(false);
export const fixed = () => program(true);
export const find = {
  strategy: 'random',
  seed: 1,
  runs: 500,
  check: (loads: unknown) => {
    if (loads !== 1) throw new Error(`one page was loaded ${loads} times`);
  },
} as const;
export const schedule = 't1_1_0_3bu_e_01oSapy_7U';
