// An effect that is answered at once, 1,000,000 times: what it costs to ask the scheduler for something that is ready.
// Native code has nothing that is answered at once; `await undefined` comes closest.
import type { Workload } from '../workload.ts';
import { expect } from './expect.ts';

export default {
  id: 'inline',
  title: 'effect answered at once',
  n: 1_000_000,
  variants: {
    // currentTask() is the effect with the least work behind it. It is made once, as Effect.void is.
    treadle: async () => {
      const { currentTask, run } = await import('treadle');
      const ready = currentTask();
      function* main(n: number) {
        let count = 0;
        for (let i = 0; i < n; i++) if ((yield* ready) !== undefined) count++;
        expect(count, n);
      }
      return (n) => run(main(n));
    },

    'treadle bare': async () => {
      const { currentTask, run } = await import('treadle');
      const ready = currentTask();
      function* main(n: number): Generator<any, void, unknown> {
        let count = 0;
        for (let i = 0; i < n; i++) if ((yield ready) !== undefined) count++;
        expect(count, n);
      }
      return (n) => run(main(n));
    },

    native: async () => {
      async function main(n: number) {
        let count = 0;
        for (let i = 0; i < n; i++) if ((await undefined) === undefined) count++;
        expect(count, n);
      }
      return main;
    },

    // A constant effect in the generator style, in which effect programs are written. `whileLoop` is its internal loop.
    effect: async () => {
      const Effect = await import('effect/Effect');
      const main = (n: number) =>
        Effect.gen(function* () {
          let count = 0;
          for (let i = 0; i < n; i++) if ((yield* Effect.void) === undefined) count++;
          expect(count, n);
        });
      return (n) => Effect.runPromise(main(n));
    },

    effection: async () => {
      const { lift, run } = await import('effection');
      const ready = lift(() => 1)();
      function* main(n: number) {
        let count = 0;
        for (let i = 0; i < n; i++) if ((yield* ready) !== undefined) count++;
        expect(count, n);
      }
      return (n) => run(() => main(n));
    },

    'redux-saga': async () => {
      const { runSaga } = await import('redux-saga');
      const { call } = await import('redux-saga/effects');
      const ready = call(() => 1);
      function* main(n: number): Generator<unknown, void, number> {
        let count = 0;
        for (let i = 0; i < n; i++) if ((yield ready) !== undefined) count++;
        expect(count, n);
      }
      return (n) => runSaga({}, main, n).toPromise();
    },

    // No scheduler: a loop calls next() and sends the answer in.
    floor: async () => {
      function* main(n: number): Generator<number, void, number> {
        let count = 0;
        for (let i = 0; i < n; i++) if ((yield 1) !== undefined) count++;
        expect(count, n);
      }
      return (n) => {
        const generator = main(n);
        for (let step = generator.next(); !step.done;) step = generator.next(step.value);
      };
    },
  },
  goals: [
    { variant: 'treadle', to: 'native', limit: 0.9 },
    { variant: 'treadle', to: 'effect', limit: 1 },
    { variant: 'treadle bare', to: 'native', limit: 0.6 },
  ],
} satisfies Workload;
