// Growth with the length of a queue; with the number of tasks that wait for the same thing: an item, room, a lock, a
// semaphore, an event, a task; and with the number of callbacks on one task.
import { cancel, Event, EventLoop, fromPromise, join, Lock, Queue, Semaphore, spawn, yieldNow } from 'treadle';
import type { Awaitable, Coroutine, Task } from 'treadle';
import { program, shuffled, since, TIMES } from './kit.ts';
import type { Growth, Timed } from './kit.ts';

/** Spawns n tasks that wait for this, and lets each of them get to its wait. */
function* line(n: number, wait: (index: number) => Awaitable<unknown>): Coroutine<Task[]> {
  const tasks: Task[] = [];
  for (let i = 0; i < n; i++)
    tasks.push(
      yield* spawn(
        (function* (): Coroutine<void> {
          yield wait(i);
        })(),
      ),
    );
  yield* yieldNow();
  return tasks;
}

/** Something that n tasks queue for: serving all of them, and cancelling them from the middle of the queue. */
const inLine = (
  group: string,
  what: string,
  make: (n: number) => { wait: (index: number) => Awaitable<unknown>; serve: (n: number) => void },
  objects = 4,
): Growth[] => [
  {
    group,
    objects,
    name: `${what}: serve n, one by one`,
    once: (n) =>
      program(
        (function* () {
          const { wait, serve } = make(n);
          const last = (yield* line(n, wait)).at(-1)!;
          const start = performance.now();
          serve(n);
          yield* join(last);
          return since(start, n);
        })(),
      ),
  },
  {
    group,
    objects,
    name: `${what}: cancel n from the middle`,
    once: (n) =>
      program(
        (function* () {
          const { wait, serve } = make(n);
          const tasks = yield* line(n, wait);
          const order = shuffled(n);
          const start = performance.now();
          for (const index of order) tasks[index]!.cancel();
          yield* yieldNow();
          const timed = since(start, n);
          serve(0);
          return timed;
        })(),
      ),
  },
];

const repeated = (n: number, act: () => void) => {
  for (let i = 0; i < n; i++) act();
};

/** n consumers are each promised an item, and all are cancelled before their turn. */
const returned = (name: string, order: (n: number) => Iterable<number>, once: 'return' | 'get'): Growth => ({
  group: 'queue',
  name,
  once: (n) =>
    program(
      (function* () {
        const queue = new Queue<number>();
        const tasks = yield* line(n, () => queue.get());
        const which = order(n);
        for (let i = 0; i < n; i++) queue.putNowait(i);
        let start = performance.now();
        for (const index of which) tasks[index]!.cancel();
        if (once === 'get') {
          start = performance.now();
          for (let i = 0; i < n; i++) queue.getNowait();
        }
        return since(start, n);
      })(),
    ),
});

/** A task that waits, and n callbacks that wait for it. */
function callbacks(
  act: (task: Task, callbacks: (() => void)[]) => Timed | Coroutine<Timed>,
): (n: number) => Promise<Timed> {
  return (n) =>
    program(
      (function* () {
        const event = new Event();
        const task = yield* spawn(event.wait());
        const added = Array.from({ length: n }, (_, index) => () => void index);
        const act1 = act(task, added);
        const timed = 'next' in act1 ? yield* act1 : act1;
        event.set();
        return timed;
      })(),
    );
}

