// Processes that outlive their program. A worker whose program is gone is told by its line and leaves (leaving.ts). But
// one that computes hears nothing, and would go on for ever. So a shell watches: it gets the numbers of the processes
// over a pipe, and when the pipe ends, because the program is gone in whatever way, it kills those that are left.
//
// One shell serves all processes of the program. It was measured at 0.2 MB and 2.5 ms, once. A thread in each worker
// that compares `process.ppid` took 7.5 MB and 35 ms of processor time for each of them.
//
// Windows needs none: there Node's processes are in a job that ends with the program. Where no shell can be started, as
// in a container without one, a worker that computes goes on to the end of its call. Relies on node:child_process.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** The last line counts. A worker that listens leaves within a second, and has two. */
const SCRIPT = 'while read -r line; do pids=$line; done; [ -z "$pids" ] || { sleep 2; kill -9 $pids; }';

const pids = new Set<number>();
let shell: ChildProcess | undefined;

function start(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', SCRIPT, 'treadle-orphans'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env['PATH'] },
    detached: true, // signals to the program's group, and the end of its terminal, do not reach it
  });
  child.on('error', () => {}); // there is none
  child.on('exit', (_, signal) => {
    if (shell === child) shell = undefined;
    if (signal !== null) tell(); // somebody has killed it: another one goes on
  });
  child.stdin?.on('error', () => {});
  child.unref();
  (child.stdin as { unref?(): void } | null)?.unref?.();
  return child;
}

function tell(): void {
  try {
    if (pids.size > 0) shell ??= start();
    shell?.stdin?.write(`${[...pids].join(' ')}\n`);
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
