// A hundred requests to a slow server, in five ways.
//
// The workers load this very file and call its exports by name, so nothing in it runs when it is loaded.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { all, coroutine, fetch, main, map, now, suspend, use } from 'treadle';
import type { Effect } from 'treadle';
import { Pool, processes, runIn } from 'treadle/workers';
import type { PoolOptions } from 'treadle/workers';
import { options } from '../support/options.ts';

export const summary = '100 slow requests: by coroutines, by threads, by processes';
export const help = `
Sends requests to a slow server on 127.0.0.1, a process of its own, in five
ways: one by one, by threads, by processes, by coroutines, and by coroutines in
processes. It shows how long each way takes, and how much memory it takes on top
of the program's. Waiting needs no thread: a thread or process that waits for
one answer is an expensive way to do nothing. Processes are for work that
computes, and each of them can wait for many answers at once.

  --requests N   how many requests are made in each way       (default 100)
  --delay MS     how long the server takes to answer          (default 50)
  --workers N    how many threads, and how many processes     (default 10)
`;

interface Answer {
  /** The process that made the request, and its memory at that moment, in bytes. */
  readonly pid: number;
  readonly memory: number;
}

/** One request. It runs in this process or, called by its name, in any worker. */
export const request = coroutine('request', function* (url: string) {
  const response = yield* fetch(url);
  if ((yield* response.text()) !== 'at last') throw new Error(`${url} answered ${response.status}`);
  return { pid: process.pid, memory: process.memoryUsage.rss() } satisfies Answer;
});

/** Starts the server and gives its address. Run in a worker: the server lives as long as that worker does. */
export const serve = coroutine('serve', function* (delay: number) {
  const server = createServer((_request, response) => void setTimeout(() => response.end('at last'), delay));
  yield* suspend((resume, fail) => {
    server.once('error', fail).listen(0, '127.0.0.1', 1_000, resume);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

interface Result {
  readonly name: string;
  /** How many workers there are, and how many requests are under way at once. */
  readonly workers: number;
  readonly atOnce: number;
  /** Milliseconds until the workers are warm, and then for the requests. */
  readonly start: number;
  readonly ms: number;
  /** What it added to the memory of the program, in bytes. */
  readonly memory: number;
}

/** The memory of all processes together, less what this one had before. */
function memoryOf(answers: readonly Answer[], before: number): number {
  const most = new Map<number, number>([[process.pid, before]]);
  for (const { pid, memory } of answers) most.set(pid, Math.max(memory, most.get(pid) ?? 0));
  return [...most.values()].reduce((sum, memory) => sum + memory, 0) - before;
}

/** In this process. */
const here = coroutine('here', function* (name: string, atOnce: number, urls: readonly string[]) {
  const before = process.memoryUsage.rss();
  const start = yield* now();
  const answers = yield* map(urls, (url) => request(url), { concurrency: atOnce });
  return {
    name,
    workers: 0,
    atOnce,
    start: 0,
    ms: (yield* now()) - start,
    memory: memoryOf(answers, before),
  } satisfies Result;
});

/** In a pool of workers. */
const inPool = coroutine(
  'in pool',
  function* (name: string, kind: PoolOptions['kind'], workers: number, concurrency: number, urls: readonly string[]) {
    const before = process.memoryUsage.rss();
    const first = yield* now();
    const measure = coroutine('measure', function* (pool: Pool) {
      // A first request for each worker, which loads what later ones find loaded. All at once, because a pool starts
      // another worker when none is idle.
      yield* all(Array.from({ length: workers }, () => pool.apply(import.meta.url, 'request', [urls[0]])));
      const start = yield* now();
      const answers = yield* pool.map<Answer>(import.meta.url, 'request', urls);
      const ms = (yield* now()) - start;
      return {
        name,
        workers,
        atOnce: Math.min(workers * concurrency, urls.length),
        start: start - first,
        ms,
        memory: memoryOf(answers, before),
      } satisfies Result;
    });
    return yield* use(
      { acquire: () => new Pool({ kind, workers, concurrency }), release: (pool) => pool.close() },
      measure,
    );
  },
);

const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
const NAME = 24;
const WIDTH = 40;

const row = ({ name, workers, atOnce, start, ms, memory }: Result) =>
  name.padEnd(NAME) +
  String(workers || '-').padStart(8) +
  String(atOnce).padStart(9) +
  (start > 0 ? seconds(start) : '-').padStart(10) +
  seconds(ms).padStart(11) +
  `${Math.max(0, memory / 1e6).toFixed(0)} MB`.padStart(10);

/** Bars of block characters. A chart library would be one more dependency, to save two lines. */
function chart(results: readonly Result[]): string[] {
  const longest = Math.max(...results.map(({ start, ms }) => start + ms));
  const bar = (ms: number, glyph: string) => glyph.repeat(Math.round((ms / longest) * WIDTH));
  return results.map(
    ({ name, start, ms }) => `${name.padEnd(NAME)} ${bar(start, '░')}${bar(ms, '█') || '▏'} ${seconds(start + ms)}`,
  );
}

const program = coroutine('program', function* (requests: number, delay: number, workers: number) {
  const server = processes({ workers: 1, name: 'server' });
  const url = yield* runIn<string>(server, import.meta.url, 'serve', [delay]);
  yield* request(url); // the first request loads what later ones find loaded
  const urls = Array.from({ length: requests }, (_, i) => `${url}${i + 1}`);
  console.log(`${requests} requests to ${url}, which takes ${delay} ms to answer\n`);
  console.log(`${''.padEnd(NAME)} workers  at once     start   requests    memory`);

  const cores = availableParallelism();
  const ways: Effect<Result>[] = [
    here('one by one', 1, urls),
    inPool('threads', 'thread', workers, 1, urls),
    inPool('processes', 'process', workers, 1, urls),
    here('coroutines', requests, urls),
    inPool('coroutines in processes', 'process', cores, Math.ceil(requests / cores), urls),
  ];
  const results: Result[] = [];
  for (const way of ways) {
    const result = yield* way;
    results.push(result);
    console.log(row(result));
  }
  console.log(`\n${chart(results).join('\n')}\n\n░ the workers start, and make a first request each  █ the requests`);
});

export default function (argv: string[]): void {
  const { requests, delay, workers } = options(
    argv,
    { requests: 100, delay: 50, workers: 10 },
    { requests: [1, 1000], workers: [1, 100] },
  );
  main(program(requests, delay, workers));
}
