// asyncio's Lock up to Python 3.6.1, with an Event in the place of each Future.
import { coroutine, Event, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { stop } from './stop.ts';

export const title = 'a free lock, and a task that waits for it';
export const project = 'asyncio';
export const history = [
  { name: 'bpo-27585', url: 'https://bugs.python.org/issue27585' },
  { name: 'the first repair, of 2016', url: 'https://github.com/python/asyncio/pull/393' },
  { name: 'the second repair, of 2017', url: 'https://github.com/python/cpython/pull/1031' },
];
export const story = {
  wanted: `"holder" has a lock. "hasty" and "patient" wait for it, and "hasty" may be cancelled.`,
  killedBy: `"holder" releases the lock, which wakes "hasty". Before "hasty" gets its turn, it is cancelled. The lock
    is free, and "patient" waits for ever.`,
  because: `release() does not give the lock to anybody. It marks the lock as free and wakes the first waiter, which
    takes the lock in its own turn. If that turn never comes, nobody is left to wake the second waiter.`,
  mended: `The first repair made release() skip waiters that had already been cancelled. The second one, ten months
    later, covered the other order: a waiter that is cancelled after it was woken wakes the next one, if the lock is
    free.`,
  inTreadle: `release() hands the lock over: the next waiter owns it from that moment, before it has run. If it is
    cancelled before its turn, the kernel hands the lock to the waiter behind it.`,
};

function* program(mended: boolean): Coroutine<void> {
  let locked = true; // "holder" has it
  const waiters: Event[] = [];

  function* acquire(): Coroutine<void> {
    if (locked || waiters.length > 0) {
      const turn = new Event({ name: 'turn' });
      waiters.push(turn);
      try {
        yield* turn.wait();
        locked = true;
      } finally {
        waiters.splice(waiters.indexOf(turn), 1);
        if (mended && !locked) waiters[0]?.set(); // mends it
      }
    }
    locked = true;
  }
  const release = coroutine('release', function* () {
    locked = false;
    waiters[0]?.set();
  });
  const holder = coroutine('holder', function* () {
    yield* sleep(10);
    yield* release();
  });
  const user = coroutine('user', function* () {
    yield* acquire();
    yield* release();
  });

  yield* spawn(holder());
  const hasty = yield* spawn(user(), { name: 'hasty' });
  yield* spawn(user(), { name: 'patient' });
  yield* sleep(10);
  for (let turn = 1; turn <= 2; turn++) yield* yieldNow(); // "hasty" has the lock now, in the usual order
  yield* stop(hasty, 'too slow');
}

export const broken = () => program(false);
export const fixed = () => program(true);
export const find = { strategy: 'exhaustive', seed: 1, runs: 500 } as const;
export const schedule = 't1_1_0_3aM_c_1kyLBC_HV';
