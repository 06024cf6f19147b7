// Hosts that serve calls from other machines, each a process of its own, and programs that call them.
import { fileURLToPath } from 'node:url';
import { machines } from 'treadle/distributed';
import type { MachinesOptions, ServeOptions } from 'treadle/distributed';
import { delay } from './host.ts';
import { start } from './programs.ts';
import type { Running } from './programs.ts';
import type { RedisServer } from './redis.ts';
import { flags } from './workers.ts';

/** What calls and hosts agree on: functions are named by their paths below this folder, which is spec/. */
export const rootUrl = new URL('../', import.meta.url);
export const version = '1.0.0';
export const modules = ['workers/jobs.js', 'workers/coroutines.js', 'distributed/programs/jobs.js'];
/** Functions that only the specs of machines call. */
export const farJobs = new URL('../distributed/programs/jobs.js', import.meta.url);

/** Locks of a second in place of half a minute: a spec does not wait for long. */
export const LEASE = 1_000;

type Changes<Options> = Partial<Omit<Options, 'root'>> & { readonly url?: string };

export const machinesOf = (redis: RedisServer, options: Changes<MachinesOptions> = {}) =>
  machines({ url: redis.url, root: rootUrl, version, lease: LEASE, ...options });

export interface HostOptions extends Changes<ServeOptions> {
  /** Put before the command: `ip netns exec NAME`. */
  readonly prefix?: readonly string[];
}

const path = fileURLToPath(new URL('../distributed/programs/host.js', import.meta.url));

/** Starts a serving host. */
export function startHost(redis: RedisServer, { prefix = [], ...options }: HostOptions = {}): Running {
  const all = {
    url: redis.url,
    version,
    modules,
    drain: 1_000,
    lease: LEASE,
    ...options,
    pool: { kind: 'process', workers: 2, concurrency: 4, grace: 300, execArgv: flags, ...options.pool },
  };
  const [file, ...args] = [...prefix, process.execPath, ...flags, path, JSON.stringify(all)];
  return start(file!, args, { stdin: 'pipe', limit: 150_000 });
}

/** Starts so many hosts, and waits until all of them serve. */
export async function hosts(redis: RedisServer, count: number, options?: HostOptions): Promise<Running[]> {
  const before = await redis.workers();
  const started = Array.from({ length: count }, () => startHost(redis, options));
  let ended: string | undefined;
  for (const { ended: end } of started) void end.then(({ out, err }) => (ended ??= out + err));
  for (const begin = performance.now(); (await redis.workers()) < before + count; await delay(20))
    if (ended !== undefined || performance.now() - begin > 30_000) throw new Error(`a host does not serve:\n${ended}`);
  return started;
}

/** Ends a host, and waits for its end. */
export function end({ child, ended }: Running, signal: NodeJS.Signals = 'SIGTERM') {
  child.kill(signal);
  return ended;
}

export interface CallerOptions extends Changes<MachinesOptions> {
  /** The path of the module below spec/, the name of the function, its items, and the options of each call. */
  readonly module?: string;
  readonly name: string;
  readonly items: readonly unknown[];
  readonly call?: object;
}

const callerPath = fileURLToPath(new URL('../distributed/programs/caller.js', import.meta.url));

/** Starts a program that maps the items, so that it can be killed. */
export function startCaller(redis: RedisServer, options: CallerOptions, prefix: readonly string[] = []): Running {
  const all = { url: redis.url, version, lease: LEASE, module: 'distributed/programs/jobs.js', ...options };
  const [file, ...args] = [...prefix, process.execPath, ...flags, callerPath, JSON.stringify(all)];
  return start(file!, args, { stdin: 'pipe', limit: 150_000 });
}
