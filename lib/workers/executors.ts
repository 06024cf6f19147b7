// Executors, as in concurrent.futures: a pool by what it is made of, and one call in it. Relies on pool.

import type { Effect } from '../kernel/effect.ts';
import { mustBe } from '../words/messages.ts';
import { Pool } from './pool.ts';
import type { CallOptions, ExecutorOptions } from './pool.ts';

/**
 * An executor of threads: for code that computes. Threads start fast and share the process: memory limits, the
 * environment, and a crash of the process itself.
 *
 * @example
 * const executor = threads({ workers: 4 });
 * const digest = yield* runIn(executor, new URL('./jobs.js', import.meta.url), 'hash', [file]);
 * yield* executor.close();
 */
export function threads(options: ExecutorOptions = {}): Pool {
  return new Pool({ name: 'threads', ...options, kind: 'thread' });
}

/** An executor of processes: for code that computes, and that may crash. */
export function processes(options: ExecutorOptions = {}): Pool {
  return new Pool({ name: 'processes', ...options, kind: 'process' });
}

/** Calls an exported function in a worker of the executor: `executor.apply(module, name, args)`. */
export function runIn<T = unknown>(
  executor: Pool,
  module: string | URL,
  name: string,
  args: readonly unknown[] = [],
  options?: CallOptions,
): Effect<T> {
  if (!(executor instanceof Pool))
    throw new TypeError(mustBe('runIn', 'an executor, such as threads() gives', executor));
  return executor.apply<T>(module, name, args, options);
}
