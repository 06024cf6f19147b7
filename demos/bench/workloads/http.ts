// 1,000 requests to a web server on 127.0.0.1, 50 at a time, each answered with a kilobyte that is read as text. How
// much is added to the platform's own `fetch` in a plain pool, 50 loops that a `Promise.all` waits for?
//
// A request takes a tenth of a millisecond, and varies by more than the difference in question. So every sample of a
// variant is paired with one of the plain pool, in the same process and against the same server, and the two take turns
// at being first. `overhead` is the median of their ratios. For `native`, which is the plain pool against itself, it
// shows the noise. The server is a process of its own and counts requests: every one must have arrived.
//
// A ratio far below 1 is not magic. The plain pool requests the next page in the same microtask in which it has read
// the last one, too early for the platform to reuse that connection. So the platform keeps twice as many connections
// as are in use, and the answers come in smaller batches. Bluebird continues in another turn of the host, and so does
// treadle sometimes. Relies on where.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Figures, Sample, Workload } from '../workload.ts';
import { here } from '../where.ts';

const CONCURRENCY = 50;
const BYTES = 1_024;
/** Pairs of samples. The first ones do not count. */
const PAIRS = 15;
const WARM = 3;

/** Fetches all pages, and gives their texts in order. */
type Fetches = (urls: readonly string[]) => PromiseLike<readonly string[]>;

// ---- the server

interface Server {
  readonly url: string;
  stop(): void;
}

