// Hosts that serve calls from other machines, each a process of its own, and programs that call them.
import { fileURLToPath } from 'node:url';
import { machines } from 'treadle/distributed';
import type { MachinesOptions, ServeOptions } from 'treadle/distributed';
import { start } from './programs.ts';
import type { ProgramOptions, Running } from './programs.ts';
import type { RedisServer } from './redis.ts';
import { flags } from './workers.ts';

/** What calls and hosts agree on: functions are named by their paths below this folder, which is spec/. */
export const rootUrl = new URL('../', import.meta.url);
export const version = '1.0.0';
export const modules = ['workers/jobs.js', 'workers/coroutines.js', 'distributed/programs/jobs.js'];
/** Functions that only the specs of machines call. */
export const farJobs = new URL('../distributed/programs/jobs.js', import.meta.url);

/** How many milliseconds a caller or a host may be silent: so long that a busy machine is no reason. */
const PATIENT = 10_000;
/** In specs in which somebody is silent for good. */
export const LEASE = 2_000;

type Changes<Options> = Partial<Omit<Options, 'root'>> & { readonly url?: string };

export const machinesOf = (redis: RedisServer, options: Changes<MachinesOptions> = {}) =>
  machines({ url: redis.url, root: rootUrl, version, lease: PATIENT, ...options });

interface ProcessOptions {
  readonly env?: ProgramOptions['env'] | undefined;
  readonly limit?: number | undefined;
  /** Put before the command: `ip netns exec NAME`. */
  readonly prefix?: readonly string[] | undefined;
}

/** Starts a program of this folder, which gets the options as JSON, and dies when this process does. */
export function startProgram(
  name: string,
  options: object,
  { prefix = [], env, limit = 500_000 }: ProcessOptions = {},
): Running {
  const path = fileURLToPath(new URL(`../distributed/programs/${name}.js`, import.meta.url));
  const [file, ...args] = [...prefix, process.execPath, ...flags, path, JSON.stringify(options)];
  return start(file!, args, { stdin: 'pipe', limit, ...(env && { env }) });
}

export interface HostOptions extends Changes<ServeOptions>, ProcessOptions {}

/** Starts a serving host. */
export function startHost(redis: RedisServer, { prefix, env, limit, ...options }: HostOptions = {}): Running {
  const all = {
    url: redis.url,
    version,
    modules,
    drain: 1_000,
    lease: PATIENT,
    ...options,
    pool: { kind: 'process', workers: 1, concurrency: 8, grace: 30_000, execArgv: flags, ...options.pool },
  };
  return startProgram('host', all, { prefix, env, limit });
}

/** Starts so many hosts, and waits until all of them serve. */
export async function hosts(redis: RedisServer, count: number, options?: HostOptions): Promise<Running[]> {
  const started = Array.from({ length: count }, () => startHost(redis, options));
  await Promise.all(started.map((host) => host.seen(/^serves$/m)));
  return started;
}

/** Ends a host, and waits for its end. */
export function end({ child, ended }: Running, signal: NodeJS.Signals = 'SIGTERM') {
  child.kill(signal);
  return ended;
}

export interface CallerOptions extends Changes<MachinesOptions>, ProcessOptions {
  /** The path of the module below spec/, the name of the function, and the options of each call. */
  readonly module?: string;
  readonly name: string;
  readonly call?: object;
  readonly items?: readonly unknown[];
  /** The same item again and again, in place of items. */
  readonly endless?: unknown;
}

/** Starts a program that maps the items, so that it can be killed. */
export function startCaller(redis: RedisServer, { prefix, env, limit, ...options }: CallerOptions): Running {
  const all = { url: redis.url, version, lease: PATIENT, module: 'distributed/programs/jobs.js', ...options };
  return startProgram('caller', all, { prefix, env, limit });
}
