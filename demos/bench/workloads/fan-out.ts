// Fan-out: 100,000 children at once, and the results of all of them. Once with children that return at once, and once
// with children that wait for one turn, which is what children are for.
import type { Workload } from '../workload.ts';
import { expect } from './expect.ts';

const sum = (results: readonly number[]) => results.reduce((total, one) => total + one, 0);
const resolved = Promise.resolve();

const variants = (waits: boolean): Workload['variants'] => ({
  // The combinator: the counterpart of Promise.all, and of what all others here use.
  treadle: async () => {
    const { all, run, yieldNow } = await import('treadle');
    function* atOnce() {
      return 1;
    }
    function* waiting() {
      yield* yieldNow();
      return 1;
    }
    const child = waits ? waiting : atOnce;
    function* main(n: number) {
      expect(sum(yield* all(Array.from({ length: n }, () => child()))), n);
    }
    return (n) => run(main(n));
  },

  // The fastest: spawn each, join each. A failed child would be noticed where it is joined, or when its owner ends.
  'treadle idiom': async () => {
    const { run, spawn, yieldNow } = await import('treadle');
    type Child = import('treadle').Task<number>;
    function* atOnce() {
      return 1;
    }
    function* waiting(): Generator<any, number, void> {
      yield yieldNow();
      return 1;
    }
    const child = waits ? waiting : atOnce;
    function* main(n: number): Generator<any, void, any> {
      const children: Child[] = [];
      for (let i = 0; i < n; i++) children.push(yield spawn(child()));
      let count = 0;
      for (const child of children) count += yield child;
      expect(count, n);
    }
    return (n) => run(main(n));
  },

  native: async () => {
    const atOnce = async () => 1;
    const waiting = async () => {
      await undefined;
      return 1;
    };
    const child = waits ? waiting : atOnce;
    return async (n) => expect(sum(await Promise.all(Array.from({ length: n }, () => child()))), n);
  },

  // Its own combinator, without a limit. Its children need no generator: `sync`, and for the turn a resolved promise
  // (reschedule.ts says why).
  effect: async () => {
    const Effect = await import('effect/Effect');
    const child = waits ? Effect.promise(() => resolved.then(() => 1)) : Effect.sync(() => 1);
    return (n) =>
      Effect.runPromise(
        Effect.all(
          Array.from({ length: n }, () => child),
          { concurrency: 'unbounded' },
        ),
      ).then((results: number[]) => expect(sum(results), n));
  },

  effection: async () => {
    const { all, run, until } = await import('effection');
    const turn = until(resolved);
    function* atOnce() {
      return 1;
    }
    function* waiting() {
      yield* turn;
      return 1;
    }
    const child = waits ? waiting : atOnce;
    return (n) =>
      run(function* () {
        expect(sum(yield* all(Array.from({ length: n }, () => child()))), n);
      });
  },

  // `all` of calls. `fork` and `join` search an array for each child, which is a hundred times slower.
  'redux-saga': async () => {
    const { runSaga } = await import('redux-saga');
    const { all, call } = await import('redux-saga/effects');
    function* atOnce() {
      return 1;
    }
    function* waiting() {
      yield resolved;
      return 1;
    }
    const child = waits ? waiting : atOnce;
    function* main(n: number): Generator<unknown, void, number[]> {
      expect(sum(yield all(Array.from({ length: n }, () => call(child)))), n);
    }
    return (n) => runSaga({}, main, n).toPromise();
  },

  // A yielded array is its Promise.all.
  co: async () => {
    const { default: co } = await import('co');
    function* atOnce() {
      return 1;
    }
    function* waiting() {
      yield resolved;
      return 1;
    }
    const child = waits ? waiting : atOnce;
    function* main(n: number): Generator<unknown, void, number[]> {
      expect(sum(yield Array.from({ length: n }, () => child())), n);
    }
    return (n) => co(main(n));
  },

  bluebird: async () => {
    const { default: Bluebird } = await import('bluebird');
    const turn = Bluebird.resolve();
    const atOnce = Bluebird.coroutine(function* () {
      return 1;
    });
    const waiting = Bluebird.coroutine(function* () {
      yield turn;
      return 1;
    });
    const child = waits ? waiting : atOnce;
    return (n) =>
      Bluebird.all(Array.from({ length: n }, () => child())).then((results: number[]) => expect(sum(results), n));
  },
});

const fanOut = (waits: boolean, all: number, each: number): Workload => ({
  id: waits ? 'fan-out-waiting' : 'fan-out',
  title: waits ? 'fan-out 100,000, each waits' : 'fan-out 100,000',
  n: 100_000,
  variants: variants(waits),
  goals: [
    { variant: 'treadle', to: 'native', limit: all },
    { variant: 'treadle idiom', to: 'native', limit: each },
  ],
});

export default [fanOut(false, 2.2, 2), fanOut(true, 1, 1.3)];
