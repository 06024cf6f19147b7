// What a worker needs the engine for: the coroutines that are called run on its event loop, and a deadlock may be one
// of theirs. Only engine.ts imports this. Relies on the kernel, host, loop, worker-state.

import { afterHost, hostActive, reportError } from '#host';
import { goOnAlone } from '../host/deadlock.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { isGenerator } from '../kernel/frame.ts';
import type { Task } from '../kernel/task.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { DeadlockError } from '../words/errors.ts';
import type { CallSignal } from './call-signal.ts';
import { workerState } from './worker-state.ts';

/** The report of a deadlock is the error of each call whose task it has closed. */
const deadlocks = new WeakMap<Task, unknown>();

/** All coroutines of the worker run on it. */
const loop: EventLoop = new EventLoop({
  onError(error, where) {
    if (!(error instanceof DeadlockError)) return reportError(error, where);
    for (const task of loop.tasks()) deadlocks.set(task, error);
  },
});
workerState().loop = loop;
loop.runForever();

export function isCoroutine(result: unknown): result is Coroutine<unknown> {
  return result instanceof Effect || isGenerator(result);
}

/** It is over when one of the two is called, once. An aborted signal asks it to end. */
export function runCoroutine(
  work: Coroutine<unknown>,
  name: string,
  signal: CallSignal,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  const task = loop.createTask(work, { name });
  signal.onAbort = () => task.cancel(signal.reason);
  task.addDoneCallback(() => {
    signal.onAbort = undefined; // another item of a chunk has the same signal
    const error = task.error();
    if (task.state === 'succeeded') resolve(task.result());
    else if (task.state === 'failed') reject(error);
    else reject(signal.aborted ? signal.reason : (deadlocks.get(task) ?? error));
  });
}

// ---- Deadlocks

/** Nothing is left in the worker that could make its calls go on. A deadlock of its tasks is none before `goOn`. */
export const waitForProgram: () => void = hostActive;

/** The program could not help: a loop goes on by itself, or its tasks get a DeadlockError. False if there is none. */
export function goOn(): boolean {
  const stuck = goOnAlone();
  if (stuck) afterHost(stuck._turn);
  return stuck !== undefined;
}

/** The error of a call that no task waits for. */
export function deadlockOf(name: string): DeadlockError {
  const error = new DeadlockError(`${name} waits for a promise, and nothing is left that could settle it`);
  error.stack = `${error}`; // where this was found out helps nobody
  return error;
}
