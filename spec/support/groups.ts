// Programs in a process group of their own: a signal to the group reaches the program and its workers, as Ctrl-C, a
// terminal that closes, `timeout` and systemd have it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { all, fromPromise } from 'treadle';
import type { Coroutine, Effect } from 'treadle';
import { lines } from './files.ts';
import { withSources } from './programs.ts';
import { root } from './package.ts';
import { alive, until, within } from './workers.ts';

export interface Group {
  readonly child: ChildProcess;
  /** Its exit code or signal, and what it has printed. Whoever gives up the wait kills the group. */
  readonly ended: Effect<readonly [end: number | string | null, out: string, err: string]>;
  /** To the program and to its workers. */
  signalAll(signal: NodeJS.Signals): void;
}

/** How many milliseconds a group may live: longer than a spec (`within`), and not as long as the pipeline waits. */
const LIMIT = 200_000;

/** Sends the signal to all processes of the group. False: there are none. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Those that may have processes. Of a program that has vanished, a worker that computes is still in its group. */
const groups = new Set<number>();
let watcher: ChildProcess | undefined;

/**
 * Tells a shell which groups there are. It kills them when this process ends, in whatever way: the pipeline ends a spec
 * that hangs by SIGKILL, and no listener of `exit` hears of that.
 */
function watchGroups(): void {
  for (const pid of groups) if (!signalGroup(pid, 0)) groups.delete(pid); // another group may get its number
  // The last line counts.
  const script = 'while read -r line; do groups=$line; done; [ -z "$groups" ] || kill -9 $groups';
  watcher ??= spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watcher.unref();
  const input = watcher.stdin as Writable & { unref?(): void };
  input.unref?.();
  input.write(`${[...groups].map((pid) => -pid).join(' ')}\n`);
}

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
  const signalAll = (signal: NodeJS.Signals): void => void signalGroup(child.pid!, signal);
  // A worker that is left behind holds the pipes open, and so this process: a spec that fails must not wait for it.
  const limit = setTimeout(() => signalAll('SIGKILL'), LIMIT).unref();
  const ended = new Promise<readonly [number | string | null, string, string]>((resolve) =>
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      resolve([signal ?? code, out, err]);
    }),
  );
  const untilEnded = (signal: AbortSignal) => {
    signal.addEventListener('abort', () => signalAll('SIGKILL'));
    return ended;
  };
  groups.add(child.pid!);
  watchGroups();
  return { child, ended: fromPromise(untilEnded), signalAll };
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
