// A worker that is a process. Relies on arrivals, flags, group-signals, orphans, short-form, wire, worker.

import { fork } from 'node:child_process';
import type { ChildProcess, SendHandle } from 'node:child_process';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { arrivalsInProcess } from './arrivals.ts';
import type { Arrivals } from './arrivals.ts';
import { inheritedFlags } from './flags.ts';
import { signalsOf } from './group-signals.ts';
import { killIfOrphaned } from './orphans.ts';
import { ShortOrders } from './short-form.ts';
import { entry, environment } from './worker.ts';
import type { Launch } from './worker.ts';
import { hasPipe, PIPE, Wire } from './wire.ts';

/** The ends of those that run: a program that ends at once, with `process.exit`, takes them along. */
const endings = new Set<() => void>();
const endAll = (): void => endings.forEach((end) => end());

/** How long a process may take from its last word to its end. */
const LAST_MOMENTS = 1_000;

/** The number of the file of its arrivals in the process: its place in `stdio` below. */
const ARRIVALS = 4;

export const launchProcess: Launch = ({ execArgv, env }, answered, ended) => {
  const arrivals = arrivalsInProcess(ARRIVALS);
  const child = start(execArgv ?? inheritedFlags(), environment(env), arrivals);
  const { pid } = child;
  const pipe = (child.stdio as readonly unknown[])[PIPE] as Socket | null | undefined;
  const key = Math.random();
  const wire = new Wire(
    (message, sent) => void child.send(message as object, sent), // that it is gone is told by 'exit'
    answered,
    () => pipe ?? undefined,
    key,
  );
  const orders = new ShortOrders((message) => wire.post(message));
  pipe?.unref();
  const kill = (): void => void child.kill('SIGKILL');
  const signals = signalsOf((order) => wire.post(order));
  const spare = pid === undefined ? () => {} : killIfOrphaned(pid);
  const end = (): void => {
    kill();
    spare();
  };
  let cause: unknown;
  let exit: { exitCode: number | undefined; signal: string | undefined } | undefined;
  // It is over when it is gone and has been heard to the end, whichever comes first.
  const over = (): void => {
    if (!exit || child.connected || wire.isWaiting || !endings.delete(end)) return;
    if (endings.size === 0) process.removeListener('exit', endAll);
    signals.end();
    ended({ ...exit, cause });
  };
  if (endings.size === 0) process.on('exit', endAll);
  endings.add(end);
  child.prependListener('internalMessage', disarm);
  child.on('message', (message, handle) => {
    close(handle);
    wire.received(message);
  });
  pipe?.on('close', () => {
    wire.cut();
    over();
  });
  child.on('disconnect', () => {
    // It usually is about to exit. One that has closed the channel and stays is out of reach for ever.
    if (!exit) setTimeout(kill, LAST_MOMENTS).unref();
    over();
  });
  child.on('exit', (code, signal) => {
    exit = { exitCode: code ?? undefined, signal: signal ?? undefined };
    spare();
    over();
  });
  child.on('error', (error) => {
    cause = error;
    if (pid !== undefined) return;
    exit = { exitCode: undefined, signal: undefined }; // it was not even started
    if (child.connected) child.disconnect();
    over();
  });
  return {
    label: pid === undefined ? 'a process that was not started' : `process ${pid}`,
    id: pid ?? 0,
    arrivals,
    key,
    post: (order) => orders.post(order),
    hold(on) {
      if (on) child.ref();
      else child.unref();
      // Bun has a channel without these, and needs none: there the process alone decides.
      const channel: Partial<Pick<NonNullable<typeof child.channel>, 'ref' | 'unref'>> = child.channel ?? {};
      if (on) channel.ref?.();
      else channel.unref?.();
    },
    kill,
    gotSignal: signals.answer,
  };
};

function start(execArgv: readonly string[], env: NodeJS.ProcessEnv, arrivals: Arrivals): ChildProcess {
  try {
    return fork(fileURLToPath(entry), {
      execArgv: [...execArgv],
      env,
      serialization: 'json',
      // The program's stdin is the program's: a worker that read it would take lines away from it.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', arrivals.file ?? 'ignore', hasPipe ? 'pipe' : 'ignore'],
    });
  } catch (error) {
    arrivals.read(); // which closes the file
    throw error;
  }
}

/** Code of the user's can send a socket along. Nobody here wants it, and open it would keep the program alive. */
function close(handle: SendHandle | undefined): void {
  if (handle === undefined || handle === null) return;
  if ('destroy' in handle) handle.destroy();
  else if ('close' in handle) handle.close();
}

/**
 * Node confirms by messages of its own that it has received a handle, and ends the program if there was none. Workers
 * are sent none, so what confirms one was forged.
 */
function disarm(message: { cmd?: unknown }): void {
  if (/^NODE_HANDLE_N?ACK$/.test(String(message.cmd))) delete message.cmd;
}
