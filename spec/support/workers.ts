// Pools whose workers name the sources in stack traces, and stages on which many specs share one.
import { forEach, Queue, run, sleep, timeout, yieldNow } from 'treadle';
import type { Awaitable, Coroutine } from 'treadle';
import { Pool } from 'treadle/workers';
import type { PoolOptions } from 'treadle/workers';

export const kinds = ['process', 'thread'] as const;
// This file and those run as plain JavaScript (.build/plain.mjs).
export const jobs = new URL('../workers/jobs.js', import.meta.url);
export const coroutines = new URL('../workers/coroutines.js', import.meta.url);

/** With this flag the stack traces of workers name the sources. */
export const flags = ['--enable-source-maps'];
/** The time of grace is so long that a busy machine is no reason to end a worker that cleans up, or that is told to end. */
export const poolOf = (kind: 'process' | 'thread', options: Partial<PoolOptions> = {}) =>
  new Pool({ workers: 1, execArgv: flags, grace: 30_000, ...options, kind });

/** How many milliseconds a program may take: only a hang takes longer, however busy the machine is. */
const LIMIT = 150_000;

/** Runs the program, within the limit: a hang is a failure. */
export const within = <T>(program: () => Awaitable<T>): Promise<T> =>
  run(timeout(LIMIT, program())).then() as Promise<T>;

/**
 * One program on which many specs are played, one after the other: workers that they share live until its end.
 * Most of what these specs cost is the start of workers.
 */
export function stage() {
  const acts = new Queue<{
    program: () => Coroutine<unknown>;
    resolve: (value: any) => void;
    reject: (error: unknown) => void;
  }>();
  const main = run(
    forEach(
      acts,
      function* ({ program, resolve, reject }) {
        try {
          resolve(yield* timeout(LIMIT, program()));
        } catch (error) {
          reject(error);
        }
      },
      { concurrency: 1 },
    ),
  );
  const play = <T>(program: () => Coroutine<T>) =>
    new Promise<T>((resolve, reject) => acts.putNowait({ program, resolve, reject }));
  const end = async () => {
    acts.close();
    await main;
  };
  return { play, end };
}

/** Is there a process with this number? */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Lets a few turns of the loop pass: a map that was spawned has made its first calls by then. On a busy machine a
 * `sleep` may be over before that.
 */
export function* fewTurns(): Coroutine<void> {
  for (let turn = 0; turn < 5; turn++) yield* yieldNow();
}

/** Waits until the condition holds. */
export function* until(condition: () => boolean): Coroutine<void> {
  while (!condition()) yield* sleep(5);
}
