// A worker that is a thread. Node tells of its end after its last message. Relies on arrivals, worker.

import { Worker as Thread } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import { arrivalsInThread } from './arrivals.ts';
import type { Answer } from './protocol.ts';
import { entry, environment, inheritedFlags } from './worker.ts';
import type { Launch } from './worker.ts';

/** The beginnings of the flags that a thread can have of its own. */
const forThreads =
  'import|require|loader|experimental|conditions|no-|enable-source-maps|' +
  'trace-|throw-|unhandled-|preserve-|disable-warning';
/** The others; given as `execArgv`, they would be an error. */
const onlyProcesses = new RegExp(`^--(?!${forThreads})`);

export const launchThread: Launch = ({ execArgv, env, resourceLimits }, answered, ended) => {
  const thread = new Thread(entry, {
    execArgv: execArgv ? [...execArgv] : inheritedFlags().filter((flag) => !onlyProcesses.test(flag)),
    env: environment(env),
    ...(resourceLimits && { resourceLimits }),
  });
  const id = thread.threadId;
  let cause: unknown;
  thread.on('message', (answer: Answer) => answered(answer));
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
    post: (order, transfers) => thread.postMessage(order, transfers && ([...transfers] as Transferable[])),
    hold: (on) => (on ? thread.ref() : thread.unref()),
    kill: () => void thread.terminate(),
  };
};
