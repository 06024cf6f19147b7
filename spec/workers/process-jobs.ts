// What the specs of processes and their ends call in workers. No spec of its own.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { isMainThread, parentPort } from 'node:worker_threads';
import { coroutine, Event, Queue, sleep } from 'treadle';
import { log, standStill } from './jobs.ts';

/** Tells who runs it, and computes for ever. */
export const spin = (file: string) => {
  log(file, String(process.pid));
  for (;;) continue;
};
/** Hears nothing for ever. */
export const block = (file: string) => {
  log(file, String(process.pid));
  standStill(Infinity);
};

/** Cleans up when it is cancelled, and tells so. */
export const careful = coroutine('careful', function* (file: string) {
  try {
    log(file, String(process.pid));
    yield* sleep(60_000);
  } finally {
    console.log('a clean-up that prints');
    yield* sleep(50);
    log(file, 'clean');
  }
});

export const slow = coroutine('slow', function* (file: string, ms: number) {
  log(file, String(process.pid));
  yield* sleep(ms);
  return 'whole';
});

export const cleanSlowly = coroutine('cleanSlowly', function* (file: string, ms: number) {
  try {
    log(file, 'started');
    yield* sleep(60_000);
  } finally {
    yield* sleep(ms);
    log(file, 'clean');
  }
});

/** Listens to a signal by itself. */
export const listens = async (file: string) => {
  process.on('SIGTERM', () => log(file, 'SIGTERM'));
  log(file, String(process.pid));
  await wait(60_000);
};

export const print = (lines: number) => {
  for (let i = 1; i <= lines; i++) console.log(`line ${i}`);
};
/** As `print`, and goes wrong at once. */
export const printAndCrash = async (lines: number) => {
  print(lines);
  setImmediate(() => {
    throw new RangeError('after the last line');
  });
  await wait(60_000);
};

export const readInput = () => readFileSync(0, 'utf8');

/** Sends a message of its own over the line of its worker, and is over that many milliseconds later. */
export const forge = async (message: unknown, ms = 100) => {
  if (isMainThread) process.send?.(message);
  else parentPort?.postMessage(message);
  await wait(ms);
  return 'undisturbed';
};

export const half = (bytes: Uint8Array) => bytes.slice(bytes.length / 2);

// ---- deadlocks

const queue = new Queue<string>(1, { name: 'letters' });
export const take = coroutine('take', function* () {
  return yield* queue.get();
});
export const put = (item: string) => queue.put(item);
export const takeAndClean = coroutine('takeAndClean', function* (file: string) {
  try {
    return yield* queue.get();
  } finally {
    log(file, 'cleaned up');
  }
});
export const cleanForEver = coroutine('cleanForEver', function* () {
  try {
    yield* queue.get();
  } finally {
    yield* new Event({ name: 'nobody' }).wait();
  }
});
export const waitForEver = () => new Promise(() => {});

/** What it throws comes when its call is over. */
export const throwLater = () => {
  setTimeout(() => {
    throw new RangeError('nobody runs any more');
  }, 50);
};
/** Its worker hears nothing after its call is over. */
export const blockLater = (file: string) => {
  setImmediate(() => block(file));
};

/** May it read, and may it write? */
export const permissions = () =>
  ['fs.read', 'fs.write'].map((name) => (process as any).permission.has(name, import.meta.dirname)).join(' ');