export const sync: readonly Growth[] = [
  {
    group: 'queue',
    name: 'put and get one, n in it',
    once: (n) =>
      program(
        (function* () {
          const queue = new Queue<number>();
          for (let i = 0; i < n; i++) queue.putNowait(i);
          const start = performance.now();
          for (let i = 0; i < TIMES; i++) {
            yield* queue.put(i);
            yield* queue.get();
          }
          return since(start, TIMES);
        })(),
      ),
  },
  {
    group: 'queue',
    name: 'put n, then get n',
    once: (n) =>
      program(
        (function* () {
          const queue = new Queue<number>();
          const start = performance.now();
          for (let i = 0; i < n; i++) yield* queue.put(i);
          for (let i = 0; i < n; i++) yield* queue.get();
          return since(start, n);
        })(),
      ),
  },
  ...inLine('queue', 'n wait for an item', () => {
    const queue = new Queue<number>();
    return { wait: () => queue.get(), serve: (n) => repeated(n, () => queue.putNowait(1)) };
  }),
  ...inLine('queue', 'n wait for room', (n) => {
    const queue = new Queue<number>(n); // producers use their room in their own turns: room for all
    for (let i = 0; i < n; i++) queue.putNowait(0);
    return { wait: (index) => queue.put(index), serve: (n) => repeated(n, () => queue.getNowait()) };
  }),
  ...inLine(
    'queue',
    'close, n wait',
    () => {
      const queue = new Queue<number>();
      const wait = function* (): Coroutine<void> {
        try {
          yield* queue.get();
        } catch {}
      };
      return { wait, serve: () => queue.close() };
    },
    12,
  ).slice(0, 1),
  returned(
    'cancel who was promised an item, n were: oldest first',
    (n) => new Uint32Array(n).map((_, index) => index),
    'return',
  ),
  returned('cancel who was promised an item, n were: shuffled', shuffled, 'return'),
  returned('get one of n items that were promised', (n) => new Uint32Array(n).map((_, index) => index), 'get'),
  ...inLine('lines', 'lock', () => {
    const lock = new Lock();
    const wait = function* (): Coroutine<void> {
      yield* lock.acquire();
      lock.release();
    };
    return { wait: (index) => (index === 0 ? lock.acquire() : wait()), serve: () => lock.release() };
  }),
  ...inLine('lines', 'semaphore', () => {
    const semaphore = new Semaphore(0);
    return { wait: () => semaphore.acquire(), serve: (n) => repeated(n, () => semaphore.release()) };
  }),
  ...inLine('lines', 'event', () => {
    const event = new Event();
    return { wait: () => event.wait(), serve: () => event.set() };
  }),
  ...inLine('lines', 'future', () => {
    const future = new EventLoop().createFuture<number>();
    return { wait: () => future, serve: () => future.setResult(1) };
  }),
  ...inLine(
    'lines',
    'promise',
    () => {
      let resolve = () => {};
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      return { wait: () => fromPromise(promise), serve: () => resolve() };
    },
    12,
  ),
  {
    group: 'lines',
    name: 'cancel(task): n wait for one end',
    once: (n) =>
      program(
        (function* () {
          const event = new Event();
          const slow = yield* spawn(
            (function* (): Coroutine<void> {
              try {
                yield* new Event().wait();
              } finally {
                yield* event.wait();
              }
            })(),
          );
          const last = (yield* line(n, () => cancel(slow))).at(-1)!;
          const start = performance.now();
          event.set();
          yield* join(last);
          return since(start, n);
        })(),
      ),
  },
  {
    group: 'done callbacks',
    name: 'add n',
    once: callbacks((task, added) => {
      const start = performance.now();
      for (const callback of added) task.addDoneCallback(callback);
      return since(start, added.length);
    }),
  },
  {
    group: 'done callbacks',
    name: 'call n',
    once: callbacks(function* (task, added) {
      for (const callback of added) task.addDoneCallback(callback);
      const start = performance.now();
      task.cancel();
      yield* yieldNow();
      yield* yieldNow();
      return since(start, added.length);
    }),
  },
  {
    group: 'done callbacks',
    name: 'add and remove one, looking at n',
    nature: 'listing', // it is told how many times it was registered
    once: callbacks((task, added) => {
      for (const callback of added) task.addDoneCallback(callback);
      const times = 100;
      const start = performance.now();
      for (let i = 0; i < times; i++) {
        const one = () => {};
        task.addDoneCallback(one);
        task.removeDoneCallback(one);
      }
      return since(start, times * (added.length + 1));
    }),
  },
];
