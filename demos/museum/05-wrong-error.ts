// asyncio's Condition.wait up to Python 3.12: how it takes the lock again. With an Event in the place of each Future.
import { coroutine, Event, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { AsyncioTask } from './asyncio-task.ts';

export const title = 'a cancellation that loses its reason';
export const project = 'asyncio';
export const history = [
  { name: 'gh-111693', url: 'https://github.com/python/cpython/issues/111693' },
  { name: 'the repair', url: 'https://github.com/python/cpython/pull/111694' },
];
export const story = {
  wanted: `A task waits on a condition, and is cancelled with the reason "shutdown". The reason tells it what to do.`,
  killedBy: `The task was notified. It now waits for the lock, because it must hold the lock again before wait()
    returns. Here the cancellation comes. The error that wait() throws is another one, and has no reason.`,
  because: `The lock must be taken in any case. So a loop caught each cancellation, noted that there had been one, and
    tried again. After the loop it threw a new CancelledError, because it had not kept the old one.`,
  mended: `The loop keeps the error that it caught last, and throws that one (Python 3.13).`,
  inTreadle: `The reason belongs to the task, and not to an error on its way. Whoever joins the task gets a
    CancelledError with that reason. And a clean-up is not cancelled again, so no loop is needed to take the lock.`,
};

function* program(mended: boolean): Coroutine<void> {
  const task = new AsyncioTask(); // "waiter", as asyncio runs it
  const notified = new Event({ name: 'notified' });
  let locked = true; // "notifier" has the lock
  let free = new Event({ name: 'free' });

  function* wait(): Coroutine<void> {
    try {
      yield* task.wait(notified);
    } finally {
      let caught: unknown;
      while (locked) {
        free = new Event({ name: 'free' });
        try {
          yield* task.wait(free);
        } catch (error) {
          caught = error;
        }
      }
      locked = true;
      if (caught) throw mended ? caught : new Error('cancelled'); // mends it
    }
  }
  const waiter = coroutine('waiter', function* () {
    try {
      yield* wait();
    } catch (error) {
      const { message } = error as Error;
      if (message !== 'shutdown') throw new Error(`the reason was "shutdown", and is "${message}" now`);
    }
  });
  const notifier = coroutine('notifier', function* () {
    yield* sleep(10);
    notified.set();
    yield* yieldNow();
    locked = false;
    free.set();
  });
  const stop = coroutine('stop', function* (reason: string) {
    task.cancel(reason);
  });

  yield* spawn(notifier());
  yield* spawn(waiter());
  yield* sleep(10);
  yield* stop('shutdown');
}

export const broken = () => program(false);
export const fixed = () => program(true);
export const find = { strategy: 'pct', seed: 1, runs: 500 } as const;
export const schedule = 't1_1eaygiv_0_1aXaj_a_hiqgz_lm';
