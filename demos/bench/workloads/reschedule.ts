// A turn: the task goes to the end of the queue, and every other task that is ready goes first. With 1, 100, 10,000 and
// 100,000 live tasks, because the cost of a switch depends on how much memory it touches.
//
// All tasks are made first, and time is taken from the moment when the last one has begun to the last turn. If a task
// starts at once, as an async function does, all are alive when the first one has its turn. If tasks are queued, they
// wait at a gate, which the last one to arrive opens. What it costs to make tasks is measured in fan-out.ts.
import type { Sample, Workload } from '../workload.ts';
import { expect } from './expect.ts';

class Race {
  /** Turns that were taken. */
  count = 0;
  /** Opens the gate, in the peer's own way, if there is one. */
  open = (): void => {};
  private readonly tasks: number;
  private arrived = 0;
  private passed = 0;
  private before = 0;
  private start = 0;
  private end = 0;

  constructor(tasks: number) {
    this.tasks = tasks;
  }

  arrive(): void {
    if (++this.arrived === this.tasks) this.open();
  }

  pass(): void {
    if (++this.passed < this.tasks) return;
    this.before = this.count;
    this.start = performance.now();
  }

  over(): void {
    this.end = performance.now();
  }

  figures(turns: number) {
    expect(this.count, this.tasks * turns);
    const counted = this.count - this.before;
    if (counted < this.count / 2) throw new Error('the tasks ran one after the other and not in turns');
    return { time: ((this.end - this.start) * 1e6) / counted };
  }
}

/** `start` runs this many tasks with this many turns each, and is over when they are. */
function timed(most: number, start: (race: Race, tasks: number, turns: number) => unknown): Sample {
  return async (n) => {
    const tasks = Math.min(n, most);
    const turns = Math.round(n / tasks);
    const race = new Race(tasks);
    await start(race, tasks, turns);
    return race.figures(turns);
  };
}

