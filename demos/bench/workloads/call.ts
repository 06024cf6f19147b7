// Call and return: a coroutine calls another one that returns at once, and takes its result, 1,000,000 times.
//
// "floor" is the language's own `yield*` from one generator to another. It is also how effection calls: the two
// are one generator for its scheduler. treadle's calls are frames of their own (depth.ts says why).
import type { Workload } from '../workload.ts';
import { expect } from './expect.ts';

export default {
  id: 'call',
  title: 'call and return',
  n: 500_000,
  variants: {
    treadle: async () => {
      const { coroutine, run } = await import('treadle');
      const one = coroutine('one', function* () {
        return 1;
      });
      function* main(n: number) {
        let count = 0;
        for (let i = 0; i < n; i++) count += yield* one();
        expect(count, n);
      }
      return (n) => run(main(n));
    },

    'treadle bare': async () => {
      const { coroutine, run } = await import('treadle');
      const one = coroutine('one', function* () {
        return 1;
      });
      function* main(n: number): Generator<any, void, number> {
        let count = 0;
        for (let i = 0; i < n; i++) count += yield one();
        expect(count, n);
      }
      return (n) => run(main(n));
    },

    // The fastest: a yielded generator is a frame, too, and needs no effect that describes it.
    'treadle idiom': async () => {
      const { run } = await import('treadle');
      function* one() {
        return 1;
      }
      function* main(n: number): Generator<any, void, number> {
        let count = 0;
        for (let i = 0; i < n; i++) count += yield one();
        expect(count, n);
      }
      return (n) => run(main(n));
    },

    native: async () => {
      const one = async () => 1;
      return async (n) => {
        let count = 0;
        for (let i = 0; i < n; i++) count += await one();
        expect(count, n);
      };
    },

    // Effect's own kind of generator function: fnUntraced makes each call an effect, without the spans of Effect.fn.
    effect: async () => {
      const Effect = await import('effect/Effect');
      const one = Effect.fnUntraced(function* () {
        return 1;
      });
      const main = Effect.fnUntraced(function* (n: number): Generator<any, void, number> {
        let count = 0;
        for (let i = 0; i < n; i++) count += yield* one();
        expect(count, n);
      });
      return (n) => Effect.runPromise(main(n));
    },

    // It calls with the language's `yield*`.
    effection: async () => {
      const { run } = await import('effection');
      function* one() {
        return 1;
      }
      function* main(n: number) {
        let count = 0;
        for (let i = 0; i < n; i++) count += yield* one();
        expect(count, n);
      }
      return (n) => run(() => main(n));
    },

    // The effect `call`, made anew for each call, because its arguments would differ.
    'redux-saga': async () => {
      const { runSaga } = await import('redux-saga');
      const { call } = await import('redux-saga/effects');
      function* one() {
        return 1;
      }
      function* main(n: number): Generator<unknown, void, number> {
        let count = 0;
        for (let i = 0; i < n; i++) count += yield call(one);
        expect(count, n);
      }
      return (n) => runSaga({}, main, n).toPromise();
    },

    co: async () => {
      const { default: co } = await import('co');
      function* one() {
        return 1;
      }
      function* main(n: number): Generator<unknown, void, number> {
        let count = 0;
        for (let i = 0; i < n; i++) count += yield one();
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
        for (let i = 0; i < n; i++) count += yield one();
        expect(count, n);
      });
    },

    floor: async () => {
      function* one() {
        return 1;
      }
      function* main(n: number) {
        let count = 0;
        for (let i = 0; i < n; i++) count += yield* one();
        expect(count, n);
      }
      return (n) => main(n).next();
    },
  },
  goals: [{ variant: 'treadle', to: 'co', limit: 0.6 }],
} satisfies Workload;