function startServer(): Promise<Server> {
  const child = spawn(process.execPath, [join(here, 'processes', 'http-server.js')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const stop = () => void child.kill('SIGKILL');
  process.once('exit', stop);
  return new Promise<Server>((resolve, reject) => {
    child.on('error', reject).on('exit', () => reject(new Error('the server ended')));
    child.stdout
      .setEncoding('utf8')
      .once('data', (port: string) => resolve({ url: `http://127.0.0.1:${port.trim()}/`, stop }));
  });
}

const countOf = (server: Server) =>
  fetch(`${server.url}count`)
    .then((response) => response.text())
    .then(Number);

// ---- the measurement

const middle = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] as number;

interface Cost {
  readonly ms: number;
  /** Of this process. */
  readonly cpu: number;
}

function once(fetches: Fetches, urls: readonly string[]): Promise<Cost> {
  const before = process.cpuUsage();
  const begin = performance.now();
  return Promise.resolve(fetches(urls)).then((texts) => {
    const ms = performance.now() - begin;
    const { user, system } = process.cpuUsage(before);
    if (texts.length !== urls.length || texts.some((text) => text.length !== BYTES))
      throw new Error('an answer is missing');
    return { ms, cpu: user + system };
  });
}

function pairs(fetches: Fetches, urls: readonly string[]): Promise<Figures> {
  const ratios: number[] = [];
  const cpus: number[] = [];
  const next = (i: number): Promise<Figures> => {
    if (i === PAIRS) return Promise.resolve({ overhead: middle(ratios), cpu: middle(cpus) });
    const [first, second] = i % 2 ? [fetches, plain] : [plain, fetches];
    return once(first, urls).then((a) =>
      once(second, urls).then((b) => {
        const [own, base] = i % 2 ? [a, b] : [b, a];
        if (i >= WARM) {
          ratios.push(own.ms / base.ms);
          cpus.push(own.cpu / base.cpu);
        }
        return next(i + 1);
      }),
    );
  };
  return next(0);
}

const measure =
  (fetches: Fetches): Sample =>
  (n) =>
    startServer().then((server) => {
      const urls = Array.from({ length: n }, (_, i) => `${server.url}${i}`);
      return pairs(fetches, urls)
        .then((figures) =>
          countOf(server).then((count) => {
            if (count !== 2 * PAIRS * n) throw new Error(`the server saw ${count} of ${2 * PAIRS * n} requests`);
            return figures;
          }),
        )
        .finally(server.stop);
    });

// ---- the variants

/** The pool, written by hand. Its requests cannot be cancelled. */
async function plain(urls: readonly string[]): Promise<readonly string[]> {
  const texts: string[] = [];
  let next = 0;
  async function loop() {
    while (next < urls.length) {
      const i = next++;
      const response = await fetch(urls[i] as string);
      texts[i] = await response.text();
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, loop));
  return texts;
}

export default {
  id: 'http',
  title: '1,000 HTTP requests, 50 at a time',
  n: 1_000,
  quick: 5, // of each of 30 samples
  warmUp: 0,
  samples: 1,
  timeoutMs: 120_000,
  figures: { overhead: '× plain', cpu: '× plain' },
  variants: {
    // Its own fetch and map. Each request can be cancelled, and is when another one fails.
    treadle: () =>
      import('treadle').then(({ coroutine, fetch, map, run }) => {
        const page = coroutine('page', function* (url: string) {
          const response = yield* fetch(url);
          return yield* response.text();
        });
        return measure((urls) => run(map(urls, page, { concurrency: CONCURRENCY })));
      }),

    native: () => Promise.resolve(measure(plain)),

    // Its bridge to promises, with the signal that it offers, so that each request can be cancelled. (Its own client
    // in effect/http does more, and costs more.)
    effect: () =>
      import('effect/Effect').then(({ flatMap, forEach, runPromise, tryPromise }) => {
        const page = (url: string) =>
          flatMap(
            tryPromise((signal: AbortSignal) => fetch(url, { signal })),
            (response: Response) => tryPromise(() => response.text()),
          );
        return measure((urls) => runPromise(forEach(urls, page, { concurrency: CONCURRENCY })));
      }),

    // A pool of loops, because it has no bounded map. Each loop has one signal, which ends with it. That is leaner than
    // one for each request, and as good, because they are cancelled together.
    effection: () =>
      import('effection').then(({ all, run, until, useAbortSignal }) =>
        measure((urls) =>
          run(function* (): Generator<any, readonly string[], any> {
            const texts: string[] = [];
            let next = 0;
            function* loop(): Generator<any, void, any> {
              const signal = yield* useAbortSignal();
              while (next < urls.length) {
                const i = next++;
                const response: Response = yield* until(fetch(urls[i] as string, { signal }));
                texts[i] = yield* until(response.text());
              }
            }
            yield* all(Array.from({ length: CONCURRENCY }, loop));
            return texts;
          }),
        ),
      ),

    // A pool of forks. Its requests cannot be cancelled.
    'redux-saga': () =>
      Promise.all([import('redux-saga'), import('redux-saga/effects')]).then(([{ runSaga }, { all, call }]) =>
        measure((urls) =>
          runSaga({}, function* (): Generator<any, readonly string[], any> {
            const texts: string[] = [];
            let next = 0;
            function* loop(): Generator<any, void, any> {
              while (next < urls.length) {
                const i = next++;
                const response = yield call(fetch, urls[i]);
                texts[i] = yield call([response, 'text']);
              }
            }
            yield all(Array.from({ length: CONCURRENCY }, () => call(loop)));
            return texts;
          }).toPromise(),
        ),
      ),

    // A pool of generators. Its requests cannot be cancelled.
    co: () =>
      import('co').then(({ default: co }) =>
        measure((urls) =>
          co(function* (): Generator<any, readonly string[], any> {
            const texts: string[] = [];
            let next = 0;
            function* loop(): Generator<any, void, any> {
              while (next < urls.length) {
                const i = next++;
                const response = yield fetch(urls[i] as string);
                texts[i] = yield response.text();
              }
            }
            yield Array.from({ length: CONCURRENCY }, loop);
            return texts;
          }),
        ),
      ),

    // Its own bounded map.
    bluebird: () =>
      import('bluebird').then(({ default: Bluebird }) => {
        const page = Bluebird.coroutine(function* (url: string): Generator<any, string, any> {
          const response = yield fetch(url);
          return yield response.text();
        });
        return measure((urls) => Bluebird.map(urls, (url: string) => page(url), { concurrency: CONCURRENCY }));
      }),
  },
  goals: [{ variant: 'treadle', figure: 'overhead', limit: 1.05 }],
} satisfies Workload;