const variants = (most: number): Workload['variants'] => ({
  treadle: async () => {
    const { Event, run, spawn, yieldNow } = await import('treadle');
    function* worker(race: Race, gate: InstanceType<typeof Event>, turns: number) {
      race.arrive();
      yield* gate.wait();
      race.pass();
      for (let i = 0; i < turns; i++) {
        yield* yieldNow();
        race.count++;
      }
      race.over();
    }
    return timed(most, (race, tasks, turns) =>
      run(
        (function* () {
          const gate = new Event();
          race.open = () => gate.set();
          for (let i = 0; i < tasks; i++) yield* spawn(worker(race, gate, turns));
        })(),
      ),
    );
  },

  'treadle bare': async () => {
    const { Event, run, spawn, yieldNow } = await import('treadle');
    function* worker(race: Race, gate: InstanceType<typeof Event>, turns: number) {
      race.arrive();
      yield gate.wait();
      race.pass();
      for (let i = 0; i < turns; i++) {
        yield yieldNow();
        race.count++;
      }
      race.over();
    }
    return timed(most, (race, tasks, turns) =>
      run(
        (function* () {
          const gate = new Event();
          race.open = () => gate.set();
          for (let i = 0; i < tasks; i++) yield spawn(worker(race, gate, turns));
        })(),
      ),
    );
  },

  // One microtask: the cheapest turn that the language has.
  native: async () => {
    async function worker(race: Race, turns: number) {
      await undefined;
      race.pass();
      for (let i = 0; i < turns; i++) {
        await undefined;
        race.count++;
      }
      race.over();
    }
    return timed(most, (race, tasks, turns) => Promise.all(Array.from({ length: tasks }, () => worker(race, turns))));
  },

  // A resolved promise is its cheapest turn. Effect.yieldNow gives the host a turn each time and for each fiber, and
  // takes 4 times as long with one fiber, twice as long with 10,000.
  effect: async () => {
    const Effect = await import('effect/Effect');
    const { makeUnsafe } = await import('effect/Latch');
    const resolved = Promise.resolve();
    const turn = Effect.promise(() => resolved);
    const worker = (race: Race, gate: any, turns: number) =>
      Effect.gen(function* () {
        race.arrive();
        yield* gate.await;
        race.pass();
        for (let i = 0; i < turns; i++) {
          yield* turn;
          race.count++;
        }
        race.over();
      });
    return timed(most, (race, tasks, turns) => {
      const gate = makeUnsafe(false);
      race.open = () => gate.openUnsafe();
      return Effect.runPromise(
        Effect.forEach(Array.from({ length: tasks }), () => worker(race, gate, turns), {
          concurrency: 'unbounded',
          discard: true,
        }),
      );
    });
  },

  // Its sleep(0) is a timer of the host and takes a millisecond. A resolved promise is its cheapest turn.
  effection: async () => {
    const { all, run, until } = await import('effection');
    const turn = until(Promise.resolve());
    function* worker(race: Race, gate: unknown, turns: number) {
      race.arrive();
      yield* until(gate);
      race.pass();
      for (let i = 0; i < turns; i++) {
        yield* turn;
        race.count++;
      }
      race.over();
    }
    return timed(most, (race, tasks, turns) => {
      // A resolved promise is a turn, too.
      const gate = new Promise<void>((resolve) => {
        race.open = resolve;
      });
      return run(() => all(Array.from({ length: tasks }, () => worker(race, gate, turns))));
    });
  },

  // It has no effect for a turn (`delay(0)` is a timer of the host), but a resolved promise is one.
  'redux-saga': async () => {
    const { runSaga } = await import('redux-saga');
    const { fork } = await import('redux-saga/effects');
    const turn = Promise.resolve();
    function* worker(race: Race, turns: number) {
      yield turn;
      race.pass();
      for (let i = 0; i < turns; i++) {
        yield turn;
        race.count++;
      }
      race.over();
    }
    function* main(race: Race, tasks: number, turns: number) {
      for (let i = 0; i < tasks; i++) yield fork(worker, race, turns);
    }
    return timed(most, (race, tasks, turns) => runSaga({}, main, race, tasks, turns).toPromise());
  },

  // It yields promises, and a resolved one is its cheapest turn.
  co: async () => {
    const { default: co } = await import('co');
    const turn = Promise.resolve();
    function* worker(race: Race, turns: number) {
      yield turn;
      race.pass();
      for (let i = 0; i < turns; i++) {
        yield turn;
        race.count++;
      }
      race.over();
    }
    return timed(most, (race, tasks, turns) =>
      Promise.all(Array.from({ length: tasks }, () => co(worker(race, turns)))),
    );
  },

  // Like co, with its own promises.
  bluebird: async () => {
    const { default: Bluebird } = await import('bluebird');
    const turn = Bluebird.resolve();
    const worker = Bluebird.coroutine(function* (race: Race, turns: number) {
      yield turn;
      race.pass();
      for (let i = 0; i < turns; i++) {
        yield turn;
        race.count++;
      }
      race.over();
    });
    return timed(most, (race, tasks, turns) => Bluebird.all(Array.from({ length: tasks }, () => worker(race, turns))));
  },

  // No scheduler: a ring of generators, and a loop that calls next() on one after the other.
  floor: async () => {
    function* worker(race: Race, turns: number) {
      yield;
      race.pass();
      for (let i = 0; i < turns; i++) {
        yield;
        race.count++;
      }
      race.over();
    }
    return timed(most, (race, tasks, turns) => {
      const ring = Array.from({ length: tasks }, () => worker(race, turns));
      for (let left = tasks; left > 0;) {
        for (const generator of ring) if (generator.next().done) left--;
      }
    });
  },
});

const reschedule = (tasks: number, goals: Workload['goals'] = []): Workload => ({
  id: `reschedule-${tasks}`,
  title: `reschedule, ${tasks === 1 ? '1 task' : `${tasks.toLocaleString('en-US')} tasks`}`,
  n: 1_000_000,
  figures: { time: 'ns' },
  variants: variants(tasks),
  goals,
});

export default [
  reschedule(1, [
    { variant: 'treadle', to: 'native', limit: 1.05 },
    { variant: 'treadle bare', to: 'native', limit: 0.75 },
  ]),
  reschedule(100),
  reschedule(10_000, [{ variant: 'treadle', to: 'native', limit: 1 }]),
  reschedule(100_000, [{ variant: 'treadle', to: 'native', limit: 0.5 }]),
];
