// The program that runs in a worker, thread or process alike. It takes orders, calls exported functions and answers.
// Coroutines run on one event loop, many at once; promises and plain functions beside it. Relies on the kernel, host,
// line, leaving, group-signals, packed-error, context.

import { afterHost, hostActive, reportError } from '#host';
import { goOnAlone } from '../host/deadlock.ts';
import { Effect } from '../kernel/effect.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { DeadlockError } from '../words/errors.ts';
import { show } from '../words/messages.ts';
import { isGenerator } from '../kernel/frame.ts';
import { isPromise } from '../kernel/awaitable.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import type { Task } from '../kernel/task.ts';
import { enterWorker, reports, signals } from './context.ts';
import { askAboutSignals, heed } from './group-signals.ts';
import { crash, leaveByOrder, leaveIfOrphaned, leaveOrphaned } from './leaving.ts';
import { hold, isThread, listen, send } from './line.ts';
import { pack } from './packed-error.ts';
import type { Answer, Call, Order } from './protocol.ts';

/** A call that is not over. */
interface Running {
  readonly call: Call;
  readonly controller: AbortController;
  /** `unfit`: what it has started may still be there, and the worker is of no use. */
  fail(error: unknown, unfit?: boolean): void;
}

const running = new Map<number, Running>();
/** The initializer's end. */
let ready: Promise<unknown> = Promise.resolve();
let broken: Error | undefined;

/** The report of a deadlock is the error of each call whose task it has closed. */
const deadlocks = new WeakMap<Task, unknown>();
const loop = new EventLoop({
  onError(error, where) {
    if (!(error instanceof DeadlockError)) return reportError(error, where);
    for (const task of loop.tasks()) deadlocks.set(task, error);
  },
});

function unsent(what: string, cause: unknown): TypeError {
  return new TypeError(`${what} cannot be sent from a worker: ${(cause as Error).message}`, { cause });
}

/** Calls the function. It is over when one of the two is called, once. */
function perform(
  { module, export: name, args }: Call,
  { signal }: AbortController,
  resolve: (value: unknown) => void,
  reject: (error: unknown) => void,
): void {
  const call = (exports: Record<string, unknown>): void => {
    signal.throwIfAborted();
    if (!(name in exports))
      throw new TypeError(`${module} has no export '${name}'; it has ${Object.keys(exports).join(', ') || 'none'}`);
    const fn = exports[name];
    if (typeof fn !== 'function')
      throw new TypeError(`the export '${name}' of ${module} must be a function, and is ${show(fn)}`);
    const result: unknown = signals.run(signal, () => fn(...args) as unknown);
    if (result instanceof Effect || isGenerator(result)) {
      const task = loop.createTask(result as Coroutine<unknown>, { name });
      signal.addEventListener('abort', () => task.cancel(signal.reason));
      task.addDoneCallback(() => {
        const error = task.error();
        if (task.state === 'succeeded') resolve(task.result());
        else if (task.state === 'failed') reject(error);
        else reject(signal.aborted ? signal.reason : (deadlocks.get(task) ?? error));
      });
    } else if (isPromise(result)) result.then(resolve, reject);
    else if (Symbol.asyncIterator in Object(result))
      throw new TypeError(
        `${name} must be a coroutine, a plain or a promise-returning function, and gave ${show(result)}`,
      );
    else resolve(result);
  };
  import(module).then(call).then(undefined, reject);
}

const failure = (id: number, { aborted }: AbortSignal, error: unknown, unfit = false): Answer => ({
  treadle: 'error',
  id,
  error: pack(error),
  aborted,
  unfit,
});

function run(id: number, call: Call, progress: boolean): void {
  const controller = new AbortController();
  const { signal } = controller;
  const resolve = (value: unknown): void => {
    if (!over(id)) return;
    try {
      send({ treadle: 'value', id, value });
    } catch (cause) {
      send(failure(id, signal, unsent(`the result of ${call.export}`, cause)));
    }
  };
  const fail = (error: unknown, unfit = false): void => {
    if (!over(id)) return;
    const heeded = signal.aborted && (error === signal.reason || (error as Error | undefined)?.name === 'AbortError');
    send(heeded ? { treadle: 'cancelled', id } : failure(id, signal, error, unfit));
  };
  const report = (value: unknown): void => {
    if (running.get(id)?.controller !== controller) return;
    try {
      send({ treadle: 'progress', id, value });
    } catch (cause) {
      throw unsent(`progress(${show(value)})`, cause);
    }
  };
  const start = (): void => {
    if (broken) fail(broken, true);
    else if (progress) reports.run(report, () => perform(call, controller, resolve, fail));
    else perform(call, controller, resolve, fail);
  };
  running.set(id, { call, controller, fail });
  void ready.then(start);
}

/** False when it was over before. */
function over(id: number): boolean {
  const was = running.delete(id);
  breaks = 0;
  if (running.size === 0) {
    hold(true);
    queueMicrotask(leaveIfOrphaned); // when its answer was given
  }
  return was;
}

function start(initializer: Call | undefined): void {
  if (!initializer) return;
  ready = new Promise((resolve, reject) => perform(initializer, new AbortController(), resolve, reject)).then(
    undefined,
    (cause) => {
      broken = new Error(
        `the initializer ${initializer.export} failed: ${cause instanceof Error ? cause.message : show(cause)}`,
        { cause },
      );
    },
  );
}

function cancel(id: number, reason: unknown): void {
  running.get(id)?.controller.abort(reason);
  send({ treadle: 'heard', id });
}

// ---- Deadlocks (stuck.ts)

/** How many orders it was given, so that the program knows whether it got them before it was stuck. */
let orders = 0;
/** How often a deadlock was broken since a call was over. Clean-ups can wait for each other, too. */
let breaks = 0;
const MOST_BREAKS = 3;

/** Node has nothing left to do, and the line does not keep the worker alive: there are calls. */
function onBeforeExit(): void {
  if (running.size === 0) return;
  hostActive(); // the engine must not break a deadlock that the program can still end
  hold(true);
  send({ treadle: 'stuck', orders });
}

function breakDeadlock(): void {
  const stuck = breaks++ < MOST_BREAKS ? goOnAlone() : undefined;
  if (stuck) return afterHost(stuck._turn);
  for (const { call, fail } of [...running.values()]) {
    const error = new DeadlockError(`${call.export} waits for a promise, and nothing is left that could settle it`);
    error.stack = `${error}`; // where this was found out helps nobody
    fail(error, true);
  }
}

// ---- Orders

function receive(order: Order | undefined): void {
  switch (order?.treadle) {
    case undefined:
      return; // a message of the user's own
    case 'signal':
      return heed(order.signal);
    case 'start':
      start(order.initializer);
      break;
    case 'run':
      run(order.id, order.call, order.progress);
      break;
    case 'cancel':
      cancel(order.id, order.reason);
      break;
    case 'break':
      breakDeadlock();
      break;
    case 'end':
      leaveByOrder();
  }
  orders++;
  hold(running.size === 0);
}

enterWorker(loop, crash);
loop.runForever();
process.prependListener('beforeExit', onBeforeExit); // before the engine's own
listen(receive);
if (!isThread) {
  process.on('disconnect', () => {
    leaveOrphaned([...running.values()].map(({ controller }) => controller));
    if (running.size === 0) leaveIfOrphaned();
  });
  askAboutSignals();
  process.on('uncaughtException', (error) => {
    if (process.listenerCount('uncaughtException') > 1) return; // somebody else knows what to do
    crash(error);
  });
}
