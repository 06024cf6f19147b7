// Nothing is kept of what is over. Three measures: how much the heap grows a round, after the collector has run;
// whether the collector takes a loop that has ended; what the host still has set. The soak of the benchmark
// (`node demos bench soak`) does the same for ten minutes' worth of everything at once.
//
// A heap also grows for a while when code is new. So the rounds are measured in windows, and more of them are taken
// while the median of the last three says that it grows: that dies down, and a leak does not. How busy the machine
// is changes nothing about it.
import { getEventListeners, setMaxListeners } from 'node:events';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  abortSignal,
  all,
  allSettled,
  any,
  call,
  cancel,
  coroutine,
  currentTask,
  Event,
  EventLoop,
  fetch,
  forEach,
  fromPromise,
  join,
  Lock,
  map,
  Queue,
  race,
  retry,
  run,
  runSync,
  Semaphore,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine, RunOptions, Task } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { collect } from '../support/collector.ts';
import { caught } from '../support/errors.ts';
import { hostTurns } from '../support/host.ts';
import { failing } from '../support/work.ts';

// Compiled code comes and goes by 200 kB, and the collector forgets old code: it would drown what is kept.
for (const flag of ['--no-opt', '--no-flush-bytecode']) setFlagsFromString(flag);

/** Bytes in use, when everything that can go has gone. The host's turns let go what a WeakRef or a promise held until then. */
async function heap(): Promise<number> {
  for (let i = 0; i < 2; i++) {
    await hostTurns(1);
    collect();
  }
  return getHeapSpaceStatistics().reduce(
    (sum, { space_name, space_used_size }) => sum + (space_name.includes('code') ? 0 : space_used_size),
    0,
  );
}

const ROUNDS = 1_000;
const WINDOWS = 8;
/** Bytes a window. The smallest thing that is kept in each round, a closure or a link with what it leads to, makes more. */
const LIMIT = 10_000;

/** Takes windows until they are within the limit, or nothing more can be expected; gives the bytes that a window keeps. */
function* growth(round: (index: number) => Awaitable<unknown>, rounds: number = ROUNDS): Coroutine<number> {
  const windows: number[] = [];
  const median = () => windows.slice(-3).sort((a, b) => a - b)[1] ?? Infinity;
  for (let i = 0; i < rounds / 2; i++) yield round(i); // warms up
  let before = yield* fromPromise(heap());
  while (windows.length < WINDOWS && median() > LIMIT) {
    for (let i = 0; i < rounds; i++) yield round(i);
    const after = yield* fromPromise(heap());
    windows.push(after - before);
    before = after;
  }
  return median();
}

function withinLimit(grown: number, rounds: number = ROUNDS): void {
  assert.ok(grown <= LIMIT, `keeps ${(grown / rounds).toFixed(0)} bytes a round`);
}

/** Does this again and again in one task that lives on. */
async function flat(
  round: (index: number) => Awaitable<unknown>,
  options: RunOptions = {},
  rounds: number = ROUNDS,
): Promise<void> {
  withinLimit(await run(growth(round, rounds), options), rounds);
}

const virtual = () => ({ clock: new VirtualClock() });

/** Timers that the host has set. */
const hostTimers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

/** How many of them the collector leaves, after it had several chances. */
async function left(refs: readonly WeakRef<object>[]): Promise<number> {
  const alive = () => refs.filter((ref) => ref.deref() !== undefined).length;
  for (let i = 0; i < 10 && alive() > 0; i++) await heap();
  return alive();
}

const quick = coroutine('quick', function* () {
  yield* yieldNow();
});
const broken = () => failing(0, new Error('fails'));

const test = suite('leaks');

test.before(async () => {
  // What starting has left behind goes in a few collections.
  for (let i = 0; i < 10; i++) await run(growth(() => quick(), 100));
});

// A timer that leaked would keep the process: the failure is to be told now, and not when it fires.
test.after(() => void setTimeout(() => process.exit(), 2_000).unref());

