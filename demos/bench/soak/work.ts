// What the soak does: everything at once, in tasks that live as long as the program. Each of them does the same round
// over and over, counts it, and sleeps some milliseconds in between. Whatever a round starts is over when the round
// ends, or belongs to the outside world.
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
  forEach,
  fromCallback,
  fromPromise,
  join,
  Lock,
  map,
  now,
  Queue,
  race,
  retry,
  run,
  runSync,
  Semaphore,
  shield,
  sleep,
  sleepUntil,
  spawn,
  suspend,
  taskGroup,
  timeout,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine, Effect, Task } from 'treadle';
import { VirtualClock } from 'treadle/testing';

/** Numbers that look random but are the same every time. */
let seed = 1;
function random(below: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}

const nap = coroutine('nap', function* (ms: number) {
  yield* sleep(ms);
});
const failing = coroutine('failing', function* (ms: number) {
  yield* sleep(ms);
  throw new Error(`after ${ms} ms`);
});

function* caught(work: Awaitable<unknown>): Coroutine<unknown> {
  try {
    return yield work;
  } catch (error) {
    return error;
  }
}

const deep: (n: number) => Effect<number> = coroutine('deep', function* (n) {
  return n === 0 ? 0 : 1 + (yield* deep(n - 1));
});

const tree: (depth: number) => Effect<void> = coroutine('tree', function* (depth) {
  for (let i = 0; i < 2 && depth > 0; i++) yield* spawn(tree(depth - 1), { daemon: i === 1 });
  yield* sleep(random(3));
});

// ---- what all rounds share

const jobs = new Queue<object>(8, { name: 'jobs' });
const empty = new Queue<object>(1, { name: 'empty' });
const lock = new Lock();
const semaphore = new Semaphore(2);
const never = new Event();
const gate = new Event();
const endless = new AbortController();
const other = new EventLoop({ clock: new VirtualClock() });

type Round = (owner: Task) => Coroutine<unknown>;

