// The machine in a worker: each message is a request, and gets one answer. A program that never ends keeps the worker
// from answering, and one that changes what is built in may spoil it. It is up to the page to end the worker then, and to
// start another one. Relies on answer and built-ins.

import { answer } from './answer.ts';
import { watchBuiltIns } from './built-ins.ts';
import type { Answer, FromWorker, Request, ToWorker } from './request.ts';
import { show } from './show.ts';

/** What the global object of a worker has. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker): void;
}

export function serve(scope: WorkerScope): void {
  const isSpoilt = watchBuiltIns();
  scope.onmessage = ({ data: { id, request } }) => {
    const message = { id, answer: answerAnyway(request) };
    scope.postMessage(isSpoilt() ? { ...message, isSpoilt: true } : message);
  };
}

/** The machine answers whatever it is asked, unless a program has taken its tools away. */
function answerAnyway(request: Request): Answer {
  try {
    return answer(request);
  } catch (thrown) {
    const message = `The program has changed what is built in, and cannot be shown: ${show(thrown)}.`;
    const error = { kind: 'load', message } as const;
    if (request.kind === 'find') return { kind: 'find', error, runs: 0, complete: false, found: undefined };
    return { kind: 'run', log: undefined, error, ended: undefined, output: '', requests: 0, timers: 0 };
  }
}
