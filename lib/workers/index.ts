// treadle/workers: exported functions run in threads and processes. For Node.

export type { Executor } from './executor.ts';
export { processes, runIn, threads } from './executors.ts';
export { Pool } from './pool.ts';
export type {
  CallOptions,
  ImapOptions,
  ItemsOptions,
  ExecutorOptions,
  Initializer,
  PoolOptions,
} from './pool-options.ts';
export type { WorkerOptions } from './worker.ts';
export { WorkerDiedError } from './worker-died.ts';
export { transfer } from './transfer.ts';
export { inWorker, progress, workerSignal } from './context.ts';
