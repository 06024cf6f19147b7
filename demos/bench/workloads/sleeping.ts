// The programs of the workloads `sleepers` and `memory`: n tasks that sleep at the same time.
//
// Every variant has a coroutine (a fiber, a saga, an async function) for each sleeper. It sleeps length(i) milliseconds
// and counts itself when it wakes. The program is over when the last one is. Relies on nothing.

export type Program = (n: number, length: (i: number) => number) => PromiseLike<unknown>;

/** How many have woken. It is not an argument of each sleeper, so that their weight is the library's alone. */
export const count = { woken: 0 };

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** `sleeping[variant]()` gives the program. */
const sleeping = {
  // A child task each. Nothing joins them, because their owner waits for them anyway.
  treadle: (): Promise<Program> =>
    import('treadle').then(({ run, sleep, spawn }) => {
      function* sleeper(ms: number) {
        yield* sleep(ms);
        count.woken++;
      }
      function* main(n: number, length: (i: number) => number) {
        for (let i = 0; i < n; i++) yield* spawn(sleeper(length(i)));
      }
      return (n, length) => run(main(n, length));
    }),

  // One setTimeout each. Node keeps those of the same length in one list, so there are a thousand lists. This is leaner
  // than node:timers/promises, whose timers can be aborted.
  native: (): Promise<Program> => {
    async function sleeper(ms: number) {
      await wait(ms);
      count.woken++;
    }
    return Promise.resolve((n, length) => Promise.all(Array.from({ length: n }, (_, i) => sleeper(length(i)))));
  },

  // Its own way to run many at once: a fiber for each item, and no list of results. `map` is cheaper than a generator
  // for each (`Effect.gen`).
  effect: (): Promise<Program> =>
    import('effect/Effect').then(({ forEach, map, runPromise, sleep }) => (n, length) => {
      const items = Array.from({ length: n }, (_, i) => i);
      const sleeper = (i: number) => map(sleep(length(i)), () => count.woken++);
      return runPromise(forEach(items, sleeper, { concurrency: 'unbounded', discard: true }));
    }),

  // A child each, joined by `all`, because a scope that ends halts its children.
  effection: (): Promise<Program> =>
    import('effection').then(({ all, run, sleep }) => {
      function* sleeper(ms: number): Generator<unknown, void, unknown> {
        yield* sleep(ms);
        count.woken++;
      }
      return (n, length) => run(() => all(Array.from({ length: n }, (_, i) => sleeper(length(i)))));
    }),

  // Forked in a tree, a hundred at each node. A fork that ends is searched for among the forks of its parent: in a flat
  // list 100,000 take ten times as long as in the tree, and a million a hundred times as long.
  'redux-saga': (): Promise<Program> =>
    Promise.all([import('redux-saga'), import('redux-saga/effects')]).then(([{ runSaga }, { all, delay, fork }]) => {
      function* sleeper(ms: number): Generator<unknown, void, unknown> {
        yield delay(ms);
        count.woken++;
      }
      function* some(from: number, to: number, length: (i: number) => number): Generator<unknown, void, unknown> {
        const step =
          to - from > 10_000 ? 10_000
          : to - from > 100 ? 100
          : 1;
        yield all(
          Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => {
            const first = from + i * step;
            return step === 1 ? fork(sleeper, length(first)) : fork(some, first, Math.min(first + step, to), length);
          }),
        );
      }
      return (n, length) => runSaga({}, some, 0, n, length).toPromise();
    }),

  // It has no sleep of its own, so this is a promise of a setTimeout, as in its readme. A yielded array runs at once.
  co: (): Promise<Program> =>
    import('co').then(({ default: co }) => {
      function* sleeper(ms: number): Generator<unknown, void, unknown> {
        yield wait(ms);
        count.woken++;
      }
      function* main(n: number, length: (i: number) => number): Generator<unknown, void, unknown> {
        yield Array.from({ length: n }, (_, i) => sleeper(length(i)));
      }
      return (n, length) => co(main, n, length);
    }),

  bluebird: (): Promise<Program> =>
    import('bluebird').then(({ default: Bluebird }) => {
      const sleeper = Bluebird.coroutine(function* (ms: number): Generator<unknown, void, unknown> {
        yield Bluebird.delay(ms);
        count.woken++;
      });
      return (n, length) => Bluebird.all(Array.from({ length: n }, (_, i) => sleeper(length(i))));
    }),
};

/** The variants of a workload: each program, turned into a sample. */
export const variantsOf = <T>(sample: (program: Program) => T): Readonly<Record<string, () => Promise<T>>> =>
  Object.fromEntries(Object.entries(sleeping).map(([name, load]) => [name, () => load().then(sample)]));