test('are found by these measures, when there are some', async () => {
  const kept: object[] = [];
  assert.ok((await run(growth(() => (kept.push({}), quick())))) > LIMIT, 'an object a round');
  const target = new EventTarget();
  setMaxListeners(0, target);
  assert.ok(
    (await run(growth(() => (target.addEventListener('abort', () => {}), quick()), 300))) > LIMIT,
    'a listener a round',
  );
  assert.ok(
    (await run(
      growth(function* () {
        yield* spawn(sleep(Infinity), { daemon: true });
      }, 100),
    )) > LIMIT,
    'a task a round',
  );
  const task = run(quick());
  await task;
  assert.is(await left([new WeakRef(task), new WeakRef(task.loop)]), 2);
  assert.is(task.done, true); // held until here
  const before = hostTimers();
  const timer = setTimeout(() => {}, 1e6);
  assert.is(hostTimers(), before + 1);
  clearTimeout(timer);
  assert.is(hostTimers(), before);
});

// ---- tasks

test('no task that was spawned and joined', () =>
  flat(function* () {
    yield* join(yield* spawn(quick()));
  }));
test('no task that was spawned and never joined', () =>
  flat(function* () {
    yield* spawn(quick());
    yield* yieldNow();
    yield* yieldNow();
  }));
test('no task that failed and was joined', () =>
  flat(function* () {
    yield* caught(yield* spawn(broken()));
  }));
test('no task that was cancelled', () =>
  flat(function* () {
    yield* cancel(yield* spawn(sleep(1e6)));
  }));
test('no daemon that ended, and none that was cancelled with its owner', () =>
  flat(function* () {
    yield* spawn(quick(), { daemon: true });
    yield* join(
      yield* spawn(
        (function* () {
          yield* spawn(sleep(1e6), { daemon: true });
        })(),
      ),
    );
  }));
test('no detached task that ended', () =>
  flat(function* () {
    yield* join(yield* spawn(quick(), { detached: true }));
  }));
test('no frame of calls one after the other', () =>
  flat(function* () {
    for (let i = 0; i < 10; i++) yield* call(quick());
  }));
test('no tree of tasks', () =>
  flat(
    function* () {
      yield* join(yield* spawn(spawnTree(4)));
    },
    {},
    300,
  ));
const spawnTree: (depth: number) => Awaitable<void> = coroutine('tree', function* (depth: number): Coroutine<void> {
  for (let i = 0; i < 2 && depth > 0; i++) yield* spawn(spawnTree(depth - 1));
});

test('a task that lives on keeps none of 100,000 children that it had one after the other', async () => {
  const refs: WeakRef<Task>[] = [];
  await run(
    (function* () {
      const owner = yield* currentTask();
      for (let i = 0; i < 100_000; i++) {
        const child = yield* spawn(quick());
        if (i % 1_000 === 0) refs.push(new WeakRef(child as Task));
        yield* join(child);
      }
      assert.equal(owner.children, []);
      assert.is(yield* fromPromise(left(refs)), 0);
    })(),
  );
});

test('no callback that was taken back from a task that lives on', async () => {
  await run(
    (function* () {
      const long = yield* spawn(sleep(Infinity), { daemon: true });
      const grown = yield* growth(() => {
        const callback = () => {};
        long.addDoneCallback(callback);
        long.removeDoneCallback(callback);
        return yieldNow();
      });
      withinLimit(grown);
    })(),
  );
});

test('nobody who was cancelled while he waited for the end of a task, or for a future, that lives on', async () => {
  await run(
    (function* () {
      const long = yield* spawn(sleep(Infinity), { daemon: true });
      const future = new EventLoop().createFuture();
      const grown = yield* growth(function* () {
        const joiners = [yield* spawn(long), yield* spawn(future), yield* spawn(all([long]))];
        yield* yieldNow();
        for (const joiner of joiners) yield* cancel(joiner);
      }, 500);
      withinLimit(grown, 500);
    })(),
  );
});

// ---- time

