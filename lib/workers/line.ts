// The line between a worker and its program, as the worker sees it: orders come in, answers go out. Threads have a port,
// processes a channel. Relies on protocol, node:worker_threads.

import { parentPort } from 'node:worker_threads';
import type { Answer, Order } from './protocol.ts';

export const isThread = parentPort !== null;

/** Throws when the answer cannot be cloned. `sent` is called when it is on its way, or the line is cut. */
export function send(answer: Answer, sent = (): void => {}): void {
  if (parentPort) {
    parentPort.postMessage(answer);
    sent();
  } else if (process.connected)
    // Without the callback a channel that is closed meanwhile would be an uncaught error.
    process.send?.(answer, undefined, undefined, sent);
  else sent();
}

/** From now on the line keeps the worker alive. */
export function listen(receive: (order: Order | undefined) => void): void {
  if (parentPort) parentPort.on('message', receive);
  else process.on('message', receive);
}

/**
 * Whether the line keeps the worker alive. It does while the worker is idle. It does not while there are calls: then
 * Node tells when nothing is left that could make them go on.
 */
export function hold(on: boolean): void {
  // Bun has a channel without these.
  const line: { ref?(): void; unref?(): void } = parentPort ?? process.channel ?? {};
  if (on) line.ref?.();
  else line.unref?.();
}
