// The program that runs in a worker, thread or process alike. It takes orders, calls exported functions and
// answers. Coroutines run on one event loop, many at a time; promises and plain functions beside it.
// Relies on the kernel, protocol, packed-error, context and Node.

import { parentPort } from 'node:worker_threads';
import { Effect } from '../kernel/effect.ts';
import { EventLoop } from '../loop/event-loop.ts';
import { show } from '../words/messages.ts';
import { isGenerator } from '../kernel/frame.ts';
import { isPromise } from '../kernel/awaitable.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { enterWorker, reports, signals } from './context.ts';
import { pack } from './packed-error.ts';
import type { Answer, Call, Order } from './protocol.ts';

const loop = new EventLoop();

/** The calls that are not over. */
const running = new Map<number, AbortController>();
/** The initializer's end. */
let ready: Promise<unknown> = Promise.resolve();
let broken: Error | undefined;

function send(answer: Answer): void {
  if (parentPort) parentPort.postMessage(answer);
  // Without the callback a closed channel would be an uncaught error.
  else process.send?.(answer, undefined, undefined, () => {});
}

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
        else reject(task.state === 'cancelled' && signal.aborted ? signal.reason : error);
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

function run(id: number, call: Call, progress: boolean): void {
  const controller = new AbortController();
  const { signal } = controller;
  running.set(id, controller);
  const resolve = (value: unknown): void => {
    running.delete(id);
    try {
      send({ treadle: 'value', id, value });
    } catch (cause) {
      fail(unsent(`the result of ${call.export}`, cause));
    }
  };
  const fail = (error: unknown, unfit = false): void => {
    running.delete(id);
    const heeded = signal.aborted && (error === signal.reason || (error as Error | undefined)?.name === 'AbortError');
    send(
      heeded ?
        { treadle: 'cancelled', id }
      : { treadle: 'error', id, error: pack(error), aborted: signal.aborted, unfit },
    );
  };
  const report = (value: unknown): void => {
    if (running.get(id) !== controller) return;
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
  void ready.then(start);
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

function receive(order: Order | undefined): void {
  if (order?.treadle === 'start') start(order.initializer);
  else if (order?.treadle === 'run') run(order.id, order.call, order.progress);
  else if (order?.treadle === 'cancel') running.get(order.id)?.abort(order.reason);
  // 'exit' listeners run; open handles of the user's do not hold it up.
  else if (order?.treadle === 'end') process.exit();
}

enterWorker();
loop.runForever();
if (parentPort) parentPort.on('message', receive);
else {
  process.on('message', receive);
  process.on('disconnect', () => process.exit()); // the program is gone
  process.on('SIGINT', () => {}); // Ctrl-C reaches the whole group: what becomes of the calls is the program's business
  process.on('uncaughtException', (error) => {
    if (process.listenerCount('uncaughtException') > 1) return; // somebody else knows what to do
    if (!process.connected) process.exit(1);
    process.send?.({ treadle: 'crashed', error: pack(error) } satisfies Answer, undefined, undefined, () =>
      process.exit(1),
    );
  });
}
