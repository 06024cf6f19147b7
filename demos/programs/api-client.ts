// A client of an API that allows so many requests a second, and says when to come again.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { coroutine, fetch, main, map, now, RateLimit, retry, sleep, suspend, use } from 'treadle';
import type { Effect } from 'treadle';
import { paint } from '../support/colour.ts';
import { options } from '../support/options.ts';
import { heading } from '../support/say.ts';

export const summary = 'a client that keeps the rate limit of an API';
export const help = `
Starts an API on 127.0.0.1 that answers --rate requests a second and refuses the
others: status 429, with Retry-After. A client wants 20 records. First it sends
all requests at once. Each that is refused waits as long as the server says, and
tries again. Then it keeps the limit by itself, with a RateLimit, and none is
refused. The marks show when each request was sent, and how it ended.

  --rate N   requests a second that the API allows   (default 20)
`;

const RECORDS = 20;
/** How many requests the API answers at once when none came for a while. */
const BURST = 5;

class TooManyRequests extends Error {
  /** In milliseconds. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super(`too many requests, come again in ${retryAfter} ms`);
    this.retryAfter = retryAfter;
  }
}

interface Sent {
  readonly time: number;
  readonly answered: boolean;
}

const record = coroutine('record', function* (url: string, sent: Sent[]) {
  const time = yield* now();
  const response = yield* fetch(url);
  sent.push({ time, answered: response.ok });
  if (response.status === 429) throw new TooManyRequests(1_000 * Number(response.headers.get('retry-after')));
  if (!response.ok) throw new Error(`${url} gave ${response.status}`);
  return yield* response.json<{ id: number }>();
});

/** Tries again when the server says so, and after any other failure in a tenth of a second. */
const patient = (request: () => ReturnType<typeof record>) =>
  retry(request, {
    attempts: 8,
    delay: (error) => (error instanceof TooManyRequests ? error.retryAfter : 100),
  });

type Get = (url: string, sent: Sent[]) => Effect<{ id: number }>;

/** Gets all records, and shows when the requests were sent. */
const scene = coroutine('scene', function* (title: string, api: string, get: Get) {
  heading(title);
  const sent: Sent[] = [];
  const begin = yield* now();
  const urls = Array.from({ length: RECORDS }, (_, id) => `${api}${id}`);
  const records = yield* map(urls, (url) => get(url, sent), { concurrency: RECORDS });
  const took = (yield* now()) - begin;
  for (let from = 0; from < took; from += 100) {
    const marks = sent
      .filter(({ time }) => time - begin >= from && time - begin < from + 100)
      .map(({ answered }) => (answered ? paint('green', '✓') : paint('red', '✗')));
    if (marks.length > 0) console.log(`${String(from).padStart(6)} ms  ${marks.join('')}`);
  }
  const refused = sent.filter(({ answered }) => !answered).length;
  console.log(`  ${records.length} records in ${(took / 1_000).toFixed(2)} s, ${refused} requests refused`);
});

/** The API, for as long as it is used. A token is added `rate` times a second, up to BURST, and each answer takes one. */
const api = (rate: number) => ({
  acquire: () =>
    suspend<Server>((resume, fail) => {
      let tokens = BURST;
      let counted = performance.now();
      const server = createServer((request, response) => {
        const time = performance.now();
        tokens = Math.min(BURST, tokens + ((time - counted) / 1_000) * rate);
        counted = time;
        if (tokens < 1) return void response.writeHead(429, { 'retry-after': '1' }).end();
        tokens--;
        response.end(JSON.stringify({ id: Number(request.url?.slice(1)) }));
      });
      server.once('error', fail).listen(0, '127.0.0.1', () => resume(server));
    }),
  release(server: Server) {
    server.close();
    server.closeAllConnections();
  },
});

const program = (rate: number) =>
  use(api(rate), function* (server) {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    yield* scene('All at once, and again when the server says so', url, (url, sent) =>
      patient(() => record(url, sent)),
    );

    yield* sleep((1_000 * BURST) / rate); // until the API answers a burst again
    // A little slower than the API allows: what is sent evenly does not arrive evenly.
    const limit = new RateLimit(0.9 * rate, { burst: BURST - 2 });
    yield* scene('With a RateLimit', url, (url, sent) => patient(() => limit.with(record(url, sent))));
  });

export default function (argv: string[]): void {
  const { rate } = options(argv, { rate: 20 }, { rate: [10, 1_000] });
  main(program(rate));
}
