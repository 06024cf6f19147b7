// Executors, as in concurrent.futures: a pool by what it is made of, and one call in it. Relies on pool, executor.

import type { Effect } from '../kernel/effect.ts';
import { mustBe } from '../words/messages.ts';
import { Executor } from './executor.ts';
import { Pool } from './pool.ts';
import type { CallOptions, ExecutorOptions } from './pool-options.ts';

/**
 * An executor of threads: for code that computes. Threads start fast and share the process: memory limits, the
 * environment, and a crash of the process itself. Throws a `TypeError` or `RangeError` for wrong options.
 *
 * @example
 * const executor = threads({ workers: 4 });
 * const digest = yield* runIn(executor, new URL('./jobs.js', import.meta.url), 'hash', [file]);
 * yield* executor.close();
 */
export function threads(options: ExecutorOptions = {}): Pool {
  return new Pool({ name: 'threads', ...options, kind: 'thread' });
}

/**
 * An executor of processes: for code that computes, and that may crash. A crash ends only its own process. Throws a
 * `TypeError` or `RangeError` for wrong options.
 *
 * @example
 * const executor = processes({ workers: 4 });
 * const digest = yield* runIn(executor, new URL('./jobs.js', import.meta.url), 'hash', [file]);
 * yield* executor.close();
 */
export function processes(options: ExecutorOptions = {}): Pool {
  return new Pool({ name: 'processes', ...options, kind: 'process' });
}

/**
 * Calls an exported function in a worker of the executor: the same as `executor.apply(module, name, args)`. Throws what
 * the function throws, a `WorkerDiedError` when its worker dies, and a `TypeError` at the call for what is no executor.
 * Cancellation cancels the coroutine, or aborts `workerSignal()`; a worker that does not end within `grace` is ended.
 *
 * @example
 * const executor = threads();
 * const digest = yield* runIn<string>(executor, new URL('./jobs.js', import.meta.url), 'hash', [file]);
 */
export function runIn<T = unknown, Options extends CallOptions = CallOptions>(
  executor: Executor<Options>,
  module: string | URL,
  name: string,
  args: readonly unknown[] = [],
  options?: Options,
): Effect<T> {
  if (!(executor instanceof Executor))
    throw new TypeError(mustBe('runIn', 'an executor, such as threads() gives', executor));
  return executor.apply<T>(module, name, args, options);
}
