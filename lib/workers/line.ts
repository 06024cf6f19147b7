// The line between a worker and its program, as the worker sees it: orders come in, answers go out. Threads have a
// port, processes a channel. Relies on protocol, short-form, when-needed, wire, node:worker_threads.

import { parentPort, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort, Transferable } from 'node:worker_threads';
import type { Answer, Order } from './protocol.ts';
import { LongOrders, shortAnswer } from './short-form.ts';
import { net } from './when-needed.ts';
import { hasPipe, PIPE, Wire } from './wire.ts';

export const isThread = parentPort !== null;

const orders = new LongOrders();
let receiveOrder: (order: Order | undefined) => void = () => {};

const wire: Wire = new Wire(
  // Without the callback a channel that is closed meanwhile would be an uncaught error.
  (message, sent) => process.send?.(message, undefined, undefined, sent),
  (message) => {
    const order = orders.read(message);
    if (order?.treadle === 'start') wire.key = order.key ?? 0;
    receiveOrder(order);
  },
  () => (hasPipe ? new (net().Socket)({ fd: PIPE, readable: true, writable: true }).unref() : undefined),
);

/**
 * Throws when the answer cannot be cloned. `sent` is called when it is on its way, or the line is cut. What is to be
 * transferred is handed over, if this is a thread.
 */
export function send(answer: Answer, sent?: () => void, transfers?: Iterable<object>): void {
  if (parentPort) {
    parentPort.postMessage(shortAnswer(answer), transfers && ([...transfers] as Transferable[]));
    sent?.();
  } else if (process.connected) wire.post(shortAnswer(answer), sent, sent !== undefined);
  else sent?.();
}

const received = (message: unknown): void => (parentPort ? receiveOrder(orders.read(message)) : wire.received(message));

/** From now on the line keeps the worker alive. */
export function listen(receive: (order: Order | undefined) => void): void {
  receiveOrder = receive;
  listenAgain();
  parentPort?.on('messageerror', () => receive({ treadle: 'unreadable' }));
  // Code of the user's has closed it. That of a process is watched by the program, which ends the worker.
  parentPort?.on('close', () => process.exit());
  // A thread is started for a call, whose orders have come by now. Node would bring them a turn later, and the first
  // call of a thread would take 1 ms more of 31.
  if (parentPort) for (let first; (first = waitingAt(parentPort));) received(first.message);
}

function waitingAt(port: MessagePort): { readonly message: unknown } | undefined {
  try {
    return receiveMessageOnPort(port);
  } catch {
    return { message: { treadle: 'unreadable' } };
  }
}

/** Code of the user's can remove all listeners, and then the worker would hear of no other call. */
function listenAgain(): void {
  const line = parentPort ?? process;
  if (line.listenerCount('message') === 0) line.on('message', received);
}

let held = true;

/**
 * Whether the line keeps the worker alive. It does while the worker is idle. It does not while there are calls: then
 * Node tells when nothing is left that could make them go on.
 */
export function hold(on: boolean): void {
  if (on) listenAgain();
  if (on === held) return; // most calls end in the turn in which they came
  held = on;
  // Bun has a channel without these.
  const line: { ref?(): void; unref?(): void } = parentPort ?? process.channel ?? {};
  if (on) line.ref?.();
  else line.unref?.();
}
