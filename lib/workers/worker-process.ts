// A worker that is a process. Relies on arrivals, worker, packed-error.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { arrivalsInProcess } from './arrivals.ts';
import { unpack } from './packed-error.ts';
import type { Answer } from './protocol.ts';
import { entry, environment, inheritedFlags } from './worker.ts';
import type { Launch } from './worker.ts';

/** The ends of those that run: a program that ends at once, with `process.exit`, takes them along. */
const kills = new Set<() => void>();
const killAll = (): void => kills.forEach((kill) => kill());

/** How long a process may take from its last word to its end. */
const LAST_MOMENTS = 1_000;

/** The number of the file of its arrivals in the process: its place in `stdio` below. */
const ARRIVALS = 4;

export const launchProcess: Launch = ({ execArgv, env }, answered, ended) => {
  const arrivals = arrivalsInProcess(ARRIVALS);
  const child = fork(fileURLToPath(entry), {
    execArgv: execArgv ? [...execArgv] : inheritedFlags(),
    env: environment(env),
    serialization: 'advanced',
    stdio: ['inherit', 'inherit', 'inherit', 'ipc', arrivals.file ?? 'ignore'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  const label = child.pid === undefined ? 'a process that was not started' : `process ${child.pid}`;
  let cause: unknown;
  let exit: { exitCode: number | undefined; signal: string | undefined } | undefined;
  // It is over when it is gone and has been heard to the end, whichever comes first.
  const over = (): void => {
    if (!exit || child.connected || !kills.delete(kill)) return;
    if (kills.size === 0) process.removeListener('exit', killAll);
    ended({ ...exit, cause });
  };
  if (kills.size === 0) process.on('exit', killAll);
  kills.add(kill);
  child.on('message', (answer: Answer) => {
    if (answer?.treadle === 'crashed') cause = unpack(answer.error, label);
    else answered(answer);
  });
  child.on('disconnect', () => {
    // It usually is about to exit. One that has closed the channel and stays is out of reach for ever.
    if (!exit) setTimeout(kill, LAST_MOMENTS).unref();
    over();
  });
  child.on('exit', (code, signal) => {
    exit = { exitCode: code ?? undefined, signal: signal ?? undefined };
    over();
  });
  child.on('error', (error) => {
    cause = error;
    if (child.pid !== undefined) return;
    exit = { exitCode: undefined, signal: undefined }; // it was not even started
    if (child.connected) child.disconnect();
    over();
  });
  return {
    label,
    id: child.pid ?? 0,
    arrivals,
    post: (order) => void child.send(order, () => {}), // the callback: that it is gone is told by 'exit'
    hold(on) {
      if (on) child.ref();
      else child.unref();
      // Bun has a channel without these, and needs none: there the process alone decides.
      const channel: Partial<Pick<NonNullable<typeof child.channel>, 'ref' | 'unref'>> = child.channel ?? {};
      if (on) channel.ref?.();
      else channel.unref?.();
    },
    kill,
  };
};
