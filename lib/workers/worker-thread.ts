// A worker that is a thread. Node tells of its end after its last message. Relies on ahead, arrivals, flags,
// short-form, worker.

import { Worker as Thread } from 'node:worker_threads';
import type { Transferable, WorkerOptions } from 'node:worker_threads';
import { Ahead } from './ahead.ts';
import { arrivalsInThread } from './arrivals.ts';
import { flagsForThread, withoutRefused } from './flags.ts';
import { ShortOrders } from './short-form.ts';
import { entry, environment } from './worker.ts';
import type { Launch } from './worker.ts';

export const launchThread: Launch = ({ execArgv, env, resourceLimits }, answered, ended) => {
  const options = { env: environment(env), ...(resourceLimits && { resourceLimits }) };
  const thread = execArgv ? new Thread(entry, { ...options, execArgv: [...execArgv] }) : startLikeProgram(options);
  const id = thread.threadId;
  const orders = new ShortOrders((message, transfers) =>
    thread.postMessage(message, transfers && ([...transfers] as Transferable[])),
  );
  let cause: unknown;
  thread.on('message', answered);
  thread.on('error', (error) => {
    cause = error;
  });
  thread.on('messageerror', (error) => {
    cause = error;
    void thread.terminate();
  });
  thread.on('exit', (exitCode) => ended({ exitCode, cause }));
  return {
    label: `thread ${id}`,
    id,
    arrivals: arrivalsInThread(),
    ahead: new Ahead(),
    post: (order, transfers) => orders.post(order, transfers),
    hold: (on) => (on ? thread.ref() : thread.unref()),
    kill: () => void thread.terminate(),
  };
};

/** With those of the program's flags that a thread can have. */
function startLikeProgram(options: WorkerOptions, flags = flagsForThread()): Thread {
  try {
    return new Thread(entry, { ...options, execArgv: flags });
  } catch (error) {
    const fewer = withoutRefused(flags, error);
    if (fewer.length === flags.length) throw error;
    return startLikeProgram(options, fewer);
  }
}