for (const [clock, options] of [
  ['virtual', virtual],
  ['system', () => ({})],
] as const) {
  // Another millisecond each time, because those of one millisecond share a list.
  let later = 1e6;
  test(`no timer that was set and cancelled: ${clock} clock`, () =>
    flat(function* () {
      const sleeper = yield* spawn(sleep((later += 7)));
      yield* yieldNow();
      yield* cancel(sleeper);
    }, options()));
  test(`no callback that was set and cancelled: ${clock} clock`, async () => {
    const loop = new EventLoop(options());
    const grown = await loop.runUntilComplete(
      growth(() => {
        loop.callLater((later += 7), () => {}).cancel();
        return yieldNow();
      }),
    );
    withinLimit(grown);
  });
  test(`no loser of a race, and no timeout that did not expire: ${clock} clock`, () =>
    flat(() => race([sleep((later += 7)), timeout((later += 7), quick())]), options()));
}
test('no timer that fired: virtual clock', () => flat(() => sleep(1), virtual()));
test('no timeout that expired: virtual clock', () => flat(() => caught(timeout(1, sleep(2))), virtual(), 1_000));
test('no attempt of a retry', () =>
  flat(() => retry((attempt) => (attempt < 3 ? broken() : quick()), { delay: 1, jitter: 1 }), virtual(), 500));

test('the host keeps no timer of what was cancelled, lost, not needed, or left by a loop that ended', async () => {
  const before = hostTimers();
  await run(
    (function* () {
      const sleeper = yield* spawn(sleep(1e6));
      yield* spawn(sleep(2e6), { daemon: true });
      yield* spawn(sleep(3e6), { detached: true });
      yield* yieldNow();
      assert.ok(hostTimers() > before);
      yield* cancel(sleeper);
      yield* race([sleep(4e6), quick()]);
      yield* timeout(5e6, quick());
      yield* caught(all([sleep(6e6), broken()]));
    })(),
  );
  assert.is(hostTimers(), before);
  const loop = new EventLoop();
  loop.callLater(7e6, () => {});
  loop.callLater(8e6, () => {}).cancel();
  await loop.runUntilComplete(quick());
  await hostTurns(1);
  assert.is(hostTimers(), before);
});

// ---- combinators and primitives

test('nothing of all, allSettled, any, map, shield and a task group that are over', () =>
  flat(
    function* () {
      yield* all([quick(), quick()]);
      yield* allSettled([quick(), broken()]);
      yield* any([broken(), quick()]);
      yield* map([1, 2], () => quick(), { concurrency: 1 });
      yield* shield(quick());
      yield* taskGroup(function* (group) {
        yield* group.spawn(quick());
      });
      yield* caught(all([sleep(1e6), broken()]));
    },
    virtual(),
    300,
  ));

test('no task of a task group that lives on', async () => {
  await run(
    taskGroup(function* (group) {
      withinLimit(
        yield* growth(function* () {
          yield* join(yield* group.spawn(quick()));
        }),
      );
    }),
  );
});

test('no task of a task group that lives on, when it was cancelled', async () => {
  await run(
    taskGroup(function* (group) {
      withinLimit(
        yield* growth(function* () {
          yield* cancel(yield* group.spawn(sleep(1e6)));
        }, 500),
        500,
      );
    }),
  );
});

test('nothing of forEach over a long source: an iterable, an async one, a queue', async () => {
  const queue = new Queue<number>(10);
  const sources = {
    iterable: function* (rounds: number) {
      for (let i = 0; i < rounds; i++) yield i;
    },
    async: async function* (rounds: number) {
      for (let i = 0; i < rounds; i++) yield i;
    },
    queue: () => queue,
  };
  for (const [name, open] of Object.entries(sources)) {
    await run(
      (function* () {
        const rounds = ROUNDS * WINDOWS;
        const windows: number[] = [];
        let before = 0;
        if (name === 'queue') {
          yield* spawn(
            (function* (): Coroutine<void> {
              for (let i = 0; i < rounds; i++) yield* queue.put(i);
              queue.close();
            })(),
            { daemon: true },
          );
        }
        const median = () => windows.slice(-3).sort((a, b) => a - b)[1] ?? Infinity;
        const enough = new Error('enough');
        // One source from the beginning to the end: it is measured from within.
        const all = forEach<number>(
          open(rounds),
          function* (index) {
            yield* yieldNow();
            if (index % ROUNDS > 0) return;
            const now = yield* fromPromise(heap());
            if (index > ROUNDS) windows.push(now - before);
            before = now;
            if (median() <= LIMIT) throw enough;
          },
          { concurrency: 1 },
        );
        if ((yield* caught(all)) !== enough)
          throw new Error(`${name}: keeps ${(median() / ROUNDS).toFixed(0)} bytes an item`);
      })(),
    );
  }
});

