// Coroutines that the specs of workers call in workers, and functions that know of workers. No spec of its own.
import { setTimeout as wait } from 'node:timers/promises';
import { abortSignal, all, coroutine, currentTask, Semaphore, sleep, spawn } from 'treadle';
import { inWorker, Pool, progress, workerSignal } from 'treadle/workers';
import { fail, log, NotFound } from './jobs.ts';

export const squareCoroutine = coroutine('squareCoroutine', function* (x: number) {
  yield* sleep(2);
  return x * x;
});
export function* squareGenerator(x: number) {
  yield* sleep(2);
  return x * x;
}
export const squareEffect = (x: number) => all([squareCoroutine(x)]);
export const worker = () => inWorker();

let active = 0;
let most = 0;
/** How many of them were active in this worker at the same time. */
export const together = coroutine('together', function* (ms: number) {
  most = Math.max(most, ++active);
  yield* sleep(ms);
  active--;
  return most;
});
const one = new Semaphore(1);
/** Coroutines of one worker share its event loop, and so its locks. */
export const oneAtATime = coroutine('oneAtATime', function* (ms: number) {
  return yield* one.with(together(ms));
});
export const family = coroutine('family', function* (n: number) {
  const { name, parent } = yield* currentTask();
  return [name, parent === undefined, ...(yield* all([squareCoroutine(n), squareCoroutine(n + 1)]))];
});

export const failCoroutine = coroutine('failCoroutine', function* (message: string) {
  yield* sleep(2);
  fail(message);
});
export const failInChild = coroutine('failInChild', function* () {
  yield* spawn(failCoroutine('in a child'), { name: 'child' });
});
export const cancelItself = coroutine('cancelItself', function* () {
  (yield* currentTask()).cancel('by itself');
  yield* sleep(1);
});

// ---- cancellation

export const patient = coroutine('patient', function* (file: string) {
  try {
    log(file, 'started');
    yield* sleep(60_000);
    log(file, 'never');
  } catch {
    log(file, 'never');
  } finally {
    yield* sleep(10);
    log(file, 'clean');
  }
});
export const failsToClean = coroutine('failsToClean', function* (file: string) {
  try {
    log(file, 'started');
    yield* sleep(60_000);
  } finally {
    fail('the clean-up failed');
  }
});
export const heedful = async (file: string) => {
  const signal = workerSignal();
  log(file, 'started');
  try {
    await wait(60_000, undefined, { signal });
  } finally {
    log(file, `aborted: ${String(signal.reason)}`);
  }
};
export const throwsReason = async (file: string) => {
  await wait(5);
  const signal = workerSignal(); // behind an await
  log(file, 'started');
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  log(file, 'aborted');
  signal.throwIfAborted();
};
export const failsToAbort = async (file: string) => {
  const signal = workerSignal();
  log(file, 'started');
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  throw new NotFound('the clean-up failed');
};
export const signalOfCoroutine = coroutine('signalOfCoroutine', function* () {
  const signal = yield* abortSignal();
  yield* sleep(1);
  try {
    return [signal.aborted, workerSignal().aborted];
  } catch (error) {
    return [signal.aborted, (error as Error).name, (error as Error).message];
  }
});
const two = new Semaphore(0);
/** Its end wakes a coroutine, which must not see this call's signal. */
export const wakes = async () => {
  await wait(5);
  two.release();
  return workerSignal().aborted;
};
export const isWoken = coroutine('isWoken', function* () {
  yield* two.acquire();
  try {
    workerSignal();
    return 'the signal of another call';
  } catch (error) {
    return (error as Error).name;
  }
});

export const nested = coroutine('nested', function* () {
  return yield* new Pool({ kind: 'thread' }).apply(import.meta.url, 'squareGenerator', [2]);
});

// ---- progress

export const reportsEach = coroutine('reportsEach', function* (count: number) {
  for (let i = 1; i <= count; i++) {
    yield* sleep(1);
    progress(i);
  }
  return count;
});
export async function reportsBehindAwait(name: string) {
  progress(`${name} starts`);
  await wait(2);
  progress(`${name} is done`);
  setTimeout(() => progress(`${name} is over`), 5);
  return name;
}
export function reportsFunction() {
  progress(() => 1);
}
