// Growth with depth: calls within calls, owners of owners, combinators within combinators.
import { all, cancel, coroutine, Event, join, spawn, timeout, yieldNow } from 'treadle';
import type { Awaitable, Coroutine, Effect, Task } from 'treadle';
import { program, since, TIMES } from './kit.ts';
import type { Growth } from './kit.ts';

/** n frames, with something at the bottom. */
const down: (n: number, bottom: () => Awaitable<unknown>) => Effect<unknown> = coroutine('down', function* (n, bottom) {
  return n > 1 ? yield* down(n - 1, bottom) : yield bottom();
});

/** n tasks, each the owner of the next, with something in the last. */
function* owners(n: number, bottom: () => Awaitable<unknown>): Coroutine<void> {
  if (n > 1) yield* spawn(owners(n - 1, bottom));
  else yield bottom();
}

/** n levels of a combinator. */
type Level = (work: Awaitable<unknown>) => Awaitable<unknown>;
const levels: (n: number, level: Level, bottom: () => Awaitable<unknown>) => Effect<unknown> = coroutine(
  'level',
  function* (n, level, bottom) {
    return yield n > 1 ? level(levels(n - 1, level, bottom)) : bottom();
  },
);

/** Building it, ending it from the bottom, and cancelling it from the top; each per level. */
const unwound = (
  group: string,
  what: string,
  build: (n: number, bottom: () => Awaitable<unknown>) => Awaitable<unknown>,
  objects = 4,
): Growth[] => {
  /** Goes down to the bottom. Gives the time that took, the task at the top, and the event that the bottom waits on. */
  function* built(n: number): Coroutine<{ start: number; top: Task; event: Event }> {
    const start = performance.now();
    const event = new Event();
    const there = new Event();
    const top = yield* spawn(
      build(n, function* () {
        there.set();
        yield* event.wait();
      }),
    );
    yield* there.wait();
    return { start, top, event };
  }
  return [
    {
      group,
      objects,
      name: `${what}: start a level`,
      once: (n) =>
        program(
          (function* () {
            const { start, top, event } = yield* built(n);
            const timed = since(start, n);
            event.set();
            yield* join(top);
            return timed;
          })(),
        ),
    },
    {
      group,
      objects,
      name: `${what}: end a level`,
      once: (n) =>
        program(
          (function* () {
            const { top, event } = yield* built(n);
            const start = performance.now();
            event.set();
            yield* join(top);
            return since(start, n);
          })(),
        ),
    },
    {
      group,
      objects,
      name: `${what}: cancel, a level`,
      once: (n) =>
        program(
          (function* () {
            const { top } = yield* built(n);
            const start = performance.now();
            yield* cancel(top);
            return since(start, n);
          })(),
        ),
    },
  ];
};

const failure = new Error('the same one');

export const depth: readonly Growth[] = [
  ...unwound('depth', 'calls', (n, bottom) => down(n, bottom)),
  {
    group: 'depth',
    name: 'calls: resume under n',
    once: (n) =>
      program(
        (function* () {
          return (yield* down(n, function* () {
            const start = performance.now();
            for (let i = 0; i < TIMES; i++) yield* yieldNow();
            return since(start, TIMES);
          })) as never;
        })(),
      ),
  },
  {
    group: 'depth',
    name: 'calls: throw through n, a level',
    once: (n) =>
      program(
        (function* () {
          let start = 0;
          try {
            yield* down(n, function* () {
              start = performance.now();
              throw failure;
            });
          } catch {}
          return since(start, n);
        })(),
      ),
  },
  ...unwound('depth', 'owners', owners),
  {
    group: 'depth',
    name: 'owners: spawn a detached one under n',
    once: (n) =>
      program(
        (function* () {
          let timed = since(performance.now(), 1);
          yield* join(
            yield* spawn(
              owners(n, function* () {
                const times = 100;
                const start = performance.now();
                for (let i = 0; i < times; i++) yield* join(yield* spawn(yieldNow(), { detached: true }));
                timed = since(start, times);
              }),
            ),
          );
          return timed;
        })(),
      ),
  },
  ...unwound('depth', 'all within all', (n, bottom) => levels(n, (work) => all([work]), bottom), 12),
  ...unwound('depth', 'timeout within timeout', (n, bottom) => levels(n, (work) => timeout(1e7, work), bottom), 12),
];