export const rounds: Readonly<Record<string, Round>> = {
  *'spawned and joined'() {
    const tasks = [];
    for (let i = 0; i < 5; i++) tasks.push(yield* spawn(nap(random(5)), { name: `nap ${i}` }));
    for (const task of tasks) yield* join(task);
  },
  *'spawned and not joined'() {
    yield* spawn(nap(random(9)));
    yield* spawn(nap(random(9)), { daemon: true });
    yield* spawn(nap(random(9)), { detached: true });
  },
  *failed() {
    yield* caught(yield* spawn(failing(random(3))));
    yield* caught(all([failing(1), nap(1e6)]));
    yield* allSettled([failing(random(2)), nap(random(2))]);
    yield* any([failing(1), nap(2)]);
  },
  *cancelled() {
    const tasks = [
      yield* spawn(nap(1e6)),
      yield* spawn(empty.get()),
      yield* spawn(tree(3)),
      yield* spawn(never.wait()),
      yield* spawn(shield(nap(2))),
    ];
    yield* sleep(random(3));
    for (const task of tasks) yield* cancel(task, 'enough');
  },
  *trees() {
    yield* join(yield* spawn(tree(4)));
  },
  *race() {
    yield* race([nap(1e6 + random(1e6)), nap(2 + random(2)), empty.get(), never.wait()]);
  },
  *'timeouts that do not expire'() {
    for (let i = 0; i < 5; i++) yield* timeout(1e5 + random(1e6), nap(random(2)));
  },
  *'timeouts that expire'() {
    yield* caught(timeout(1 + random(3), nap(1e6)));
  },
  *retry() {
    yield* retry((attempt) => (attempt < 3 ? failing(0) : nap(1)), { delay: 1, jitter: 1 });
  },
  *depth() {
    yield* deep(200);
  },
  *producer() {
    for (let i = 0; i < 10; i++) yield* jobs.put({ i });
    const late = yield* spawn(jobs.put({}));
    yield* yieldNow();
    yield* cancel(late); // it may have been let in
  },
  *consumer() {
    for (let i = 0; i < 6; i++) {
      yield* race([jobs.get(), nap(5)]);
      const late = yield* spawn(jobs.get());
      yield* sleep(random(2));
      yield* cancel(late); // it may have been given an item, which goes back
    }
    while (!jobs.empty) jobs.getNowait();
  },
  *locks() {
    const tasks = [];
    for (let i = 0; i < 6; i++) tasks.push(yield* spawn(i % 2 ? lock.with(nap(1)) : semaphore.with(nap(1))));
    yield* sleep(1);
    yield* cancel(tasks[4]!);
    yield* cancel(tasks[5]!);
  },
  *events() {
    for (let i = 0; i < 5; i++) yield* spawn(gate.wait());
    yield* yieldNow();
    gate.set();
    gate.clear();
  },
  *'done callbacks'(owner) {
    const callback = () => {};
    owner.addDoneCallback(callback);
    (yield* spawn(nap(1))).addDoneCallback(callback);
    owner.removeDoneCallback(callback);
  },
  *'joiners of one who lives on'(owner) {
    const joiner = yield* spawn(race([join(owner), nap(1)]));
    yield* join(joiner);
  },
  *'abort signals'() {
    const listener = () => {};
    endless.signal.addEventListener('abort', listener);
    yield* join(
      yield* spawn(
        (function* (): Coroutine<void> {
          (yield* abortSignal()).addEventListener('abort', listener);
          yield* sleep(1);
        })(),
      ),
    );
    endless.signal.removeEventListener('abort', listener);
    yield* call(run(nap(1), { signal: endless.signal }));
  },
  *promises() {
    yield* fromPromise(Promise.resolve(1));
    yield* caught(fromPromise(() => Promise.reject(new Error('rejected'))));
    yield* fromCallback<void>((callback) => void setImmediate(callback, null));
    yield* suspend<void>((resume) => resume());
    yield* race([suspend(() => () => {}), nap(1)]);
  },
  *'map and forEach'() {
    yield* map([1, 2, 3, 4, 5], (ms) => nap(ms % 3), { concurrency: 2 });
    yield* forEach(
      (function* () {
        for (let i = 0; i < 20; i++) yield i;
      })(),
      () => yieldNow(),
      { concurrency: 3 },
    );
    yield* forEach(
      (async function* () {
        for (let i = 0; i < 5; i++) yield i;
      })(),
      () => yieldNow(),
      { concurrency: 1 },
    );
  },
  *'task groups'() {
    yield* taskGroup(function* (group) {
      for (let i = 0; i < 4; i++) yield* group.spawn(nap(random(4)));
      yield* cancel(yield* group.spawn(nap(1e6)));
    });
  },
  *'loops that end'() {
    runSync(tree(3));
    const { signal } = endless;
    yield* call(run(race([nap(1e6), nap(1e3)]), { clock: new VirtualClock(), signal }));
  },
  *'a loop used again'() {
    other.callLater(1e9, () => {}).cancel();
    yield* fromPromise(other.runUntilComplete(nap(5)).then());
    yield* fromCallback<void>((callback) => void setImmediate(callback, null)); // it stops at the end of a pass
  },
  *'calls one after the other'() {
    for (let i = 0; i < 100; i++) yield* deep(1);
  },
};

/** Something kept in each round on purpose, to see that a leak is found. */
const kept: object[] = [];

/** How many rounds have been done, of all kinds together. */
export const done = { rounds: 0 };

/** One kind of work, about every 25 ms of the loop's clock without drift, until it is cancelled. */
const worker = coroutine('worker', function* (round: Round, leak: boolean) {
  const owner = yield* currentTask();
  for (let next = yield* now(); ;) {
    yield* round(owner);
    done.rounds++;
    if (leak) kept.push({ at: next });
    next = Math.max((next += 10 + random(30)), yield* now());
    yield* sleepUntil(next);
  }
});

/** All kinds at once. Every `every` ms, `times` times, `sample` is called. */
export const soak = coroutine(
  'soak',
  function* (every: number, times: number, leak: boolean, sample: (time: number) => void) {
    const workers = [];
    for (const [name, round] of Object.entries(rounds))
      workers.push(yield* spawn(worker(round, leak && name === 'depth'), { name, daemon: true }));
    const start = yield* now();
    for (let i = 1; i <= times; i++) {
      yield* sleepUntil(start + i * every);
      // The host may hold what is over until it has had a turn.
      for (let turn = 0; turn < 2; turn++) yield* fromCallback<void>((callback) => void setImmediate(callback, null));
      sample((yield* now()) - start);
      const failed = workers.find((task) => task.done);
      if (failed) throw new Error(`${failed} should go on`);
    }
    // A round that is cut short may have a child whose failure nobody has seen yet. The worker gets that failure.
    for (const task of workers) yield* caught(cancel(task));
  },
);
