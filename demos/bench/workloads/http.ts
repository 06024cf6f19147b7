// 1,000 requests to a web server on 127.0.0.1, 50 at a time, each with its kilobyte read as text: what is added to
// the platform's own `fetch` in a pool of 50 loops that a `Promise.all` waits for.
//
// A request of a tenth of a millisecond varies by more than what is asked here. So every sample of a variant is
// taken together with one of the plain pool, in the same process, against the same server, in turns (the one that
// goes first changes, too); `overhead` is the median of their ratios. That of `native`, which is the plain pool
// against itself, shows what the noise is. The server is a process of its own and counts what it is asked:
// every request of every sample must have arrived.
//
// A ratio far below 1 is no magic: whoever asks for the next page in the microtask in which the last one was read,
// as the plain pool does, is too early for the platform to give it the same connection. It keeps twice as many
// as are in use, and the answers come in smaller batches. Bluebird goes on in another turn of the host's, treadle
// sometimes does. Relies on where.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Figures, Sample, Workload } from '../workload.ts';
import { here } from '../where.ts';

const CONCURRENCY = 50;
const BYTES = 1_024;
/** Pairs of samples, of which the first are not counted. */
const PAIRS = 15;
const WARM = 3;

/** Fetches each and gives their texts in order. */
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

/** The pool by hand. No request of it could be cancelled. */
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
  warmUp: 0,
  samples: 1,
  timeoutMs: 120_000,
  figures: { overhead: '× plain', cpu: '× plain' },
  variants: {
    // Its own fetch and map: each request can be cancelled, and is when another one fails.
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

    // A pool of loops: it has no bounded map. One signal for each loop, which ends with it: leaner than one for
    // each request, and as good, as they are cancelled together.
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

    // A pool of forks. No request of it could be cancelled.
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

    // A pool of generators. No request of it could be cancelled.
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
