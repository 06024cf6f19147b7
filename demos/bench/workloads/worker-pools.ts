// The pools that the workloads of workers.ts compare: treadle's and its peers', each with two workers, and made as its
// README makes it. All call the same function, `echo` in processes/jobs.js. Relies on where.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { Awaitable } from '../../../lib/index.ts';
import { here } from '../where.ts';

const WORKERS = 2;

interface Answer {
  /** None from a program that compares them itself. */
  readonly results?: readonly unknown[];
  /** None if the time until the promise is settled is what counts. */
  readonly ms?: number;
}

type Calling = (items: readonly unknown[]) => PromiseLike<Answer>;

export interface Calls {
  /** One after another. */
  readonly inTurn: Calling;
  /** All are made in one turn. */
  readonly atOnce: Calling;
  /** By the library's own map; the same as `atOnce` for a library that has none. */
  readonly map: Calling;
}

/** Loads the library, and gives what makes a pool. */
export type Make = (kind: 'thread' | 'process', concurrency: number) => Promise<() => Calls>;

const jobs = join(here, 'processes', 'jobs.js');

// ---- treadle

export const treadle: Make = (kind, concurrency) =>
  Promise.all([import('treadle'), import('treadle/workers')]).then(
    ([{ all, call, coroutine, Queue, run }, { Pool }]) =>
      () => {
        const module = pathToFileURL(jobs);
        const pool = new Pool({ kind, workers: WORKERS, concurrency });
        type Work = () => Awaitable<readonly unknown[]>;
        const wanted = new Queue<{ work: Work; done: (answer: Answer) => void }>();
        // The workers end with the program that uses them. So there is one program, and it is told what to do.
        const program = coroutine('program', function* () {
          for (;;) {
            const { work, done } = yield* wanted.get();
            done({ results: yield* call(work()) });
          }
        });
        run(program());
        const asked = (work: Work) => new Promise<Answer>((done) => wanted.putNowait({ work, done }));
        return {
          inTurn: (items) =>
            asked(function* () {
              const results: unknown[] = [];
              for (const item of items) results.push(yield* pool.apply(module, 'echo', [item]));
              return results;
            }),
          atOnce: (items) => asked(() => all(items.map((item) => pool.apply(module, 'echo', [item])))),
          map: (items) => asked(() => pool.map(module, 'echo', items)),
        };
      },
  );

// ---- the peers

/** A library whose calls are promises, and which has no map. */
function callsBy(call: (item: unknown) => PromiseLike<unknown>): Calls {
  const atOnce: Calling = (items) => Promise.all(items.map(call)).then((results) => ({ results }));
  return {
    async inTurn(items) {
      const results: unknown[] = [];
      for (const item of items) results.push(await call(item));
      return { results };
    },
    atOnce,
    map: atOnce,
  };
}

/** One thread from the start, the second when it is needed, and both stay: as many as treadle has at any moment. */
const twoThreads = { minThreads: 1, maxThreads: WORKERS, idleTimeout: 60_000 };

export const tinypool: Make = (kind, concurrency) =>
  import('tinypool').then(({ default: Tinypool }) => () => {
    const pool = new Tinypool({
      filename: pathToFileURL(jobs).href,
      name: 'echo',
      runtime: kind === 'thread' ? 'worker_threads' : 'child_process',
      concurrentTasksPerWorker: concurrency,
      ...twoThreads,
    });
    return callsBy((item) => pool.run(item));
  });

/** A thread of it sleeps between two calls, timers and all (`atomics: 'sync'`, its default). treadle's never does. */
export const piscina: Make = (_kind, concurrency) =>
  import('piscina').then(({ Piscina }) => () => {
    const pool = new Piscina({
      filename: jobs,
      name: 'echo',
      concurrentTasksPerWorker: concurrency,
      ...twoThreads,
    });
    return callsBy((item) => pool.run(item));
  });

export const workerpool: Make = (kind) =>
  import('workerpool').then(({ default: { pool: makePool } }) => () => {
    const pool = makePool(join(here, 'processes', 'workerpool.js'), { workerType: kind, maxWorkers: WORKERS });
    return callsBy((item) => pool.exec('echo', [item]));
  });

export const jestWorker: Make = (kind) =>
  import('jest-worker').then(({ Worker }) => () => {
    const pool = new Worker(jobs, {
      numWorkers: WORKERS,
      enableWorkerThreads: kind === 'thread',
      exposedMethods: ['echo'],
    });
    return callsBy((item) => pool.echo(item));
  });

// ---- concurrent.futures

const interpreter = process.platform === 'win32' ? 'python' : 'python3';

export const hasPython = (): boolean =>
  spawnSync(interpreter, ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))'], { stdio: 'ignore' }).status === 0;

/**
 * concurrent.futures.ProcessPoolExecutor. The interpreter that makes it runs already when the time begins. It ends its
 * processes and itself when its standard input ends, at the latest with this process.
 */
export const python: Make = () => {
  const program = spawn(interpreter, [join(here, 'processes', 'executor.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: program.stdout });
  const ask =
    (kind: string): Calling =>
    (items) =>
      new Promise((resolve, reject) => {
        program.once('exit', () => reject(new Error('python ended')));
        lines.once('line', (seconds) => resolve({ ms: Number(seconds) * 1e3 }));
        program.stdin.write(`${JSON.stringify([kind, items.length, items[0]])}\n`);
      });
  const calls = { inTurn: ask('in turn'), atOnce: ask('at once'), map: ask('map') };
  return Promise.resolve(() => calls);
};
