// The machine in a worker: each message is a request, and gets one answer. A program that never ends keeps the worker
// from answering. It is up to the page to end it then, and to start another one. Relies on answer.

import { answer } from './answer.ts';
import type { FromWorker, ToWorker } from './request.ts';

/** What the global object of a worker has. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
}

export function serve(scope: WorkerScope): void {
  scope.onmessage = ({ data: { id, request } }) => scope.postMessage({ id, answer: answer(request) });
}
