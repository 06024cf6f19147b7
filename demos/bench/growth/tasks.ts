// Growth with the number of live tasks, and with the number of children of one owner. The tasks wait on an
// event that is set at the end, so that the program ends and nothing is left to the next sample.
import {
  all,
  allSettled,
  any,
  cancel,
  coroutine,
  Event,
  EventLoop,
  forEach,
  join,
  map,
  race,
  run,
  sleep,
  spawn,
  taskGroup,
  yieldNow,
} from 'treadle';
import type { Coroutine, Effect, Task } from 'treadle';
import { program, shuffled, since, TIMES } from './kit.ts';
import type { Growth, Timed } from './kit.ts';

function* waiter(event: Event): Coroutine<void> {
  yield* event.wait();
}

function* quick(): Coroutine<void> {}

/** Spawns n tasks that wait, and lets each of them get to its wait. */
function* crowd(n: number, event: Event): Coroutine<Task[]> {
  const tasks: Task[] = [];
  for (let i = 0; i < n; i++) tasks.push(yield* spawn(waiter(event)));
  yield* yieldNow();
  return tasks;
}

/** A task that owns n waiting tasks and has nothing else to do. Spawning many takes it more than one turn. */
function* family(n: number, event: Event, child: (event: Event) => Coroutine<void> = waiter): Coroutine<Task> {
  const complete = new Event();
  const owner = yield* spawn(
    (function* (): Coroutine<void> {
      for (let i = 0; i < n; i++) yield* spawn(child(event));
      yield* yieldNow();
      complete.set();
    })(),
  );
  yield* complete.wait();
  yield* yieldNow();
  return owner;
}

/** One operation, over and over, beside n tasks that wait. They belong to the task that does it. */
function beside(n: number, times: number, operation: () => Coroutine<unknown> | Effect<unknown>): Promise<Timed> {
  return program(
    (function* () {
      const event = new Event();
      yield* crowd(n, event);
      const start = performance.now();
      for (let i = 0; i < times; i++) yield* operation() as Effect<unknown>;
      const timed = since(start, times);
      event.set();
      return timed;
    })(),
  );
}

function* fails(event: Event): Coroutine<void> {
  yield* event.wait();
  throw failure;
}
const failure = new Error('the same one');

/** A combinator over n awaitables, each of which waits once: from the call to its result. */
const combined = (name: string, combine: (works: Coroutine<void>[]) => Coroutine<unknown>): Growth => ({
  group: 'children',
  name,
  objects: 12,
  once: (n) =>
    program(
      (function* () {
        const works = Array.from({ length: n }, function* (): Coroutine<void> {
          yield* yieldNow();
        });
        const start = performance.now();
        yield* combine(works);
        return since(start, n);
      })(),
    ),
});

