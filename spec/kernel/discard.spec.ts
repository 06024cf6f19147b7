// What is dropped instead of being performed: nobody will look at its promises, so their rejections are nobody's error.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  all,
  allSettled,
  any,
  asCompleted,
  call,
  cancel,
  coroutine,
  createContext,
  currentTask,
  ensure,
  fromPromise,
  InvalidStateError,
  join,
  Lock,
  race,
  run,
  runSync,
  shield,
  sleep,
  spawn,
  timeout,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine, Task } from 'treadle';
import { discard } from '../../lib/kernel/discard.ts';
import { caught } from '../support/errors.ts';
import { HandLoop } from '../support/hand-loop.ts';
import { hostTurns, withoutTime } from '../support/host.ts';

const test = suite('discard');

const page = coroutine('page', function* (..._args: unknown[]) {});

/** How many rejections are reported as unhandled after `make` was given promises and its result was dropped. */
const unhandled = (make: (promise: () => Promise<never>) => unknown): Promise<number> =>
  withoutTime(() => countUnhandled(make));

async function countUnhandled(make: (promise: () => Promise<never>) => unknown): Promise<number> {
  const seen: unknown[] = [];
  const kept = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  const note = (error: unknown) => seen.push(error);
  process.on('unhandledRejection', note);
  try {
    const dropped = make(
      () => new Promise<never>((_resolve, reject) => setImmediate(() => reject(new Error('too late')))),
    );
    discard(dropped);
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('unhandledRejection', note);
    for (const listener of kept) process.on('unhandledRejection', listener);
  }
  return seen.length;
}

const dropped: [string, (promise: () => Promise<never>) => unknown][] = [
  ['a promise', (promise) => promise()],
  ['fromPromise(promise)', (promise) => fromPromise(promise())],
  ['all([promise, promise])', (promise) => all([promise(), promise()])],
  ['all({ a: promise })', (promise) => all({ a: promise(), b: sleep(1) })],
  ['allSettled, any and race', (promise) => all([allSettled([promise()]), any([promise()]), race([promise()])])],
  ['timeout(5, promise)', (promise) => timeout(5, promise())],
  ['timeout(5, fromPromise(promise))', (promise) => timeout(5, fromPromise(promise()))],
  ['spawn(promise)', (promise) => spawn(promise())],
  ['call(shield(all([promise])))', (promise) => call(shield(all([promise()])))],
  ['a call of a coroutine with a promise', (promise) => page(1, promise(), [promise()])],
  ['all of 10,000', (promise) => all(Array.from({ length: 10_000 }, promise))],
  ['a promise behind something that cannot be looked at', (promise) => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    return page(proxy, [proxy, promise()], promise());
  }], // prettier-ignore
  ['a nest of effects', (promise) => {
    let work: unknown = promise();
    for (let level = 0; level < 1_000; level++) work = call(work as never);
    return work;
  }], // prettier-ignore
];

for (const [what, make] of dropped) {
  test(`${what}: a rejection that comes later is not reported`, async () => assert.is(await unhandled(make), 0));
}

// Not so many that the host has its turn before all of them are started.
const few = dropped.filter(([name]) => !name.includes('10,000'));

for (const [what, make] of few) {
  test(`${what}, yielded where a cancellation closes the coroutine: a rejection that comes later is not reported`, async () => {
    assert.is(
      await unhandled((promise) => {
        const task = run(
          (function* (): Coroutine<void> {
            (yield* currentTask()).cancel();
            yield make(promise) as never;
            assert.unreachable('it was cancelled');
          })(),
        );
        task.then(undefined, () => {});
        return undefined;
      }),
      0,
    );
  });
}

// What a coroutine of the user's does with its arguments is its own affair, once it runs.
for (const [what, make] of few.filter(([, make]) => !`${make}`.includes('page('))) {
  test(`${what}, yielded, and cancelled before its turn or while it waits: the same`, async () => {
    for (let turns = 0; turns < 4; turns++) {
      const count = await unhandled((promise) => {
        const main = function* (): Coroutine<void> {
          const task = yield* spawn(make(promise) as never);
          for (let turn = 0; turn < turns; turn++) yield* yieldNow();
          yield* cancel(task as never);
        };
        run(main()).then(undefined, () => {});
        return undefined;
      });
      assert.is(count, 0, `after ${turns} turns`);
    }
  });
}

