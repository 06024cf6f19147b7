// asyncio's wait_for of Python 3.9 to 3.11, without its time limit, which plays no part in this.
import { coroutine, Event, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { AsyncioTask, Cancelled } from './asyncio-task.ts';

export const title = 'a cancelled task that goes on';
export const project = 'asyncio';
export const history = [
  { name: 'gh-86296', url: 'https://github.com/python/cpython/issues/86296' },
  { name: 'bpo-37658', url: 'https://bugs.python.org/issue37658' },
  { name: 'bpo-32751', url: 'https://bugs.python.org/issue32751' },
  { name: 'a program that hangs by it', url: 'https://github.com/python/cpython/issues/87555' },
];
export const story = {
  wanted: `A service answers one request after the other, and gives each a time limit with wait_for(request). When the
    program ends, the service is cancelled.`,
  killedBy: `The answer to a request arrives, which wakes the service. Before the service gets its turn, it is
    cancelled. wait_for catches the cancellation, finds the answer, and returns it. The service goes on to the next
    request, and nobody cancels it again.`,
  because: `In Python a cancellation is an error that is thrown once, at the await. Any code in between may catch it.
    Here it was caught by a function that had something better to return.`,
  mended: `In three directions. Python 3.7 made wait_for wait for the clean-up of what it cancels (bpo-32751). In
    2020 it learned to return a result that was there, so that none is lost (bpo-37658), and that hid the
    cancellation. Python 3.12 wrote it anew on asyncio.timeout, which lets a cancellation through.`,
  inTreadle: `A cancellation is not an error. The kernel closes the frames with return(), one by one, and no catch
    block sees that. timeout() is a scope on the task's own stack, so there is no result that it must carry from one
    task to another.`,
};

function* program(mended: boolean): Coroutine<void> {
  const task = new AsyncioTask(); // the service, as asyncio runs it
  const answered = new Event({ name: 'answered' });

  function* waitFor(answer: Event): Coroutine<void> {
    const waiter = new Event({ name: 'waiter' });
    const request = coroutine('request', function* () {
      yield* answer.wait();
      waiter.set();
    });
    yield* spawn(request(), { daemon: true });
    try {
      yield* task.wait(waiter);
    } catch (error) {
      if (mended || !answer.isSet) throw error; // mends it
    }
  }
  const service = coroutine('service', function* () {
    try {
      yield* waitFor(answered);
      yield* waitFor(new Event({ name: 'next' }));
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
    }
  });
  const stop = coroutine('stop', function* () {
    task.cancel('the program ends');
  });

  yield* spawn(service());
  yield* sleep(10);
  answered.set();
  for (let turn = 1; turn <= 3; turn++) yield* yieldNow(); // the service goes on, in the usual order
  yield* stop();
}

export const broken = () => program(false);
export const fixed = () => program(true);
export const find = { strategy: 'random', seed: 1, runs: 500 } as const;
export const schedule = 't1_1eaygiv_0_aMaM_f_fJl1LF61_wc';
