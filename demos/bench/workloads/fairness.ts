// A task that never sleeps, for a second, beside the host's own work: how often an interval of 10 ms fires (at best 100
// times), and the 99th percentile of the time that a byte takes to this process and back over TCP on loopback. The
// client is a process of its own (processes/echo-client.js). A round trip that is never answered counts with its
// whole wait.
//
// `fairness` has a task that goes to the end of the queue by itself at every step. `fairness-inline` has a task whose
// every step is answered at once, so the library must interrupt it. Relies on where.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Figures, Sample, Workload } from '../workload.ts';
import { here } from '../where.ts';

/** The client does not count the first round trips. The work here begins with the last of them. */
const WARM = 5;
/** Milliseconds that the task stays busy after the client has ended its measurement. */
const LONGER = 5;
const LIMIT = 10_000;

/** Loops until `over()`. */
type Busy = (over: () => boolean) => PromiseLike<unknown>;

/** Looks at the clock now and then, because the timers of a starved host would never fire. */
function during(ms: number): () => boolean {
  const end = performance.now() + ms;
  let asked = 0;
  let over = false;
  return () => (over ||= (++asked & 15) === 0 && performance.now() >= end);
}

function countTicks(busy: Busy, ms: number): PromiseLike<number> {
  let ticks = 0;
  let over = false;
  const ended = during(ms + LONGER);
  const interval = setInterval(() => {
    if (!over) ticks++;
  }, 10);
  return busy(() => (over = ended())).then(() => {
    clearInterval(interval);
    return ticks;
  });
}

const measure =
  (busy: Busy): Sample =>
  (ms): Promise<Figures> =>
    new Promise<Figures>((resolve, reject) => {
      let received = 0;
      let output = '';
      let ticks: PromiseLike<number>;
      const server = createServer((socket) => {
        // The client disconnects without a word when its time is over.
        socket.setNoDelay(true).on('error', () => {});
        socket.on('data', (bytes) => {
          socket.write(bytes);
          if (++received === WARM) setImmediate(() => (ticks = countTicks(busy, ms)).then(undefined, fail));
        });
      });
      const end = () => {
        clearTimeout(timer);
        server.close();
        client?.kill('SIGKILL');
      };
      const fail = (error: unknown) => {
        end();
        reject(error);
      };
      const timer = setTimeout(fail, LIMIT, new Error(`not over after ${LIMIT} ms`));
      let client: ReturnType<typeof spawn> | undefined;
      server.on('error', fail).listen(0, '127.0.0.1', () => {
        const { port } = server.address() as AddressInfo;
        client = spawn(process.execPath, [join(here, 'processes', 'echo-client.js'), String(port), String(ms)], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        client.stdout?.setEncoding('utf8').on('data', (text) => (output += text));
        client.on('error', fail).on('close', () => {
          end();
          if (ticks === undefined || output === '') return reject(new Error('the client never came'));
          const trips = (JSON.parse(output) as number[]).sort((a, b) => a - b);
          ticks.then(
            (count) => resolve({ ticks: (count * 1_000) / ms, p99: trips[Math.floor(trips.length * 0.99)] as number }),
            reject,
          );
        });
      });
      // The client does not outlive this process, however that ends.
      process.once('exit', end);
    });

const common = {
  n: 1_000, // milliseconds
  quick: 100,
  warmUp: 0,
  samples: 1,
  timeoutMs: 20_000,
  figures: { ticks: 'of 100', p99: 'ms' },
  goals: [
    { variant: 'treadle', figure: 'ticks', limit: 95, atLeast: true },
    { variant: 'treadle', figure: 'p99', limit: 2 },
  ],
};

const turns: Workload = {
  ...common,
  id: 'fairness',
  title: 'beside a busy task, one of whose steps is a turn',
  variants: {
    treadle: () =>
      import('treadle').then(({ run, yieldNow }) =>
        measure((over) =>
          run(
            (function* () {
              while (!over()) yield* yieldNow();
            })(),
          ),
        ),
      ),

    // What most people write to let others have a turn. It gives a turn only to microtasks. Those who know better
    // await a promise of setImmediate: that is fair, but takes a turn of the host for each step.
    native: () =>
      Promise.resolve(
        measure(async (over) => {
          while (!over()) await undefined;
        }),
      ),

    effect: () =>
      import('effect/Effect').then(({ runPromise, whileLoop, yieldNow }) =>
        measure((over) => runPromise(whileLoop({ while: () => !over(), body: () => yieldNow, step: () => {} }))),
      ),

    // It has no effect for this. A promise comes closest to a turn; `sleep(0)` would be a timer of 1 ms.
    effection: () =>
      import('effection').then(({ run, until }) =>
        measure((over) =>
          run(function* (): Generator<any, void, any> {
            while (!over()) yield* until(Promise.resolve());
          }),
        ),
      ),

    // The same: `delay(0)` would be a timer of 1 ms.
    'redux-saga': () =>
      import('redux-saga').then(({ runSaga }) =>
        measure((over) =>
          runSaga({}, function* () {
            while (!over()) yield Promise.resolve();
          }).toPromise(),
        ),
      ),

    co: () =>
      import('co').then(({ default: co }) =>
        measure((over) =>
          co(function* () {
            while (!over()) yield Promise.resolve();
          }),
        ),
      ),

    // Its queue of promises starts in a turn of the host, and is emptied before the next one.
    bluebird: () =>
      import('bluebird').then(({ default: Bluebird }) =>
        measure(
          Bluebird.coroutine(function* (over: () => boolean) {
            while (!over()) yield Bluebird.resolve();
          }),
        ),
      ),
  },
};

const inline: Workload = {
  ...common,
  id: 'fairness-inline',
  title: 'beside a busy task that is answered at once',
  variants: {
    treadle: () =>
      import('treadle').then(({ now, run }) =>
        measure((over) =>
          run(
            (function* () {
              while (!over()) yield* now();
            })(),
          ),
        ),
      ),

    // No await is answered at once. This comes closest.
    native: turns.variants['native']!,

    effect: () =>
      import('effect/Effect').then(({ runPromise, sync, whileLoop }) =>
        measure((over) => runPromise(whileLoop({ while: () => !over(), body: () => sync(() => 1), step: () => {} }))),
      ),

    // An action that resolves at once.
    effection: () =>
      import('effection').then(({ action, run }) => {
        const answered = action((resolve: () => void) => {
          resolve();
          return () => {};
        });
        return measure((over) =>
          run(function* (): Generator<any, void, any> {
            while (!over()) yield* answered;
          }),
        );
      }),

    // A call of a function that does not return a promise.
    'redux-saga': () =>
      Promise.all([import('redux-saga'), import('redux-saga/effects')]).then(([{ runSaga }, { call }]) =>
        measure((over) =>
          runSaga({ onError: () => {} }, function* () {
            while (!over()) yield call(() => 1);
          }).toPromise(),
        ),
      ),
  },
};

export default [turns, inline];
