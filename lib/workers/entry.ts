// The program that runs in a worker, thread or process alike. It takes orders, calls exported functions and answers.
// Relies on perform, protocol, packed-error, context and Node.

import { parentPort } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import { show } from '../words/messages.ts';
import { noteArrivals } from './arrivals.ts';
import { enterWorker, reports } from './context.ts';
import { withoutRefused } from './call-each.ts';
import type { ItemOutcome } from './outcomes.ts';
import { pack } from './packed-error.ts';
import { perform } from './perform.ts';
import type { Answer, Call, Order } from './protocol.ts';
import { transfersOf } from './transfer.ts';
import { refusedValue, unsendableValue } from './unsendable.ts';

const kind = parentPort ? 'thread' : 'process';

/** The calls that are not over. */
const running = new Map<number, AbortController>();
/** The initializer's end. */
let ready: Promise<unknown> = Promise.resolve();
let broken: Error | undefined;
let noteArrival: () => void;

function send(answer: Answer, transfers?: Iterable<object>): void {
  if (parentPort) parentPort.postMessage(answer, transfers && ([...transfers] as Transferable[]));
  // Without the callback a closed channel would be an uncaught error.
  else process.send?.(answer, undefined, undefined, () => {});
}

function run(id: number, call: Call, progress: boolean): void {
  const controller = new AbortController();
  const { signal } = controller;
  running.set(id, controller);
  const resolve = (value: unknown): void => {
    running.delete(id);
    const what = () => `the result of ${call.export}`;
    const unsendable = call.each ? undefined : unsendableValue(what, value, kind); // a chunk has looked at each
    if (unsendable) return fail(unsendable);
    try {
      send({ treadle: 'value', id, value }, transfersOf([value]));
    } catch (cause) {
      if (!call.each) fail(refusedValue(what, kind, cause));
      else send({ treadle: 'value', id, value: withoutRefused(value as ItemOutcome[], call.export, kind, cause) });
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
    const what = () => `progress(${show(value)})`;
    const unsendable = unsendableValue(what, value, kind);
    if (unsendable) throw unsendable;
    try {
      send({ treadle: 'progress', id, value }, transfersOf([value]));
    } catch (cause) {
      throw refusedValue(what, kind, cause);
    }
  };
  const start = (): void => {
    if (broken) fail(broken, true);
    else if (progress) reports.run(report, () => perform(call, kind, signal, resolve, fail));
    else perform(call, kind, signal, resolve, fail);
  };
  void ready.then(start);
}

function start(initializer: Call | undefined): void {
  if (!initializer) return;
  ready = new Promise((resolve, reject) =>
    perform(initializer, kind, new AbortController().signal, resolve, reject),
  ).then(undefined, (cause) => {
    broken = new Error(
      `the initializer ${initializer.export} failed: ${cause instanceof Error ? cause.message : show(cause)}`,
      { cause },
    );
  });
}

function receive(order: Order | undefined): void {
  if (order?.treadle === 'start') {
    noteArrival = noteArrivals(order.arrivals);
    start(order.initializer);
  } else if (order?.treadle === 'run') {
    noteArrival();
    run(order.id, order.call, order.progress);
  } else if (order?.treadle === 'cancel') running.get(order.id)?.abort(order.reason);
  // 'exit' listeners run; open handles of the user's do not hold it up.
  else if (order?.treadle === 'end') process.exit();
}

enterWorker();
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
