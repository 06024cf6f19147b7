// 100,000 tasks go to sleep for a minute. All are cancelled, each runs its `finally`, and all end. co has no
// cancellation.
import type { Sample, Workload } from '../workload.ts';
import { expect } from './expect.ts';

const MINUTE = 60_000;

class Census {
  /** How many went to sleep. */
  asleep = 0;
  /** How many have cleaned up. */
  clean = 0;
}

/** `run` is over when all tasks are. It must find all of them asleep before it cancels. */
const counted =
  (run: (n: number, census: Census) => unknown): Sample =>
  async (n) => {
    const census = new Census();
    await run(n, census);
    expect(census.clean, n);
  };

export default {
  id: 'spawn-cancel',
  title: 'spawn + cancel 100,000',
  n: 100_000,
  variants: {
    // One by one.
    treadle: async () => {
      const { cancel, run, sleep, spawn, yieldNow } = await import('treadle');
      type Child = import('treadle').Task<void>;
      function* sleeper(census: Census) {
        census.asleep++;
        try {
          yield* sleep(MINUTE);
        } finally {
          census.clean++;
        }
      }
      function* main(n: number, census: Census) {
        const tasks: Child[] = [];
        for (let i = 0; i < n; i++) tasks.push(yield* spawn(sleeper(census)));
        yield* yieldNow();
        expect(census.asleep, n);
        for (const task of tasks) yield* cancel(task);
      }
      return counted((n, census) => run(main(n, census)));
    },

    // Structured: their owner is cancelled, and is over when they are.
    'treadle idiom': async () => {
      const { cancel, run, sleep, spawn, yieldNow } = await import('treadle');
      function* sleeper(census: Census): Generator<any, void, void> {
        census.asleep++;
        try {
          yield sleep(MINUTE);
        } finally {
          census.clean++;
        }
      }
      function* owner(n: number, census: Census): Generator<any, void, void> {
        for (let i = 0; i < n; i++) yield spawn(sleeper(census));
      }
      function* main(n: number, census: Census): Generator<any, void, any> {
        const task = yield spawn(owner(n, census));
        while (census.asleep < n) yield yieldNow();
        yield cancel(task);
      }
      return counted((n, census) => run(main(n, census)));
    },

    // A controller each. With one for all, removing a listener searches all the others, which takes minutes.
    // Written by hand, because the sleep of node:timers/promises takes three times as long. The reason is made once.
    native: async () => {
      const sleep = (ms: number, signal: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          const timer = setTimeout(resolve, ms);
          signal.addEventListener(
            'abort',
            () => {
              clearTimeout(timer);
              reject(signal.reason);
            },
            { once: true },
          );
        });
      const sleeper = async (census: Census, signal: AbortSignal) => {
        census.asleep++;
        try {
          await sleep(MINUTE, signal);
        } finally {
          census.clean++;
        }
      };
      const reason = new Error('no longer needed');
      return counted((n, census) => {
        const controllers = Array.from({ length: n }, () => new AbortController());
        const sleepers = controllers.map(({ signal }) => sleeper(census, signal));
        expect(census.asleep, n);
        for (const controller of controllers) controller.abort(reason);
        return Promise.allSettled(sleepers);
      });
    },

    // Started at once and interrupted together, with no generator in between.
    effect: async () => {
      const Effect = await import('effect/Effect');
      const { interruptAll } = await import('effect/Fiber');
      const sleeper = (census: Census) =>
        Effect.suspend(() => {
          census.asleep++;
          return Effect.ensuring(
            Effect.sleep(MINUTE),
            Effect.sync(() => census.clean++),
          );
        });
      const main = Effect.fnUntraced(function* (n: number, census: Census): Generator<any, void, any> {
        const fibers = [];
        for (let i = 0; i < n; i++) fibers.push(yield* Effect.forkChild(sleeper(census), { startImmediately: true }));
        expect(census.asleep, n);
        yield* interruptAll(fibers);
      });
      return counted((n, census) => Effect.runPromise(main(n, census)));
    },

    // Structured: the scope that owns them is halted.
    effection: async () => {
      const { run, sleep, spawn, suspend } = await import('effection');
      function* sleeper(census: Census) {
        census.asleep++;
        try {
          yield* sleep(MINUTE);
        } finally {
          census.clean++;
        }
      }
      return counted((n, census) =>
        run(function* () {
          const owner = yield* spawn(function* () {
            for (let i = 0; i < n; i++) yield* spawn(() => sleeper(census));
            yield* suspend();
          });
          while (census.asleep < n) yield* sleep(0);
          yield* owner.halt();
        }),
      );
    },

    // Structured: the saga that forked them is cancelled. One by one, each would be searched for among all the others.
    'redux-saga': async () => {
      const { runSaga } = await import('redux-saga');
      const { cancel, delay, fork } = await import('redux-saga/effects');
      function* sleeper(census: Census) {
        census.asleep++;
        try {
          yield delay(MINUTE);
        } finally {
          census.clean++;
        }
      }
      function* owner(n: number, census: Census) {
        for (let i = 0; i < n; i++) yield fork(sleeper, census);
      }
      function* main(n: number, census: Census): Generator<unknown, void, any> {
        const task = yield fork(owner, n, census);
        expect(census.asleep, n);
        yield cancel(task);
      }
      return counted((n, census) => runSaga({}, main, n, census).toPromise());
    },

    // With its cancellation switched on, which closes the generator. The promise then never settles, so the only thing
    // to wait for is that all have cleaned up.
    bluebird: async () => {
      const { default: Bluebird } = await import('bluebird');
      Bluebird.config({ cancellation: true });
      const sleeper = Bluebird.coroutine(function* (census: Census) {
        census.asleep++;
        try {
          yield Bluebird.delay(MINUTE);
        } finally {
          census.clean++;
        }
      });
      return counted((n, census) => {
        const sleepers = Array.from({ length: n }, () => sleeper(census));
        expect(census.asleep, n);
        for (const one of sleepers) one.cancel();
        return Bluebird.delay(0);
      });
    },
  },
  goals: [{ variant: 'treadle idiom', to: 'native', limit: 0.1 }],
} satisfies Workload;
