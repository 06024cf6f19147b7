// Processes that outlive their program. A worker whose program is gone is told by its line and leaves (leaving.ts). But
// one that computes hears nothing, and would go on for ever. So a shell watches: it gets the numbers of the processes
// over a pipe, and when the pipe ends, because the program is gone in whatever way, it kills those that are left.
//
// One shell serves all processes of the program. It was measured at 0.2 MB and 2.5 ms, once. A thread in each worker
// that compares `process.ppid` took 7.5 MB and 35 ms of processor time for each of them. Where there is no shell, as in
// some containers, another Node does it, which costs as much as a worker more.
//
// Windows needs none: there Node's processes are in a job that ends with the program. Relies on node:child_process.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

// The last line counts. A worker that listens leaves within a second, and has two.
const FOR_SHELL = 'while read -r line; do pids=$line; done; [ -z "$pids" ] || { sleep 2; kill -9 $pids; }';
const FOR_NODE = `
  let [line, rest] = ['', ''];
  const kill = (pid) => { try { process.kill(pid, 'SIGKILL'); } catch {} };
  process.stdin.on('data', (part) => {
    const lines = (rest + part).split('\\n');
    rest = lines.pop();
    line = lines.at(-1) ?? line;
  });
  process.stdin.on('end', () => line && setTimeout(() => line.split(' ').map(Number).forEach(kill), 2_000));`;

/** Those that can be tried. */
const watchers: readonly (readonly [file: string, ...args: string[]])[] = [
  ['/bin/sh', '-c', FOR_SHELL],
  [process.execPath, '-e', FOR_NODE],
];

const pids = new Set<number>();
let watcher: ChildProcess | undefined;

/**
 * Starts the first one that can be started. It is there when this is over: a program that is killed a moment later,
 * when its workers have their first calls, leaves none behind.
 */
function start(): ChildProcess | undefined {
  for (const [file, ...args] of watchers) {
    const child = spawn(file, [...args, 'treadle-orphans'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env['PATH'] },
      detached: true, // signals to the program's group, and the end of its terminal, do not reach it
    });
    child.on('error', () => {}); // it has no number then
    if (child.pid === undefined) continue;
    child.on('exit', (_, signal) => {
      if (watcher === child) watcher = undefined;
      if (signal !== null) tell(); // somebody has killed it: another one goes on
    });
    child.stdin?.on('error', () => {});
    child.unref();
    (child.stdin as { unref?(): void } | null)?.unref?.();
    return child;
  }
  return undefined;
}

function tell(): void {
  try {
    if (pids.size > 0) watcher ??= start();
    watcher?.stdin?.write(`${[...pids].join(' ')}\n`);
  } catch {
    // Deno, without the permission to start it.
  }
}

/** The process is killed when the program is gone. The function that is given takes that back: it has ended. */
export function killIfOrphaned(pid: number): () => void {
  if (process.platform === 'win32') return () => {};
  pids.add(pid);
  tell();
  return () => {
    pids.delete(pid);
    tell();
  };
}
