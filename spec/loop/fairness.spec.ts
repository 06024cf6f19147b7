// Fairness: a task that never sleeps stops no timer, no I/O and no other task.
//
// How long the host waits for its turn is measured in time that the spec makes: every step of a task takes as long as
// it says, and nothing else takes any. So it is the same on a busy machine. What it comes to in real milliseconds is in
// the benchmark.
import { connect, createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EventLoop, join, Lock, now, Queue, run, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { listening } from '../support/servers.ts';

const test = suite('fairness');

/** What a task does in each of its steps: it takes its time, and says whether it goes on. */
type Work = () => boolean;

/** What the host gets done beside the tasks. */
interface Beside {
  /** The longest time between two of its turns, in ms. */
  readonly gap: number;
  /** The same, without the first 20 turns: by then the loop has found out how long the steps take. */
  readonly laterGap: number;
  /** How many of its turns the slowest round trip of a byte over a socket took. */
  readonly echo: number;
}

/** Starts the tasks, whose steps take `cost` ms each, and lets them go on until the host has done enough. */
async function beside(start: (work: Work) => unknown, cost: number): Promise<Beside> {
  const ignore = () => {}; // in the end one side is gone before the other
  const server = createServer((peer) => peer.setNoDelay(true).on('error', ignore).pipe(peer));
  const socket = connect(await listening(server), '127.0.0.1')
    .setNoDelay(true)
    .on('error', ignore);
  await new Promise((resolve) => socket.once('connect', resolve));
  const { now: realNow } = performance;
  let time = 0;
  performance.now = () => time;
  let lastTurn = 0;
  const done = { turns: 0, echoes: 0, timers: 0 };
  const most = { gap: 0, laterGap: 0, echo: 0 };
  const enough = () => done.turns >= 200 && done.echoes >= 50 && done.timers >= 20;
  const starved = () => time - lastTurn > 1_000;
  try {
    const ended = start(() => {
      time += cost;
      return !enough() && !starved();
    });
    await new Promise<void>((resolve) => {
      let sentIn = 0;
      const send = () => {
        sentIn = done.turns;
        socket.write('x');
      };
      socket.on('data', () => {
        most.echo = Math.max(most.echo, done.turns - sentIn);
        done.echoes++;
        send();
      });
      send();
      const timer = setInterval(() => done.timers++, 1);
      const turn = () => {
        most.gap = Math.max(most.gap, time - lastTurn);
        if (done.turns >= 20) most.laterGap = Math.max(most.laterGap, time - lastTurn);
        lastTurn = time;
        done.turns++;
        if (!enough() && most.gap < 1_000) return void setImmediate(turn);
        clearInterval(timer);
        resolve();
      };
      setImmediate(turn);
    });
    await ended;
  } finally {
    performance.now = realNow;
    socket.destroy();
    server.close();
  }
  return most;
}

/** The body is run as a program; the host must have its turn at least each half millisecond, and a socket its answer soon. */
async function holds(body: (work: Work) => Coroutine<unknown>, cost = 0.001, longest = 0.5): Promise<void> {
  const { gap, echo } = await beside((work) => run(body(work)), cost);
  assert.ok(gap > 0 && gap <= longest, `the host waited ${gap} ms`);
  assert.ok(echo <= 10, `an echo took ${echo} turns`);
}

test('a task that loops over yieldNow() leaves the host its timers and its sockets', () =>
  holds(function* (work) {
    while (work()) yield* yieldNow();
  }));

test('a task that loops over an inline effect does, too', () =>
  holds(function* (work) {
    while (work()) yield* now();
  }));

test('both at once do, with budgets that are shared and do not multiply', () =>
  holds(function* (work) {
    const inline = function* (): Coroutine<void> {
      while (work()) yield* now();
    };
    const queued = function* (): Coroutine<void> {
      while (work()) yield* yieldNow();
    };
    for (let i = 0; i < 20; i++) {
      yield* spawn(inline());
      yield* spawn(queued());
    }
  }));

test('a task that loops over a free lock, a queue, and frames does', () =>
  holds(function* (work) {
    const lock = new Lock();
    const queue = new Queue<number>();
    while (work()) {
      yield* lock.acquire();
      lock.release();
      yield* queue.put(1);
      yield* queue.get();
      yield (function* () {})();
    }
  }));

test('a storm of ready promises does not starve timers', () =>
  holds(function* (work) {
    while (work()) yield Promise.resolve();
  }));

test('a storm of children that end at once does not, either', () =>
  holds(function* (work) {
    while (work()) yield* join(yield* spawn((function* () {})()));
  }));

test('a storm of callSoon does not, either', async () => {
  const { gap, echo } = await beside((work) => {
    const loop = new EventLoop();
    const again = () => {
      if (work()) loop.callSoon(again);
      else loop.stop();
    };
    again();
    return loop.runForever();
  }, 0.001);
  assert.ok(gap > 0 && gap <= 0.5, `the host waited ${gap} ms`);
  assert.ok(echo <= 10, `an echo took ${echo} turns`);
});

// ---- Slow steps

test('a task whose steps take 5 ms each keeps the host waiting for two of them at most, and later for one', async () => {
  const { gap, laterGap } = await beside(
    (work) =>
      run(
        (function* () {
          while (work()) yield* yieldNow();
        })(),
      ),
    5,
  );
  assert.equal([gap, laterGap], [10, 5]);
});

test('a task that works for 5 ms between answers that are there is noticed as soon', async () => {
  const { gap, laterGap } = await beside(
    (work) =>
      run(
        (function* () {
          const lock = new Lock();
          while (work()) {
            yield* lock.acquire();
            lock.release();
          }
        })(),
      ),
    5,
  );
  assert.equal([gap, laterGap], [15, 5]);
});

/** A program of twenty tasks. */
function* twenty(body: () => Coroutine<void>): Coroutine<void> {
  for (let i = 0; i < 20; i++) yield* spawn(body());
}

test('twenty tasks whose steps take 5 ms each keep the host waiting for one step', async () => {
  const bodies: Record<string, (work: Work) => Coroutine<void>> = {
    *yieldNow(work) {
      while (work()) yield* yieldNow();
    },
    *promise(work) {
      while (work()) yield Promise.resolve();
    },
    *sleep(work) {
      while (work()) yield* sleep(1);
    },
  };
  for (const [name, body] of Object.entries(bodies)) {
    const { laterGap } = await beside((work) => run(twenty(() => body(work))), 5);
    assert.is(laterGap, 5, name);
  }
});

test('twenty callbacks that take 5 ms each do, too', async () => {
  const { laterGap } = await beside((work) => {
    const loop = new EventLoop();
    const again = () => {
      if (work()) loop.callSoon(again);
      else loop.stop();
    };
    for (let i = 0; i < 20; i++) loop.callSoon(again);
    return loop.runForever();
  }, 5);
  assert.is(laterGap, 5);
});

test('twenty slow tasks among a hundred quick ones do, too: a loop that was caught out once looks often', async () => {
  const { laterGap } = await beside(
    (work) =>
      run(
        (function* () {
          let over = false;
          for (let i = 0; i < 100; i++)
            yield* spawn(
              (function* () {
                while (!over) yield* yieldNow();
              })(),
            );
          yield* twenty(function* () {
            while (work()) yield* yieldNow();
            over = true;
          });
        })(),
      ),
    5,
  );
  assert.is(laterGap, 5);
});

test('a spinning task does not stop the sleepers of its own loop, nor other tasks', async () => {
  let ticks = 0;
  let turns = 0;
  await run(
    (function* () {
      let over = false;
      const end = performance.now() + 30_000;
      const spin = function* (): Coroutine<void> {
        while (!over && performance.now() < end) {
          yield* now();
          yield* now();
        }
      };
      const spinners = [yield* spawn(spin()), yield* spawn(spin())];
      const turner = yield* spawn(
        (function* () {
          while (!over && performance.now() < end) {
            yield* yieldNow();
            turns++;
          }
        })(),
      );
      for (let i = 0; i < 50; i++) {
        yield* sleep(10);
        ticks++;
        if (performance.now() > end) break;
      }
      over = true;
      for (const task of [...spinners, turner]) yield* join(task);
    })(),
  );
  assert.is(ticks, 50);
  assert.ok(turns > 100, `${turns} turns`);
});

test('two loops share the host', async () => {
  const counts = [0, 0];
  const spin = function* (i: number, work: Work): Coroutine<void> {
    for (; work(); yield* yieldNow()) counts[i]!++;
  };
  const { gap } = await beside((work) => Promise.all([run(spin(0, work)), run(spin(1, work))]), 0.001);
  const [a, b] = counts as [number, number];
  assert.ok(Math.min(a, b) > 0.8 * Math.max(a, b), `${a} and ${b} steps`);
  assert.ok(gap <= 1, `a slice of each: the host waited ${gap} ms`);
});

test.run();
