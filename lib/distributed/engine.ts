// The engine: BullMQ on Redis. Both packages are the user's own, and are looked up where the user's modules lie, so
// that treadle itself depends on nothing. Here is also what is used of them, as types: lib/ compiles without them.
// Relies on Node.

import { createRequire } from 'node:module';

/** What is used of ioredis. */
export interface Redis {
  status: string;
  readonly stream?: { destroy(): void } | undefined;
  connect(): Promise<void>;
  disconnect(): void;
  duplicate(options?: Record<string, unknown>): Redis;
  on(event: string, listener: (error: Error) => void): unknown;
  off(event: string, listener: (error: Error) => void): unknown;
  call(command: string, ...words: (string | number)[]): Promise<unknown>;
  set(key: string, value: string, ...words: (string | number)[]): Promise<unknown>;
  exists(...keys: string[]): Promise<number>;
  del(...keys: string[]): Promise<number>;
  smembers(key: string): Promise<string[]>;
  eval(script: string, keys: number, ...words: (string | number)[]): Promise<unknown>;
}

interface Emitter {
  on(event: string, listener: (...args: never[]) => void): unknown;
  close(force?: boolean): Promise<void>;
}

/** A job of BullMQ. What it holds was written by whoever can write to the server. */
export interface QueuedJob {
  readonly id?: string | undefined;
  readonly name: string;
  readonly data: unknown;
  readonly returnvalue: unknown;
  readonly failedReason?: string | undefined;
  readonly finishedOn?: number | undefined;
  readonly stalledCounter: number;
  readonly processedBy?: string | undefined;
  updateData(data: unknown): Promise<void>;
  updateProgress(progress: unknown): Promise<void>;
  moveToWait(token: string): Promise<unknown>;
}

export interface JobOptions {
  readonly jobId: string;
  readonly removeOnComplete: false;
  readonly removeOnFail: false;
}

export interface Queue extends Emitter {
  add(name: string, data: unknown, options: JobOptions): Promise<unknown>;
  getJob(id: string): Promise<QueuedJob | undefined>;
  getJobState(id: string): Promise<string>;
  getWorkersCount(): Promise<number>;
  remove(id: string): Promise<number>;
  toKey(type: string): string;
}

export type QueueEvents = Emitter;

export interface QueueEventsProducer extends Emitter {
  publishEvent(event: Record<string, string>): Promise<void>;
}

export interface QueueWorker extends Emitter {
  extendJobLocks(ids: readonly string[], tokens: readonly string[], duration: number): Promise<string[]>;
}

/** What all of them are made with. */
export interface QueueSettings {
  readonly connection: Redis;
  readonly prefix: string;
  readonly [option: string]: unknown;
}

export interface Engine {
  readonly Redis: new (url: string, options: Record<string, unknown>) => Redis;
  readonly Queue: new (name: string, options: QueueSettings) => Queue;
  readonly QueueEvents: new (name: string, options: QueueSettings) => QueueEvents;
  readonly QueueEventsProducer: new (name: string, options: QueueSettings) => QueueEventsProducer;
  readonly Worker: new (
    name: string,
    processor: (job: QueuedJob, token: string) => Promise<unknown>,
    options: QueueSettings,
  ) => QueueWorker;
  /** Thrown by a processor: the job has failed, and is not tried again. */
  readonly UnrecoverableError: new (message: string) => Error;
  /** Thrown by a processor: the job is no longer its own. */
  readonly WaitingError: new () => Error;
}

const INSTALL = 'npm install bullmq@^6.7 ioredis';

/** What `require` finds from one of the places, the first of which counts. */
function requireFrom(places: readonly (string | URL)[], name: string): unknown {
  for (const place of places) {
    const require = createRequire(place);
    let path;
    try {
      path = require.resolve(name);
    } catch {
      continue; // it is not there
    }
    return require(path);
  }
  throw new TypeError(`treadle/distributed needs the packages bullmq and ioredis, and ${name} is missing: ${INSTALL}`);
}

/**
 * Loads the peers: from the folder of the user's modules, or from where treadle lies. Throws a `TypeError` that names
 * the command when one is missing or too old.
 */
export function loadEngine(root: URL): Engine {
  const places = [root, import.meta.url];
  const bullmq = requireFrom(places, 'bullmq') as Omit<Engine, 'Redis'>;
  const ioredis = requireFrom(places, 'ioredis') as { Redis?: Engine['Redis'] };
  const { version } = requireFrom(places, 'bullmq/package.json') as { version: string };
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== 6 || minor < 7 || !ioredis.Redis)
    throw new TypeError(`treadle/distributed needs bullmq ^6.7 and ioredis, and found bullmq ${version}: ${INSTALL}`);
  return { ...bullmq, Redis: ioredis.Redis };
}