export const tasks: readonly Growth[] = [
  {
    group: 'live tasks',
    name: 'switch, all n ready',
    once: (n) =>
      program(
        (function* () {
          let over = false;
          const gate = new Event(); // otherwise the first ones would run while the last ones are being spawned
          const work = function* (): Coroutine<void> {
            yield* gate.wait();
            while (!over) yield* yieldNow();
          };
          for (let i = 1; i < n; i++) yield* spawn(work());
          yield* yieldNow();
          gate.set();
          yield* yieldNow();
          const rounds = Math.max(3, Math.ceil(TIMES / n));
          const start = performance.now();
          for (let i = 0; i < rounds; i++) yield* yieldNow();
          const timed = since(start, rounds * n);
          over = true;
          return timed;
        })(),
      ),
  },
  { group: 'live tasks', name: 'switch beside n that wait', once: (n) => beside(n, TIMES, () => yieldNow()) },
  {
    group: 'live tasks',
    name: 'spawn n, to their first wait',
    once: (n) =>
      program(
        (function* () {
          const event = new Event();
          const start = performance.now();
          for (let i = 0; i < n; i++) yield* spawn(waiter(event));
          yield* yieldNow();
          const timed = since(start, n);
          event.set();
          return timed;
        })(),
      ),
  },
  {
    group: 'live tasks',
    name: 'end of n, woken together',
    once: (n) =>
      program(
        (function* () {
          const event = new Event();
          const last = (yield* crowd(n, event)).at(-1)!;
          const start = performance.now();
          event.set();
          yield* join(last);
          return since(start, n);
        })(),
      ),
  },
  {
    group: 'live tasks',
    name: 'cancel each of n, shuffled',
    once: (n) =>
      program(
        (function* () {
          const tasks = yield* crowd(n, new Event());
          const order = shuffled(n);
          const start = performance.now();
          for (const index of order) tasks[index]!.cancel();
          yield* yieldNow();
          return since(start, n);
        })(),
      ),
  },
  {
    group: 'live tasks',
    name: 'cancel each of n sleepers, shuffled',
    once: (n) =>
      program(
        (function* () {
          const tasks: Task[] = [];
          for (let i = 0; i < n; i++) tasks.push(yield* spawn(sleep(1e7 + (i % 1_000))));
          yield* yieldNow();
          const order = shuffled(n);
          const start = performance.now();
          for (const index of order) tasks[index]!.cancel();
          yield* yieldNow();
          return since(start, n);
        })(),
      ),
  },
  {
    group: 'live tasks',
    name: 'loop.tasks()',
    nature: 'listing',
    once: (n) => {
      const loop = new EventLoop();
      return loop
        .runUntilComplete(
          (function* (): Coroutine<Timed> {
            const event = new Event();
            yield* crowd(n, event);
            const start = performance.now();
            const { length } = loop.tasks();
            const timed = since(start, length);
            event.set();
            return timed;
          })(),
        )
        .then((timed) => timed);
    },
  },
  {
    group: 'live tasks',
    name: 'deadlock report and its clean-up',
    objects: 12, // strings, too
    nature: 'listing',
    max: 100_000,
    once: async (n) => {
      const { VirtualClock } = await import('treadle/testing');
      let start = 0;
      const stuck = run(
        (function* (): Coroutine<void> {
          yield* crowd(n, new Event());
          start = performance.now();
        })(),
        { clock: new VirtualClock() },
      );
      await stuck.then(undefined, () => undefined);
      return since(start, n);
    },
  },

  {
    group: 'children',
    name: 'spawn and join one more',
    once: (n) =>
      beside(n, TIMES, function* () {
        yield* join(yield* spawn(quick()));
      }),
  },
  {
    group: 'children',
    name: 'spawn and cancel one more',
    once: (n) =>
      beside(n, TIMES, function* () {
        yield* cancel(yield* spawn(sleep(1e7)));
      }),
  },
  {
    group: 'children',
    name: 'cancel one from the middle and wait for it',
    once: (n) =>
      program(
        (function* () {
          const event = new Event();
          const tasks = yield* crowd(n, event);
          const order = shuffled(n).subarray(0, TIMES);
          const start = performance.now();
          for (const index of order) yield* cancel(tasks[index]!);
          const timed = since(start, order.length);
          event.set();
          return timed;
        })(),
      ),
  },
  {
    group: 'children',
    name: 'end of an owner of n: waits for them',
    once: (n) =>
      program(
        (function* () {
          const event = new Event();
          const owner = yield* family(n, event);
          const start = performance.now();
          event.set();
          yield* join(owner);
          return since(start, n);
        })(),
      ),
  },
  {
    group: 'children',
    name: 'cancel an owner of n',
    once: (n) =>
      program(
        (function* () {
          const owner = yield* family(n, new Event());
          const start = performance.now();
          yield* cancel(owner);
          return since(start, n);
        })(),
      ),
  },
  {
    group: 'children',
    name: 'n children fail, nobody joins',
    objects: 8,
    once: (n) =>
      program(
        (function* () {
          const event = new Event();
          const owner = yield* family(n, event, fails);
          const start = performance.now();
          event.set();
          try {
            yield* join(owner);
          } catch {}
          return since(start, n);
        })(),
      ),
  },
  combined('all of n', function* (works) {
    yield* all(works);
  }),
  combined('allSettled of n', function* (works) {
    yield* allSettled(works);
  }),
  combined('any of n', function* (works) {
    yield* any(works);
  }),
  combined('race of n, n - 1 lose', function* (works) {
    yield* race(works);
  }),
  combined('map over n, no limit', function* (works) {
    yield* map(works, (work) => work);
  }),
  combined('forEach over n, 10 at a time', function* (works) {
    yield* forEach(works, (work) => work, { concurrency: 10 });
  }),
  combined('taskGroup of n', function* (works) {
    yield* taskGroup(function* (group) {
      for (const work of works) yield* group.spawn(work);
    });
  }),
  {
    group: 'children',
    name: 'taskGroup: spawn and cancel one, after n',
    once: (n) =>
      program(
        (function* () {
          return yield* taskGroup(function* (group) {
            const one = coroutine('one', function* () {
              yield* cancel(yield* group.spawn(sleep(1e7)));
            });
            for (let i = 0; i < n; i++) yield* one();
            const start = performance.now();
            const times = 100;
            for (let i = 0; i < times; i++) yield* one();
            return since(start, times);
          });
        })(),
      ),
  },
  {
    group: 'children',
    name: 'task.children',
    nature: 'listing',
    once: (n) =>
      program(
        (function* () {
          const event = new Event();
          const owner = yield* family(n, event);
          const start = performance.now();
          const { length } = owner.children;
          const timed = since(start, length);
          event.set();
          return timed;
        })(),
      ),
  },
];
