// Programs in processes of their own: what they print, how they end, and what becomes of the process.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './package.ts';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

export interface ProgramOptions {
  /** After so many milliseconds the process is killed: a hang is a failure, and no hang. */
  readonly limit?: number;
  /** Set in addition to this process's own; `undefined` unsets. */
  readonly env?: Record<string, string | undefined>;
  /** A pipe that is left open, or nothing, which is how it is by default. */
  readonly stdin?: 'ignore' | 'pipe';
  /** Called with all that was printed so far whenever that grows. */
  readonly watch?: (out: string, child: ChildProcess) => void;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until it has printed what matches, on stdout or stderr. Rejected when it ends without. */
  seen(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Starts a program with these arguments in the root of the package. */
export function start(
  file: string,
  args: readonly string[],
  { limit = 200_000, env, stdin = 'ignore', watch }: ProgramOptions = {},
): Running {
  const begin = performance.now();
  const child = spawn(file, args, { cwd: root, env: { ...process.env, ...env }, stdio: [stdin, 'pipe', 'pipe'] });
  running.add(child);
  let out = '';
  let err = '';
  const lookers = new Set<() => void>();
  const look = () => lookers.forEach((looker) => looker());
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    watch?.(out, child);
    look();
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    look();
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), limit);
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, signal, out, err, ms: performance.now() - begin });
    });
  });
  const seen = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const looker = () => {
        const match = pattern.exec(out + err);
        if (!match) return;
        lookers.delete(looker);
        resolve(match);
      };
      lookers.add(looker);
      void ended.then(() => reject(new Error(`it ended without ${pattern}:\n${out}${err}`)));
      looker();
    });
  return { child, ended, seen };
}

/** Runs a program to its end. */
export const execute = (file: string, args: readonly string[], options?: ProgramOptions): Promise<Ended> =>
  start(file, args, options).ended;

/** Runs Node with these arguments. */
export const node = (args: readonly string[], options?: ProgramOptions): Promise<Ended> =>
  execute(process.execPath, args, options);

/**
 * The type check of a project. As in .build/tools.mjs, `tsc` collects no garbage: that takes a fifth of its processor
 * time, and hardly any memory is free before the end.
 */
export const tsc = (project: string): Promise<Ended> =>
  node([join(root, 'node_modules/typescript/bin/tsc'), '--pretty', 'false', '--noEmit', '-p', project], {
    limit: 400_000,
    env: { GOGC: 'off' },
  });

/**
 * What 'treadle' or 'treadle/part' is for a spec: the URL of the source, as the plain JavaScript that specs are run as
 * (.build/plain.mjs). This file, too, runs beside it.
 */
const sourceOf = (specifier: string): string =>
  new URL(`../../${specifier.replace('treadle', 'lib')}/index.js`, import.meta.url).href;

/** The program with 'treadle' meaning the sources in lib/. */
export const withSources = (program: string): string =>
  program.replace(
    /(\bfrom |\bimport\(|\bimport )'(treadle(?:\/\w+)?)'/g,
    (_, before: string, specifier: string) => `${before}'${sourceOf(specifier)}'`,
  );

/**
 * Runs a JavaScript module, given as text; 'treadle' means the sources in lib/, or what they were built into (`built`).
 * `args` are further ones for Node.
 *
 * What it runs of lib/ does not count as covered, unless it is `measured`. To measure takes a third more of the processor
 * and writes half a megabyte, and nearly all that such programs run, specs run in their own process, too.
 */
export const program = (
  source: string,
  {
    args = [],
    built = false,
    measured = false,
    env,
    ...options
  }: ProgramOptions & {
    readonly args?: readonly string[];
    readonly built?: boolean;
    readonly measured?: boolean;
  } = {},
): Promise<Ended> =>
  node(['--enable-source-maps', ...args, '--input-type=module', '--eval', built ? source : withSources(source)], {
    ...options,
    env: measured ? { ...env } : { NODE_V8_COVERAGE: undefined, ...env },
  });
