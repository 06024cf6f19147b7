// asyncio's Condition up to Python 3.12, and anyio's, with an Event in the place of each Future. The lock that belongs
// to a condition plays no part in this, and is left out.
import { call, coroutine, Event, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { stop } from './stop.ts';

export const title = 'a notification that reaches nobody';
export const project = 'asyncio, anyio';
export const history = [
  { name: 'gh-112202', url: 'https://github.com/python/cpython/issues/112202' },
  { name: 'the repair', url: 'https://github.com/python/cpython/pull/112201' },
  { name: 'anyio 1075', url: 'https://github.com/agronholm/anyio/pull/1075' },
];
export const story = {
  wanted: `Two consumers wait on a condition until there is an item. A producer adds one item and notifies one of
    them. At the same moment the first consumer is cancelled, so the second one should get the item.`,
  killedBy: `notify() wakes the first consumer. Before it gets its turn, it is cancelled. The second consumer sleeps
    on, next to an item that nobody takes.`,
  because: `Waking the first consumer used up the notification. The first consumer leaves without looking for an item,
    and does not tell anybody that it had been notified.`,
  mended: `asyncio, in Python 3.13: a wait() that was notified and then ends with an error notifies the next waiter.
    In 2026 the same fault was reported for anyio, whose waiters are events instead of futures.`,
  inTreadle: `Condition.wait passes its notification on when it is cancelled after it was woken. The specs of treadle
    cancel each task of such programs at each of its steps, and count what is lost.`,
};

function* program(mended: boolean): Coroutine<void> {
  const items: string[] = [];
  const waiters: Event[] = [];
  const taken = new Event({ name: 'taken' });

  const notify = coroutine('notify', function* () {
    waiters.find((turn) => !turn.isSet)?.set();
  });
  function* wait(): Coroutine<void> {
    const turn = new Event({ name: 'turn' });
    waiters.push(turn);
    let goesOn = false;
    try {
      yield* turn.wait();
      goesOn = true;
    } finally {
      waiters.splice(waiters.indexOf(turn), 1);
      if (mended && turn.isSet && !goesOn) yield* notify(); // mends it
    }
  }
  const consumer = (name: string) =>
    coroutine(name, function* () {
      while (items.length === 0) yield* call(wait());
      items.pop();
      taken.set();
    })();
  const producer = coroutine('producer', function* () {
    yield* sleep(10);
    items.push('an item');
    yield* notify();
  });

  const first = yield* spawn(consumer('first'), { daemon: true });
  yield* spawn(consumer('second'), { daemon: true });
  yield* spawn(producer());
  yield* sleep(10);
  for (let turn = 1; turn <= 2; turn++) yield* yieldNow(); // "first" has the item now, in the usual order
  yield* stop(first, 'not needed');
  yield* taken.wait();
}

export const broken = () => program(false);
export const fixed = () => program(true);
export const find = { strategy: 'random', seed: 1, runs: 500 } as const;
export const schedule = 't1_17wdrqq_0_3aM_c_1cCiOE_HP';
