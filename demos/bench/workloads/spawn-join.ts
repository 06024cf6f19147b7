// Spawn and join: start a child that returns at once, wait for its result, then start the next one. treadle's child is
// queued, and has an owner, a name and a place among its siblings. A native one runs on the spot, inside the call.
import type { Workload } from '../workload.ts';
import { expect } from './expect.ts';

export default {
  id: 'spawn-join',
  title: 'spawn + join',
  n: 200_000,
  variants: {
    treadle: async () => {
      const { join, run, spawn } = await import('treadle');
      function* one() {
        return 1;
      }
      function* main(n: number) {
        let count = 0;
        for (let i = 0; i < n; i++) {
          const child = yield* spawn(one());
          count += yield* join(child);
        }
        expect(count, n);
      }
      return (n) => run(main(n));
    },

    'treadle bare': async () => {
      const { run, spawn } = await import('treadle');
      function* one() {
        return 1;
      }
      function* main(n: number): Generator<any, void, any> {
        let count = 0;
        for (let i = 0; i < n; i++) count += yield yield spawn(one());
        expect(count, n);
      }
      return (n) => run(main(n));
    },

    // The least that starts an async function and waits for it. It cannot be cancelled.
    native: async () => {
      const one = async () => 1;
      return async (n) => {
        let count = 0;
        for (let i = 0; i < n; i++) {
          const child = one();
          count += await child;
        }
        expect(count, n);
      };
    },

    // Started at once, which saves a turn of the host for each, and with a child that needs no generator.
    effect: async () => {
      const Effect = await import('effect/Effect');
      const { join } = await import('effect/Fiber');
      const one = Effect.sync(() => 1);
      const main = Effect.fnUntraced(function* (n: number): Generator<any, void, any> {
        let count = 0;
        for (let i = 0; i < n; i++) {
          const child = yield* Effect.forkChild(one, { startImmediately: true });
          count += yield* join(child);
        }
        expect(count, n);
      });
      return (n) => Effect.runPromise(main(n));
    },

    effection: async () => {
      const { run, spawn } = await import('effection');
      function* one() {
        return 1;
      }
      function* main(n: number) {
        let count = 0;
        for (let i = 0; i < n; i++) {
          const child = yield* spawn(one);
          count += yield* child;
        }
        expect(count, n);
      }
      return (n) => run(() => main(n));
    },

    'redux-saga': async () => {
      const { runSaga } = await import('redux-saga');
      const { fork, join } = await import('redux-saga/effects');
      function* one() {
        return 1;
      }
      const start = fork(one);
      function* main(n: number): Generator<unknown, void, any> {
        let count = 0;
        for (let i = 0; i < n; i++) {
          const child = yield start;
          count += yield join(child);
        }
        expect(count, n);
      }
      return (n) => runSaga({}, main, n).toPromise();
    },

    // A child is the promise of a generator that co runs at once.
    co: async () => {
      const { default: co } = await import('co');
      function* one() {
        return 1;
      }
      function* main(n: number): Generator<unknown, void, number> {
        let count = 0;
        for (let i = 0; i < n; i++) {
          const child = co(one());
          count += yield child;
        }
        expect(count, n);
      }
      return (n) => co(main(n));
    },

    bluebird: async () => {
      const { default: Bluebird } = await import('bluebird');
      const one = Bluebird.coroutine(function* () {
        return 1;
      });
      return Bluebird.coroutine(function* (n: number): Generator<unknown, void, number> {
        let count = 0;
        for (let i = 0; i < n; i++) {
          const child = one();
          count += yield child;
        }
        expect(count, n);
      });
    },
  },
  goals: [
    { variant: 'treadle', to: 'native', limit: 5.3 },
    { variant: 'treadle bare', to: 'native', limit: 4.2 },
  ],
} satisfies Workload;
