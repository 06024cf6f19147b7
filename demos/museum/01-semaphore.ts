// asyncio's Semaphore of Python 3.10, with an Event in the place of each Future.
import { coroutine, Event, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { stop } from './stop.ts';

export const title = 'a free permit that nobody can take';
export const project = 'asyncio';
export const history = [
  { name: 'gh-90155, which was bpo-45997', url: 'https://github.com/python/cpython/issues/90155' },
  { name: 'the repair', url: 'https://github.com/python/cpython/pull/93222' },
  { name: 'a relative of 2015', url: 'https://github.com/python/asyncio/issues/270' },
];
export const story = {
  wanted: `A semaphore has one permit, and three tasks want it. "holder" has it. "hasty" waits for it and may be
    cancelled. "late" comes when the others are done.`,
  killedBy: `"holder" releases the permit, which wakes "hasty". Before "hasty" gets its turn, it is cancelled. Then
    "late" asks for the permit and waits for ever, although the permit is free.`,
  because: `A release leaves a mark: a task was woken, so nobody else may take the permit. The woken task clears the
    mark when its wait is over. A cancelled task never reaches that line, so the mark stays.`,
  mended: `The mark was added in March 2022, to keep tasks from overtaking each other. Then users found semaphores
    that were stuck: the mark was set, and nobody was waiting. Today a release gives the permit itself to the waiter,
    and a waiter that is cancelled gives it back and wakes the next one.`,
  inTreadle: `A released permit belongs to the next waiter from that moment. If that waiter is cancelled before its
    turn, the kernel hands the permit on. There is no mark that a task could forget to clear.`,
};

function* program(mended: boolean): Coroutine<void> {
  let permits = 0; // "holder" has the only one
  let someoneWasWoken = false; // and has not had its turn yet: nobody may slip in before it
  const waiters: Event[] = [];

  function* acquire(): Coroutine<void> {
    while (someoneWasWoken || permits === 0) {
      const turn = new Event({ name: 'turn' });
      waiters.push(turn);
      let goesOn = false;
      try {
        yield* turn.wait();
        someoneWasWoken = false;
        goesOn = true;
      } finally {
        if (waiters.includes(turn)) waiters.splice(waiters.indexOf(turn), 1);
        if (mended && turn.isSet) someoneWasWoken = false; // mends it
        if (!goesOn) wakeNext(); // it was cancelled: asyncio's `except CancelledError`
      }
    }
    permits--;
  }
  function wakeNext(): void {
    const next = waiters.shift();
    next?.set();
    someoneWasWoken ||= next !== undefined;
  }
  const release = coroutine('release', function* () {
    permits++;
    wakeNext();
  });
  const holder = coroutine('holder', function* () {
    yield* sleep(10);
    yield* release();
  });
  const user = (name: string, start: number) =>
    coroutine(name, function* () {
      yield* sleep(start);
      yield* acquire();
      yield* release();
    })();

  yield* spawn(holder());
  const hasty = yield* spawn(user('hasty', 5));
  yield* spawn(user('late', 20));
  yield* sleep(10);
  for (let turn = 1; turn <= 2; turn++) yield* yieldNow(); // "hasty" has the permit now, in the usual order
  yield* stop(hasty, 'too slow');
}

export const broken = () => program(false);
export const fixed = () => program(true);
export const find = { strategy: 'random', seed: 1, runs: 500 } as const;
export const schedule = 't1_17wdrqq_0_3aM_e_1SplwrL_mz';
