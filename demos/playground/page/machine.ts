// The machine that runs the reader's code: a worker, which is ended when it does not answer in time. Relies on treadle.
import { coroutine, suspend, timeout, TimeoutError } from 'treadle';
import type { Answer, FindAnswer, FindRequest, FromWorker, RunAnswer, RunRequest, ToWorker } from '../run/request.ts';
import { byId } from './dom.ts';
import { LIMITS } from './limits.ts';

let worker: Worker | undefined;
let asked = 0;

/** The worker runs the very script of this page, which finds no document there (main.ts). So the page is one file. */
function makeWorker(): Worker {
  const url = URL.createObjectURL(new Blob([byId('program').textContent!], { type: 'text/javascript' }));
  const made = new Worker(url);
  made.addEventListener('message', () => URL.revokeObjectURL(url), { once: true });
  return made;
}

/** Has the worker loaded before it is needed: that takes longer than most programs run. */
export const warmUp = (): Worker => (worker ??= makeWorker());

function end(): void {
  worker?.terminate();
  worker = undefined;
}

/** Sends the request, and waits for the answer. Whoever is cancelled meanwhile leaves no worker that goes on. */
const answerOf = (request: RunRequest | FindRequest) =>
  suspend<Answer>((resume, fail) => {
    const id = ++asked;
    const using = warmUp();
    using.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.id !== id) return;
      resume(data.answer);
      if (data.isSpoilt) end(); // the program has changed built-in things: the next one gets a worker of its own
    };
    using.onerror = ({ message }) => {
      end();
      fail(new Error(message || 'the worker could not be started'));
    };
    using.postMessage({ id, request } satisfies ToWorker);
    return end;
  });

/** The answer, or `undefined` if the program did not end in time and its worker had to be ended. */
const askWithin = coroutine('askWithin', function* (request: RunRequest | FindRequest) {
  try {
    return yield* timeout(LIMITS[request.kind], answerOf(request));
  } catch (error) {
    if (error instanceof TimeoutError) return undefined;
    throw error;
  }
});

export const askToRun = coroutine('askToRun', function* (request: RunRequest) {
  return (yield* askWithin(request)) as RunAnswer | undefined;
});

export const askToFind = coroutine('askToFind', function* (request: FindRequest) {
  return (yield* askWithin(request)) as FindAnswer | undefined;
});
