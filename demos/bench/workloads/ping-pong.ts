// Two tasks and two queues: one sends a number and waits for it to come back, the other sends it back. An
// operation is one message: a `put`, a `get` that has to wait, and a switch to the other task.
import type { Workload } from '../workload.ts';
import { expect } from './expect.ts';
import { PromiseQueue } from './promise-queue.ts';

export default {
  id: 'ping-pong',
  title: 'queue ping-pong',
  n: 500_000,
  variants: {
    // The usual way to write it: an effect for each step.
    treadle: async () => {
      const { Queue, run, spawn } = await import('treadle');
      type Numbers = InstanceType<typeof Queue<number>>;
      function* ping(rounds: number, out: Numbers, back: Numbers) {
        let count = 0;
        for (let i = 0; i < rounds; i++) {
          yield* out.put(i);
          if ((yield* back.get()) === i) count++;
        }
        return count;
      }
      function* pong(rounds: number, out: Numbers, back: Numbers) {
        for (let i = 0; i < rounds; i++) yield* back.put(yield* out.get());
      }
      return (n) =>
        run(
          (function* () {
            const out = new Queue<number>(1);
            const back = new Queue<number>(1);
            yield* spawn(pong(n / 2, out, back));
            expect(yield* ping(n / 2, out, back), n / 2);
          })(),
        );
    },

    'treadle bare': async () => {
      const { Queue, run, spawn } = await import('treadle');
      type Numbers = InstanceType<typeof Queue<number>>;
      function* ping(rounds: number, out: Numbers, back: Numbers): Generator<any, number, any> {
        let count = 0;
        for (let i = 0; i < rounds; i++) {
          yield out.put(i);
          if ((yield back.get()) === i) count++;
        }
        return count;
      }
      function* pong(rounds: number, out: Numbers, back: Numbers): Generator<any, void, any> {
        for (let i = 0; i < rounds; i++) yield back.put(yield out.get());
      }
      return (n) =>
        run(
          (function* () {
            const out = new Queue<number>(1);
            const back = new Queue<number>(1);
            yield* spawn(pong(n / 2, out, back));
            expect(yield* ping(n / 2, out, back), n / 2);
          })(),
        );
    },

    // The fastest: there is always room, so putting needs no effect, and the effect that gets is made once.
    'treadle idiom': async () => {
      const { Queue, run, spawn } = await import('treadle');
      type Numbers = InstanceType<typeof Queue<number>>;
      function* ping(rounds: number, out: Numbers, back: Numbers): Generator<any, number, any> {
        const get = back.get();
        let count = 0;
        for (let i = 0; i < rounds; i++) {
          out.putNowait(i);
          if ((yield get) === i) count++;
        }
        return count;
      }
      function* pong(rounds: number, out: Numbers, back: Numbers): Generator<any, void, any> {
        const get = out.get();
        for (let i = 0; i < rounds; i++) back.putNowait(yield get);
      }
      return (n) =>
        run(
          (function* () {
            const out = new Queue<number>();
            const back = new Queue<number>();
            yield* spawn(pong(n / 2, out, back));
            expect(yield* ping(n / 2, out, back), n / 2);
          })(),
        );
    },

    // The language has no queue. This one has only what the game needs, and its `put` costs no promise.
    native: async () => {
      type Numbers = PromiseQueue<number>;
      async function ping(rounds: number, out: Numbers, back: Numbers) {
        let count = 0;
        for (let i = 0; i < rounds; i++) {
          out.put(i);
          if ((await back.get()) === i) count++;
        }
        return count;
      }
      async function pong(rounds: number, out: Numbers, back: Numbers) {
        for (let i = 0; i < rounds; i++) back.put(await out.get());
      }
      return async (n) => {
        const out = new PromiseQueue<number>();
        const back = new PromiseQueue<number>();
        const [count] = await Promise.all([ping(n / 2, out, back), pong(n / 2, out, back)]);
        expect(count, n / 2);
      };
    },

    // Its own queue. Putting needs no effect, and the effect that takes is made once.
    effect: async () => {
      const Effect = await import('effect/Effect');
      const Queue = await import('effect/Queue');
      const ping = (rounds: number, out: unknown, back: unknown) =>
        Effect.gen(function* () {
          const take = Queue.take(back);
          let count = 0;
          for (let i = 0; i < rounds; i++) {
            Queue.offerUnsafe(out, i);
            if ((yield* take) === i) count++;
          }
          expect(count, rounds);
        });
      const pong = (rounds: number, out: unknown, back: unknown) =>
        Effect.gen(function* () {
          const take = Queue.take(out);
          for (let i = 0; i < rounds; i++) Queue.offerUnsafe(back, yield* take);
        });
      return (n) =>
        Effect.runPromise(
          Effect.gen(function* () {
            const out = yield* Queue.unbounded();
            const back = yield* Queue.unbounded();
            yield* Effect.all([ping(n / 2, out, back), pong(n / 2, out, back)], {
              concurrency: 'unbounded',
              discard: true,
            });
          }),
        );
    },

    // Its own queue: `add` is a call, `next` an operation.
    effection: async () => {
      const { createQueue, run, spawn } = await import('effection');
      function* ping(rounds: number, out: any, back: any) {
        let count = 0;
        for (let i = 0; i < rounds; i++) {
          out.add(i);
          if ((yield* back.next()).value === i) count++;
        }
        expect(count, rounds);
      }
      function* pong(rounds: number, out: any, back: any) {
        for (let i = 0; i < rounds; i++) back.add((yield* out.next()).value);
      }
      return (n) =>
        run(function* () {
          const out = createQueue();
          const back = createQueue();
          const other = yield* spawn(() => pong(n / 2, out, back));
          yield* ping(n / 2, out, back);
          yield* other;
        });
    },

    // Its own channel. Putting with a plain call resumes the other saga at once. The effect `put` goes through its
    // queue and costs twice as much.
    'redux-saga': async () => {
      const { channel, runSaga } = await import('redux-saga');
      const { fork, take } = await import('redux-saga/effects');
      function* ping(rounds: number, out: any, back: any): Generator<unknown, void, number> {
        const next = take(back);
        let count = 0;
        for (let i = 0; i < rounds; i++) {
          out.put(i);
          if ((yield next) === i) count++;
        }
        expect(count, rounds);
      }
      function* pong(rounds: number, out: any, back: any): Generator<unknown, void, number> {
        const next = take(out);
        for (let i = 0; i < rounds; i++) back.put(yield next);
      }
      function* main(n: number) {
        const out = channel();
        const back = channel();
        yield fork(pong, n / 2, out, back);
        yield fork(ping, n / 2, out, back);
      }
      return (n) => runSaga({}, main, n).toPromise();
    },

    // The native queue: what co yields is a promise.
    co: async () => {
      const { default: co } = await import('co');
      type Numbers = PromiseQueue<number>;
      function* ping(rounds: number, out: Numbers, back: Numbers): Generator<unknown, void, number> {
        let count = 0;
        for (let i = 0; i < rounds; i++) {
          out.put(i);
          if ((yield back.get()) === i) count++;
        }
        expect(count, rounds);
      }
      function* pong(rounds: number, out: Numbers, back: Numbers): Generator<unknown, void, number> {
        for (let i = 0; i < rounds; i++) back.put(yield out.get());
      }
      return (n) => {
        const out = new PromiseQueue<number>();
        const back = new PromiseQueue<number>();
        return Promise.all([co(ping(n / 2, out, back)), co(pong(n / 2, out, back))]);
      };
    },

    // The native queue, with bluebird's promises.
    bluebird: async () => {
      const { default: Bluebird } = await import('bluebird');
      type Numbers = PromiseQueue<number>;
      const ping = Bluebird.coroutine(function* (
        rounds: number,
        out: Numbers,
        back: Numbers,
      ): Generator<unknown, void, number> {
        let count = 0;
        for (let i = 0; i < rounds; i++) {
          out.put(i);
          if ((yield back.get()) === i) count++;
        }
        expect(count, rounds);
      });
      const pong = Bluebird.coroutine(function* (
        rounds: number,
        out: Numbers,
        back: Numbers,
      ): Generator<unknown, void, number> {
        for (let i = 0; i < rounds; i++) back.put(yield out.get());
      });
      return (n) => {
        const out = new PromiseQueue<number>(Bluebird);
        const back = new PromiseQueue<number>(Bluebird);
        return Bluebird.all([ping(n / 2, out, back), pong(n / 2, out, back)]);
      };
    },
  },
  goals: [
    { variant: 'treadle', to: 'native', limit: 2 },
    { variant: 'treadle idiom', to: 'native', limit: 0.95 },
  ],
} satisfies Workload;
