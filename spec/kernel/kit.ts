// What the specs of the kernel share. No spec of its own.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the function throws; that it throws is asserted. A box, because `undefined` can be thrown. */
export function caught(fn: () => unknown): any {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

/** What the promise is rejected with. */
export async function rejection(promise: PromiseLike<unknown>): Promise<any> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was rejected');
}

export const after = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A promise that is over when the host had a few turns: everything that is ready in a loop has run. */
export async function settled(turns = 50): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** The host's timers and its monotonic clock in our hands, while `body` runs. */
export class HandHost {
  time = 0;
  /** What the host was asked for and has not done yet. */
  timers: { callback: () => void; ms: number; due: number }[] = [];

  async while(body: () => Promise<void>): Promise<void> {
    const { setTimeout: set, clearTimeout: clear } = globalThis;
    const { now } = performance;
    try {
      performance.now = () => this.time;
      globalThis.setTimeout = ((callback: () => void, ms: number) => {
        const timer = { callback, ms, due: this.time + ms };
        this.timers.push(timer);
        return timer;
      }) as never;
      globalThis.clearTimeout = ((timer: never) => {
        this.timers = this.timers.filter((other) => other !== timer);
      }) as never;
      await body();
    } finally {
      globalThis.setTimeout = set;
      globalThis.clearTimeout = clear;
      performance.now = now;
    }
  }

  /** Fires what is due, or, with `early`, whatever there is. */
  async fire(early = false): Promise<void> {
    const due = this.timers.filter((timer) => early || timer.due <= this.time);
    this.timers = this.timers.filter((timer) => !due.includes(timer));
    for (const { callback } of due.sort((a, b) => a.due - b.due)) callback();
    await settled();
  }
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

/** Runs a JavaScript module, given as text, in a process of its own; ends it after 10 s. */
export function program(source: string, limit = 10_000): Promise<Ended> {
  return new Promise((resolve) => {
    const start = performance.now();
    const args = ['--import', './.build/typescript.mjs', '--input-type=module', '--eval', source];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (err += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, out, err, ms: performance.now() - start });
    });
  });
}
