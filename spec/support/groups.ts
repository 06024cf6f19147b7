// Programs in a process group of their own: a signal to the group reaches the program and its workers, as Ctrl-C, a
// terminal that closes, `timeout` and systemd have it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { all, fromPromise } from 'treadle';
import type { Coroutine, Effect } from 'treadle';
import { lines } from './files.ts';
import { withSources } from './programs.ts';
import { root } from './package.ts';
import { alive, until, within } from './workers.ts';

export interface Group {
  readonly child: ChildProcess;
  /** Its exit code or signal, and what it has printed. */
  readonly ended: Effect<readonly [end: number | string | null, out: string, err: string]>;
  /** To the program and to its workers. */
  signalAll(signal: NodeJS.Signals): void;
}

const groups = new Set<number>();
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It is gone.
  }
}
// Those of programs that have vanished, too: a worker that computes is still in its program's group.
process.on('exit', () => groups.forEach((pid) => signalGroup(pid, 'SIGKILL')));

/** Starts a program, given as text. */
export function group(text: string, options: { readonly stdin?: 'ignore' | 'pipe' } = {}): Group {
  const child = spawn(process.execPath, ['--enable-source-maps', '--input-type=module', '-e', withSources(text)], {
    cwd: root,
    stdio: [options.stdin ?? 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let out = '';
  let err = '';
  child.stdout!.setEncoding('utf8').on('data', (part: string) => (out += part));
  child.stderr!.setEncoding('utf8').on('data', (part: string) => (err += part));
  const ended = new Promise<readonly [number | string | null, string, string]>((resolve) =>
    child.on('close', (code, signal) => resolve([signal ?? code, out, err])),
  );
  const signalAll = (signal: NodeJS.Signals): void => signalGroup(child.pid!, signal);
  // A spec that hangs must not leave what computes for ever.
  const limit = setTimeout(() => signalAll('SIGKILL'), 90_000).unref();
  child.on('exit', () => clearTimeout(limit));
  groups.add(child.pid!);
  return { child, ended: fromPromise(ended), signalAll };
}

/** The number of the worker, which is the first line that it has written into the file. */
export function* workerOf(file: string): Coroutine<number> {
  yield* until(() => lines(file).length > 0);
  return Number(lines(file)[0]);
}

/** Waits until there is no such process. One that stays is killed when the spec ends. */
export function* gone(pid: number): Coroutine<void> {
  try {
    yield* until(() => !alive(pid));
  } finally {
    if (alive(pid)) process.kill(pid, 'SIGKILL');
  }
}

/** Runs the work for all of these cases, at the same time. */
export const forAll = <T>(cases: readonly T[], work: (one: T) => Coroutine<void>): Promise<void> =>
  within(function* () {
    yield* all(cases.map((one) => work(one)));
  });
