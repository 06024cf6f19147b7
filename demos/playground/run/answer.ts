// The machine of the playground, in one function: a request comes in, and its answer goes out. It is the same in Node
// and in a worker of a page. Relies on translate, session, follow and find.

import { find } from './find.ts';
import { withFaults } from './follow.ts';
import type { Answer, FindAnswer, FindRequest, Request, RunAnswer, RunRequest } from './request.ts';
import { Session } from './session.ts';
import { translate } from './translate.ts';

export function answer(request: RunRequest): RunAnswer;
export function answer(request: FindRequest): FindAnswer;
export function answer(request: Request): Answer;
export function answer(request: Request): Answer {
  const translated = translate(request.code);
  if ('error' in translated) {
    const { error } = translated;
    if (request.kind === 'find') return { kind: 'find', error, runs: 0, complete: false, found: undefined };
    return { kind: 'run', log: undefined, error, ended: undefined, output: '', requests: 0, timers: 0 };
  }
  const { script } = translated;
  if (request.kind === 'find') return find(script, request);
  const { schedule, faults = [] } = request;
  if (schedule === undefined || faults.length === 0) return new Session(script, request).run();
  const first = new Session(script, { ...request, faults: [] }).run();
  return first.log ? new Session(script, withFaults(request, first.log.events)).run() : first;
}
