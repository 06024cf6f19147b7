// serve: this machine runs calls of others. Relies on workers, checks, engine, connection, permissions, host, registry.

import { hostname } from 'node:os';
import { coroutine } from '../effects/coroutine.ts';
import { spawn } from '../effects/spawn.ts';
import { fromPromise } from '../io/promises.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import type { Effect } from '../kernel/effect.ts';
import { checkDuration, checkFunction } from '../words/check.ts';
import { crewOf, Pool } from '../workers/pool.ts';
import type { PoolOptions } from '../workers/pool-options.ts';
import { checkMilliseconds, checkPoolOptions } from './checks.ts';
import { addressOf, checkUrl, connect, cut } from './connection.ts';
import type { ServerOptions } from './connection.ts';
import { loadEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { Host } from './host.ts';
import type { HostOptions } from './host.ts';
import { queueName } from './names.ts';
import { checkPermissions } from './permissions.ts';
import { checkModules, Registry, rootOf } from './registry.ts';
import { checkTls } from './tls.ts';
import type { TlsOptions } from './tls.ts';

/** The options of `serve`. */
export interface ServeOptions {
  /** The Redis (or Valkey) server, as in `machines`. */
  readonly url: string | URL;
  /** Certificates for a `rediss://` url, as in `machines`. */
  readonly tls?: TlsOptions | undefined;
  /** The folder below which the modules lie on this machine. */
  readonly root: string | URL;
  /** The version of the code: calls of other versions are not seen. */
  readonly version: string;
  /** What is served; `'treadle'` by default. */
  readonly name?: string | undefined;
  /**
   * The modules whose exported functions may be called, as paths from the root. Nothing else can be: whoever can write
   * to the server can call these, with any arguments.
   */
  readonly modules: readonly string[];
  /** The pool that runs the calls; processes, as many as there are cores, by default. */
  readonly pool?: (Omit<PoolOptions, 'name' | 'retries' | 'kind'> & Partial<Pick<PoolOptions, 'kind'>>) | undefined;
  /** At its end: how many milliseconds calls that run may take to finish; 10,000 by default. The rest is given back. */
  readonly drain?: number | undefined;
  /** How many milliseconds this machine may be silent before another one takes what it runs; 30,000 by default. */
  readonly lease?: number | undefined;
  /** How many milliseconds the server has to answer at the start; 5,000 by default. */
  readonly connectTimeout?: number | undefined;
  /** Called when it takes calls. */
  readonly onReady?: (() => void) | undefined;
  /** Is given what is wrong and ends nothing: jobs that are no calls, errors of the connection. */
  readonly onError?: ((error: Error) => void) | undefined;
}

interface Checked extends Omit<HostOptions, 'concurrency'>, ServerOptions {
  readonly root: URL;
  readonly modules: readonly string[];
  readonly pool: PoolOptions;
  readonly drain: number;
  readonly onReady: () => void;
}

function check(options: ServeOptions): Checked {
  const root = rootOf('serve', options?.root);
  const { onReady = () => {}, onError = () => {} } = options;
  const url = checkUrl('serve', options.url);
  checkFunction('serve', onReady, 'a function as onReady');
  checkFunction('serve', onError, 'a function as onError');
  const queue = queueName('serve', options);
  const poolOptions = checkPoolOptions('serve', options.pool);
  const pool: PoolOptions = { kind: 'process', ...poolOptions, name: `serving ${queue}`, retries: 0 };
  crewOf(pool); // throws for wrong options
  return {
    url,
    tls: checkTls('serve', options.tls, url),
    root,
    queue,
    modules: checkModules(root, options.modules),
    pool,
    lease: checkMilliseconds('serve', 'lease', options.lease ?? 30_000, 1_000),
    drain: checkDuration('serve: drain', options.drain ?? 10_000),
    connectTimeout: checkMilliseconds('serve', 'connectTimeout', options.connectTimeout ?? 5_000, 1),
    // It becomes a part of a client's name, for which the server takes only such characters.
    label: `${hostname().replace(/[^\w.-]/g, '-')}:${process.pid}`,
    onReady,
    onError,
  };
}

function* serving(options: Checked, engine: Engine): Coroutine<void> {
  const { root, modules, drain } = options;
  const redis = yield* fromPromise((signal) => connect(engine, options, signal));
  const pool = new Pool(options.pool);
  try {
    yield* fromPromise((signal) => checkPermissions(redis, options.queue, options, signal));
    const exported = new Map<string, ReadonlySet<string>>();
    for (const module of modules) {
      const names = yield* pool.apply<string[]>(exportsModule, 'exportsOf', [new URL(module, root).href]);
      exported.set(module, new Set(names));
    }
    const registry = new Registry(root, exported);
    const host = new Host(engine, { ...options, concurrency: pool.room }, registry, pool, redis);
    try {
      options.onReady();
      // A task of its own: it goes on while the host drains.
      yield* yield* spawn(host.work(), { name: 'work' });
    } finally {
      yield* host.drain(drain);
    }
  } finally {
    cut(redis);
    yield* pool.close();
  }
}

/** exports.js in dist/, exports.ts among the sources. */
const exportsModule = /* @__PURE__ */ new URL(import.meta.url.replace(/[^/]*(?=\.\w+$)/, 'exports'));

/**
 * Serves the functions of these modules to callers of `machines` with the same name and version, in a pool of this
 * machine. A program for `main`: it runs until it is cancelled. SIGTERM is an ordered end: it takes no more calls, lets
 * those that run finish for `drain` milliseconds, cancels the rest, and gives back what may be tried again, so that
 * another machine takes it at once.
 *
 * Throws a `TypeError` or `RangeError` at the call for wrong options and when a package is missing; a `MachinesError`
 * when no server answers, or it does not allow what a host needs; what a module throws when it is loaded.
 *
 * @example
 * const root = new URL('./', import.meta.url);
 * main(serve({ url: 'redis://localhost:6379', root, version: '1.4.2', modules: ['jobs.js'] }));
 */
export function serve(options: ServeOptions): Effect<void> {
  const checked = check(options);
  const engine = loadEngine(checked.root);
  // Reports and traces show the arguments: so these are not the options, which may have a password.
  const named = coroutine('serve', (_queue: string, _address: string) => serving(checked, engine));
  return named(checked.queue, addressOf(checked.url));
}