test('nobody who was cancelled in a line: for an item, for room, a lock, a semaphore, an event', () => {
  const empty = new Queue<number>();
  const full = new Queue<number>(1);
  full.putNowait(1);
  const lock = new Lock();
  const semaphore = new Semaphore(0);
  const event = new Event();
  return flat(
    function* () {
      const waiting: Task<unknown>[] = [];
      for (const wait of [empty.get(), full.put(2), lock.acquire(), lock.acquire(), semaphore.acquire(), event.wait()])
        waiting.push(yield* spawn(wait));
      yield* yieldNow();
      for (const task of waiting) yield* cancel(task);
      lock.release(); // the first one had it
    },
    {},
    500,
  );
});

test('no item that was handed to a consumer who was cancelled, and no lock that was handed over', () => {
  const queue = new Queue<object>();
  const lock = new Lock();
  return flat(
    function* () {
      const consumers = [yield* spawn(queue.get()), yield* spawn(queue.get())];
      yield* yieldNow();
      for (const consumer of consumers) {
        queue.putNowait({});
        consumer.cancel();
      }
      yield* queue.get();
      yield* queue.get();
      yield* lock.acquire();
      const next = yield* spawn(lock.with(quick()));
      yield* yieldNow();
      lock.release();
      yield* cancel(next);
    },
    {},
    1_000,
  );
});

test('no item that went through a queue', () => {
  const queue = new Queue<object>(4);
  return flat(function* () {
    for (let i = 0; i < 4; i++) yield* queue.put({});
    for (let i = 0; i < 4; i++) {
      yield* queue.get();
      queue.taskDone();
    }
  });
});

// ---- the world outside

test('no listener on the signal of run, and nothing of the loops that had it', async () => {
  const { signal } = new AbortController();
  await flat(() => fromPromise(Promise.resolve(run(quick(), { signal }))), {}, 1_000);
  assert.is(getEventListeners(signal, 'abort').length, 0);
  for (let i = 0; i < 20; i++) runSync(quick(), { signal });
  assert.is(getEventListeners(signal, 'abort').length, 0);
});

test('no signal of a task that is over', () =>
  flat(
    function* () {
      yield* join(
        yield* spawn(
          (function* () {
            (yield* abortSignal()).addEventListener('abort', () => {});
          })(),
        ),
      );
    },
    {},
    1_000,
  ));

test('no listener of fetch on a signal that lives on, and no request', async () => {
  const { fetch: platform } = globalThis;
  const { signal } = new AbortController();
  try {
    // As the platform's: it listens to the signal it is given, and forgets to stop.
    globalThis.fetch = ((_url: string, init: RequestInit) => {
      init.signal?.addEventListener('abort', () => {});
      return Promise.resolve(new Response(null));
    }) as never;
    for (let i = 0; i < 20; i++) await run(fetch('http://localhost/', { signal }));
    assert.is(getEventListeners(signal, 'abort').length, 0);
    await flat(
      function* () {
        (yield* fetch('http://localhost/')).discard();
      },
      {},
      500,
    );
  } finally {
    globalThis.fetch = platform;
  }
});

test('nothing of a wait for a promise or a callback that is over', () =>
  flat(
    function* () {
      yield* fromPromise(Promise.resolve(1));
      yield* fromPromise(() => Promise.resolve(1));
      yield* suspend((resume) => resume());
      yield* race([suspend(() => () => {}), quick()]);
    },
    {},
    1_000,
  ));

test('a task that is over and kept does not keep its generator', async () => {
  const generators: WeakRef<object>[] = [];
  const kept: Task<unknown>[] = [];
  const start = (work: Coroutine<void>) => {
    generators.push(new WeakRef(work));
    return spawn(work);
  };
  await run(
    (function* () {
      for (const ms of [0, 1, 1e6])
        kept.push(
          (yield* start(
            (function* () {
              yield* sleep(ms);
            })(),
          )) as Task<unknown>,
        );
      yield* sleep(5);
      yield* cancel(kept[2]!);
    })(),
  );
  await hostTurns(1);
  collect();
  assert.equal(
    kept.map(({ state }) => state),
    ['succeeded', 'succeeded', 'cancelled'],
  );
  assert.equal(
    generators.map((generator) => generator.deref()),
    [undefined, undefined, undefined],
  );
});

