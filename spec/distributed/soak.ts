// Calls on machines while everybody is killed at random: workers, hosts, callers, the server. Was anything lost, is
// anybody left, has memory grown? soak.spec.ts runs it for some seconds, or for as long as it is told. No spec of its
// own.
import { readdirSync, readFileSync } from 'node:fs';
import { cancel, Event, random, sleep, spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import { collect } from '../support/collector.ts';
import { fresh } from '../support/files.ts';
import { end, farJobs, LEASE, machinesOf, startCaller, startHost } from '../support/hosts.ts';
import type { Running } from '../support/programs.ts';
import type { RedisServer } from '../support/redis.ts';

/** Megabytes. */
interface Memory {
  readonly caller: number;
  readonly server: number;
}

export interface Report {
  /** How many calls had their right result. */
  results: number;
  /** What came in place of others. */
  readonly wrong: string[];
  /** Who was killed, and how often. */
  readonly deeds: Record<string, number>;
  /** In the middle, and when all calls were over. */
  readonly memory: Memory[];
  /** Calls that are still in the queue, in whichever state, when all callers are gone. */
  queued: number;
  /** Processes that are still there when all hosts have ended. */
  left: number[];
}

const HOSTS = 3;
const CALLERS = 2;
/** Hosts, callers and their workers inherit it. */
const TAG = `TREADLE_SOAK=${process.pid}`;

/** The numbers of all processes of which this is true. There are none where there is no /proc. */
function processes(accept: (folder: string) => boolean): number[] {
  const isIt = (name: string) => {
    try {
      return /^\d+$/.test(name) && accept(`/proc/${name}`);
    } catch {
      return false; // it is gone
    }
  };
  try {
    return readdirSync('/proc').filter(isIt).map(Number);
  } catch {
    return [];
  }
}

const tagged = (folder: string) => readFileSync(`${folder}/environ`, 'utf8').includes(TAG);
const childrenOf = (pid: number) =>
  processes((folder) => readFileSync(`${folder}/status`, 'utf8').includes(`\nPPid:\t${pid}\n`));

const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;

/** Lasts for so many seconds, and then until everybody has ended. */
export function* soak(redis: RedisServer, seconds: number): Coroutine<Report> {
  const report: Report = { results: 0, wrong: [], deeds: {}, memory: [], queued: 0, left: [] };
  const env = { TREADLE_SOAK: String(process.pid) };
  const limit = (seconds + 400) * 1_000;
  const host = () => startHost(redis, { env, limit, lease: LEASE });
  const caller = () =>
    startCaller(redis, {
      name: 'pause',
      endless: 5,
      inFlight: 4,
      retries: 50,
      connectTimeout: 20_000,
      lease: LEASE,
      env,
      limit,
    });
  const hosts = Array.from({ length: HOSTS }, host);
  yield Promise.all(hosts.map(({ seen }) => seen(/^serves$/m)));
  const callers = Array.from({ length: CALLERS }, caller);
  const stop = new Event();

  const pick = function* <T>(from: readonly T[]): Coroutine<T> {
    return from[Math.floor((yield* random()) * from.length)]!;
  };
  /** Sends a signal that ends one of them, and starts another in its place. */
  const replace = function* (all: Running[], signal: NodeJS.Signals, start: () => Running): Coroutine<void> {
    const one = yield* pick(all);
    one.child.kill(signal);
    all[all.indexOf(one)] = start();
  };
  const deeds: [name: string, deed: () => Coroutine<void>][] = [
    ['worker killed', killWorker],
    ['worker killed', killWorker],
    ['host killed', () => replace(hosts, 'SIGKILL', host)],
    ['host asked to end', () => replace(hosts, 'SIGTERM', host)],
    ['host stood still', standStill],
    ['caller killed', () => replace(callers, 'SIGKILL', caller)],
    ['server killed', killServer],
  ];
  function* killWorker(): Coroutine<void> {
    const pid = yield* pick(hosts.flatMap(({ child }) => childrenOf(child.pid!)));
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
  function* standStill(): Coroutine<void> {
    const { child } = yield* pick(hosts);
    child.kill('SIGSTOP');
    yield* sleep(1.5 * LEASE);
    child.kill('SIGCONT');
  }
  function* killServer(): Coroutine<void> {
    yield redis.restart(300 * (yield* random()));
  }
  const measure = function* (): Coroutine<Memory> {
    collect();
    const server = (yield redis.memory()) as number;
    return { caller: megabytes(process.memoryUsage().heapUsed), server: megabytes(server) };
  };

  /** How many calls are in the queue, in whichever state. */
  const queued = function* (): Coroutine<number> {
    let count = 0;
    for (const state of ['wait', 'active', 'delayed', 'prioritized', 'paused'])
      for (const key of (yield redis.command('KEYS', `*:${state}`)) as string[])
        count += (yield redis.command(
          state === 'wait' || state === 'active' || state === 'paused' ? 'LLEN' : 'ZCARD',
          key,
        )) as number;
    return count;
  };

  /** Maps again and again, and looks at the results. */
  const map = function* (): Coroutine<void> {
    const pool = machinesOf(redis, { inFlight: 16, retries: 50, connectTimeout: 20_000 });
    for (let first = 0; !stop.isSet; first += 50) {
      const items = Array.from({ length: 50 }, (_, i) => first + i);
      try {
        const results = yield* pool.map<number>(farJobs, 'squareSlowly', items);
        for (const [i, result] of results.entries())
          if (result === items[i]! ** 2) report.results++;
          else report.wrong.push(`${result} in place of ${items[i]! ** 2}`);
      } catch (error) {
        report.wrong.push(String(error));
      }
    }
  };
  /** Calls, and cancels that, again and again: a clean-up that was begun is waited for. */
  const leave = function* (): Coroutine<void> {
    const pool = machinesOf(redis, { inFlight: 4, retries: 50, connectTimeout: 20_000 });
    while (!stop.isSet) {
      const file = fresh();
      const task = yield* spawn(pool.apply(farJobs, 'cleansUp', [file]));
      yield* sleep(600 * (yield* random()));
      yield* cancel(task);
    }
  };

  const work = [yield* spawn(map()), yield* spawn(map()), yield* spawn(leave())];
  for (const [i, half] of [seconds / 2, seconds / 2].entries()) {
    for (const over = performance.now() + half * 1_000; performance.now() < over;) {
      yield* sleep(200 + 600 * (yield* random()));
      const [name, deed] = yield* pick(deeds);
      report.deeds[name] = (report.deeds[name] ?? 0) + 1;
      yield* deed();
    }
    if (i === 0) report.memory.push(yield* measure());
  }
  stop.set();
  for (const task of work) yield* task;
  for (const one of callers) yield end(one, 'SIGKILL');
  yield* sleep(3 * LEASE); // what they have called ends
  report.memory.push(yield* measure());
  for (let i = 0; i < 600 && (report.queued = yield* queued()) > 0; i++) yield* sleep(100);
  for (const one of hosts) yield end(one);
  for (let i = 0; i < 1_200 && (report.left = processes(tagged)).length > 0; i++) yield* sleep(50);
  return report;
}