/** The same, for the work of a task that has not had its first step. */
const lock = new Lock({ name: 'lock' });
const context = createContext('none', { name: 'context' });
const spawned: [string, (promise: () => Promise<never>) => Awaitable<unknown>][] = [
  ['a promise', (promise) => promise()],
  ['fromPromise', (promise) => fromPromise(promise())],
  ['call', (promise) => call(promise())],
  ['shield', (promise) => shield(promise())],
  ['ensure', (promise) => ensure(promise(), () => {})],
  ['ensure, as its clean-up', (promise) => ensure(sleep(1), fromPromise(promise()))],
  ['timeout', (promise) => timeout(10, promise())],
  ['lock.with', (promise) => lock.with(promise())],
  ['context.with', (promise) => context.with('value', promise())],
  ['all', (promise) => all([sleep(1), promise()])],
  ['all of an object', (promise) => all({ a: promise(), b: sleep(1) })],
  ['allSettled', (promise) => allSettled([promise()])],
  ['race', (promise) => race([sleep(1), promise()])],
  ['any', (promise) => any([promise()])],
  ['asCompleted', (promise) => asCompleted([promise()])],
  ['several within each other', (promise) => call(timeout(10, race([all([shield(fromPromise(promise()))])])))],
];

for (const [what, make] of spawned) {
  test(`${what} as the work of a task: a rejection before its first step is not reported`, async () => {
    const loop = new HandLoop();
    let task: Task | undefined;
    assert.is(await unhandled((promise) => void (task = loop.task(make(promise)))), 0);
    assert.is(task?.state, 'ready');
  });
}

test('work that is spawned and rejected before its first step is thrown its error in that step', async () => {
  const loop = new HandLoop();
  const error = new Error('too early');
  const task = loop.task(all([fromPromise(Promise.reject(error))]));
  await hostTurns(2);
  loop.steps();
  await hostTurns(2);
  loop.steps();
  assert.is(task.error(), error);
});

test('under runSync a promise is refused, and its rejection not reported', async () => {
  const refused = await unhandled((promise) => {
    assert.instance(runSync(caught(fromPromise(promise()))), InvalidStateError);
    return undefined;
  });
  assert.is(refused, 0);
});

test('a promise that nobody has dropped is reported, so these specs can fail', async () => {
  assert.is(
    await unhandled((promise) => {
      promise();
      return sleep(1);
    }),
    1,
  );
});

test('what is no promise is left alone: no then is called, no getter, and nothing is thrown', () => {
  const called: string[] = [];
  const thenable = {
    then() {
      called.push('then');
    },
  };
  const watched = {
    get then() {
      called.push('getter');
      return undefined;
    },
  };
  class Lazy extends Promise<number> {
    override then(): never {
      called.push('own then');
      return undefined as never;
    }
  }
  const lazy = new Lazy(() => {});
  for (const value of [thenable, watched, lazy, [thenable], fromPromise(thenable as never), page(watched, [lazy])])
    discard(value);
  for (const value of [undefined, null, 5, 'text', Symbol('s'), () => {}, {}, Object.create(null), new Map()])
    discard(value);
  class Broken extends Promise<number> {
    static override get [Symbol.species](): never {
      throw new Error('no');
    }
  }
  discard(new Broken(() => {}));
  assert.equal(called, []);
});

test('a task that is joined goes on, and an effect that was dropped can be used', () => {
  runSync(
    (function* () {
      const task = yield* spawn(
        (function* () {
          yield* sleep(5);
          return 'result';
        })(),
      );
      discard(join(task));
      discard(task);
      const nap = sleep(1);
      discard(nap);
      yield* nap;
      assert.is(yield* task, 'result');
    })(),
  );
});

test.run();