// The promise keeps the two callbacks of everybody who ever waited for it, as with Promise.race. But not those who
// waited.
test('a promise that lives on keeps nobody who was cancelled while he waited for it', async () => {
  const promise = new Promise(() => {});
  const gone: WeakRef<object>[] = [];
  await run(
    (function* () {
      for (let i = 0; i < 20; i++) {
        const waiter = yield* spawn(i % 2 ? fromPromise(promise) : (promise as Awaitable<unknown>));
        gone.push(new WeakRef(waiter));
        yield* sleep(0);
        yield* cancel(waiter);
      }
      for (let i = 0; i < 10; i++) {
        collect();
        yield* sleep(1);
      }
      assert.ok(
        gone.filter((waiter) => waiter.deref()).length <= 1,
        'but for the last one, whom this very frame may know',
      );
    })(),
  );
});

// ---- loops

test('an event loop that is used again and again does not grow', async () => {
  const loop = new EventLoop();
  await flat(
    () =>
      fromPromise(
        (async () => {
          loop.callLater(1e6, () => {}).cancel();
          await loop.runUntilComplete(quick());
          await hostTurns(1); // it stops at the end of a pass
        })(),
      ),
    {},
    500,
  );
  loop.close();
});

/** Runs it on a loop of its own; what is left to be seen is what the collector can see. */
async function ended(
  start: () => Task<unknown> | { task: Task<unknown>; loop: EventLoop },
): Promise<WeakRef<object>[]> {
  const started = start();
  const task = 'task' in started ? started.task : started;
  await task.then(undefined, () => {});
  return [new WeakRef(task), new WeakRef(task.loop)];
}

test('a loop whose main is over is collected, however it ended and whatever was left in it', async () => {
  const ends: Record<string, Parameters<typeof ended>[0]> = {
    'with a result': () => run(quick()),
    'with an error': () => run(broken()),
    cancelled: () => {
      const task = run(sleep(1e6));
      setImmediate(() => task.cancel());
      return task;
    },
    'by a deadlock': () => run(new Queue().get(), virtual()),
    'with daemons and detached tasks': () =>
      run(
        (function* () {
          yield* spawn(sleep(1e6), { daemon: true });
          yield* spawn(sleep(1e6), { detached: true });
          yield* yieldNow();
        })(),
      ),
    'while a promise was waited for': () => run(race([fromPromise(() => new Promise(() => {})), quick()])),
    'on an event loop, with a timer left': () => {
      const loop = new EventLoop();
      loop.callLater(1e6, () => {});
      return { loop, task: loop.runUntilComplete(quick()) };
    },
    'on an event loop that was closed': () => {
      const loop = new EventLoop();
      const task = loop.runUntilComplete(quick());
      void task.then(() => hostTurns(1)).then(() => loop.close());
      return { loop, task };
    },
  };
  for (const [how, start] of Object.entries(ends)) assert.is(await left(await ended(start)), 0, how);
});

test('a loop of runSync is collected, also when it threw', async () => {
  const refs: WeakRef<object>[] = [];
  for (const fails of [false, true]) {
    try {
      runSync(
        (function* () {
          const task = yield* currentTask();
          refs.push(new WeakRef(task), new WeakRef(task.loop));
          yield* sleep(1e6);
          if (fails) yield* broken();
        })(),
      );
    } catch {}
  }
  assert.is(refs.length, 4);
  assert.is(await left(refs), 0);
});

// ---- errors

test('the stack of an error does not grow without bound: not through 1,000 owners, not when 1,000 tasks fail with the same one', async () => {
  const owners: (depth: number) => Awaitable<void> = coroutine('owner', function* (depth: number): Coroutine<void> {
    yield depth > 0 ? yield* spawn(owners(depth - 1)) : broken();
  });
  const deep = (await run(caught(owners(1_000)))) as Error;
  assert.match(deep.stack!, 'in task owner, spawned by owner');
  assert.ok(deep.stack!.length < 20_000, `${deep.stack!.length} characters`);
  const same = new Error('the same');
  await run(
    (function* () {
      for (let i = 0; i < 1_000; i++)
        yield* caught(
          yield* spawn(
            (function* () {
              throw same;
            })(),
            { name: 'one' },
          ),
        );
    })(),
  );
  assert.match(same.stack!, 'in task one, spawned by main');
  assert.ok(same.stack!.length < 20_000, `${same.stack!.length} characters`);
});

test.run();
