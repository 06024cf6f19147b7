// What the specs of workers share. No spec of its own.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forEach, Queue, run, sleep, timeout } from 'treadle';
import type { Coroutine } from 'treadle';
import { Pool } from 'treadle/workers';
import type { PoolOptions } from 'treadle/workers';

export const kinds = ['process', 'thread'] as const;
export const jobs = new URL('./jobs.ts', import.meta.url);
export const coroutines = new URL('./coroutines.ts', import.meta.url);

/** A pool whose workers understand TypeScript, as those of a program do that was started with this flag. */
export const flags = ['--import', new URL('../../.build/typescript.mjs', import.meta.url).href];
export const poolOf = (kind: 'process' | 'thread', options: Partial<PoolOptions> = {}) =>
  new Pool({ workers: 1, execArgv: flags, grace: 300, ...options, kind });

/** Runs the program, for 10 s at most: a hang is a failure. */
export const within = <T>(program: () => Coroutine<T>): Promise<T> =>
  run(timeout(10_000, program())).then() as Promise<T>;

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
          resolve(yield* timeout(10_000, program()));
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

/** What the work throws. */
export function* caught(work: any): Coroutine<any> {
  try {
    yield work;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const folder = mkdtempSync(join(tmpdir(), 'treadle-workers-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let files = 0;
/** The name of a file that does not exist yet. */
export const fresh = () => join(folder, `${++files}`);
export const lines = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];

/** Waits until the file has a line, and gives its lines. */
export function* untilLine(file: string, line: string): Coroutine<string[]> {
  while (!lines(file).includes(line)) yield* sleep(5);
  return lines(file);
}

/** Is there a process of this number? */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Do these have such a thing? Waits for it. */
export function* until(condition: () => boolean): Coroutine<void> {
  while (!condition()) yield* sleep(5);
}
