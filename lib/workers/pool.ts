// Pool: exported functions, run by threads or processes, each of which runs many coroutines. The failure model is that
// of concurrent.futures; the shape that of aiomultiprocess. Relies on executor, crew, and the two launchers.

import { availableParallelism } from 'node:os';
import { checkDuration } from '../words/check.ts';
import { mustBe } from '../words/messages.ts';
import { checkWorkerOptions, count } from './options.ts';
import { Crew } from './crew.ts';
import { Executor } from './executor.ts';
import type { PoolOptions } from './pool-options.ts';
import { Call } from './protocol.ts';
import { unsendableArgument } from './unsendable.ts';
import { launchProcess } from './worker-process.ts';
import { launchThread } from './worker-thread.ts';

const launchers = { process: launchProcess, thread: launchThread };

/**
 * A worker counts its calls in 32 bits (arrivals.ts, ahead.ts), also those that were sent ahead and taken back. After
 * so many that it kept another one goes on.
 */
const MOST_TASKS = 2 ** 30;

/** The crew of a pool with these options. */
export function crewOf(options: PoolOptions): Crew {
  const {
    kind,
    name = 'pool',
    workers = availableParallelism(),
    concurrency = 1,
    maxTasksPerWorker = Infinity,
    retries = 0,
    grace = 1_000,
    idle = Infinity,
    initializer,
  } = options ?? {};
  if (kind !== 'process' && kind !== 'thread')
    throw new TypeError(mustBe('Pool', "a kind, 'process' or 'thread'", kind));
  if (typeof name !== 'string') throw new TypeError(mustBe('Pool', 'a text as name', name));
  checkWorkerOptions('Pool', options);
  const prepare = initializer && new Call('an initializer', initializer.module, initializer.export, initializer.args);
  const unsendable = prepare && unsendableArgument(prepare, kind);
  if (unsendable) throw unsendable;
  return new Crew({
    ...options,
    kind,
    name,
    retries: count('Pool', 'retries', retries, 0),
    launch: launchers[kind],
    workers: count('Pool', 'workers', workers, 1, Number.MAX_SAFE_INTEGER),
    concurrency: count('Pool', 'a concurrency', concurrency, 1, Number.MAX_SAFE_INTEGER),
    maxTasks: Math.min(count('Pool', 'maxTasksPerWorker', maxTasksPerWorker, 1), MOST_TASKS),
    initializer: prepare,
    grace: checkDuration('Pool: grace', grace),
    idle: checkDuration('Pool: idle', idle),
  });
}

/**
 * Workers that run exported functions: coroutine functions, plain ones, or such that return a promise. Arguments
 * and results are cloned.
 *
 * @example
 * const pool = new Pool({ kind: 'process', workers: 4, concurrency: 16 });
 * const pages = yield* pool.map(new URL('./jobs.js', import.meta.url), 'download', urls);
 */
export class Pool extends Executor {
  /** What its workers are. */
  readonly kind: 'process' | 'thread';
  private readonly crew: Crew;

  constructor(options: PoolOptions) {
    const crew = crewOf(options);
    super(crew);
    this.kind = options.kind;
    this.crew = crew;
  }

  /** The workers that there are now: the number of the process or thread, and how many calls it runs. */
  get workers(): { readonly id: number; readonly running: number }[] {
    return [...this.crew.members].map(({ id, running }) => ({ id, running: running.size }));
  }

  override toString(): string {
    const { members, options, pending, state } = this.crew;
    const workers = `${members.size} of ${options.workers} ${this.kind === 'process' ? 'processes' : 'threads'}`;
    return `<Pool ${this.name}: ${state}, ${workers}, ${pending} calls>`;
  }
}
