// Programs in processes of their own: what they print, how they end, and what becomes of the process.
import { type ChildProcess, spawn } from 'node:child_process';
import { root } from './package.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

export interface ProgramOptions {
  /** What Node is started with, besides. */
  readonly args?: readonly string[];
  /** After so many milliseconds the process is killed: a hang is a failure, and no hang. */
  readonly limit?: number;
  /** Set in addition to this process's own; `undefined` unsets. */
  readonly env?: Record<string, string | undefined>;
  /** Called with all that was printed so far whenever that grows. */
  readonly watch?: (out: string, child: ChildProcess) => void;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs a JavaScript module, given as text; 'treadle' means the sources in lib/. */
export function program(source: string, { args = [], ...options }: ProgramOptions = {}): Promise<Ended> {
  return node(['--import', './.build/typescript.mjs', ...args, '--input-type=module', '--eval', source], options);
}

/** Runs Node with these arguments, at the top of the clone. */
export function node(
  args: readonly string[],
  { limit = 30_000, env, watch }: Omit<ProgramOptions, 'args'> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const start = performance.now();
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      watch?.(out, child);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, signal, out, err, ms: performance.now() - start });
    });
  });
}
