// Every primitive, in a small program of several tasks. The program is run once to count the steps of each task, and
// then again and again, with one of the tasks cancelled at one of its steps: before it, when it has been woken and its
// turn is next, or after it, when it waits. And once more for each turn of the loop, by a task that comes before or
// after the others. Whatever the moment, no item, permit, lock or wake-up may be lost: the others come to their end,
// and the books balance.
import {
  all,
  Barrier,
  BrokenBarrierError,
  Channel,
  Condition,
  Event,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  QueueClosedError,
  race,
  Semaphore,
  sleep,
  spawn,
  suspend,
  timeout,
  yieldNow,
} from 'treadle';
import type { Coroutine, Effect, Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('injection');

interface Scene {
  /** The tasks, each with its name: all of them are victims in turn. */
  readonly works: Record<string, () => Coroutine<void>>;
  /** Nothing goes on any more by itself: what is to be found out now, and what ends those who wait for more. */
  finish(): Coroutine<void>;
  /** When all are over: what went wrong. */
  faults(victim: string | undefined): string[];
}

type How = 'before a step' | 'after a step' | 'first in a turn' | 'last in a turn' | undefined;

/** Runs the scene with the victim cancelled there. Gives what went wrong, and how many steps each task took. */
function run(
  make: () => Scene,
  victim?: string,
  how?: How,
  point = -1,
): { faults: string[]; steps: Record<string, number> } {
  const scene = make();
  const steps: Record<string, number> = {};
  const faults: string[] = [];
  try {
    virtually(function* () {
      const tasks: Task[] = [];
      const canceller = function* () {
        yield* turns(point);
        tasks.find(({ name }) => name === victim)!.cancel('injected');
      };
      if (how === 'first in a turn') yield* spawn(canceller());
      for (const [name, work] of Object.entries(scene.works)) {
        const task = (yield* spawn(work(), { name })) as Task;
        tasks.push(task);
        steps[name] = 0;
        task._run = () => {
          Object.getPrototypeOf(task)._run.call(task);
          if (name === victim && how === 'after a step' && steps[name] === point && !task.done) task.cancel('injected');
          steps[name]!++;
        };
        if (name !== victim || how !== 'before a step') continue;
        // When it is put into the ready queue for that step, one who cancels it is put in just before it.
        const { loop } = task;
        let scheduled = 0;
        if (point === 0) task.cancel('injected');
        loop._schedule = (waiter) => {
          const schedule = Object.getPrototypeOf(Object.getPrototypeOf(loop))._schedule;
          if (waiter === task && ++scheduled === point) schedule.call(loop, { _run: () => task.cancel('injected') });
          schedule.call(loop, waiter);
        };
      }
      if (how === 'last in a turn') yield* spawn(canceller());
      yield* sleep(1_000);
      yield* scene.finish();
      yield* sleep(1_000);
      for (const task of tasks) {
        if (!task.done) faults.push(`${task} never ends`);
        task.cancel();
        // With a time limit around it, get may have been thrown the end already when the cancellation came.
        if (task.state === 'failed' && !(task.name === victim && task.error() instanceof QueueClosedError))
          faults.push(`${task}`);
        else if (task.state === 'cancelled' && task.name !== victim) faults.push(`${task} was not to be cancelled`);
      }
    });
  } catch (error) {
    faults.push(String(error));
  }
  return { faults: [...faults, ...scene.faults(victim)], steps };
}

/** Every moment of every task. Gives all that went wrong, and how many moments there were. */
function everywhere(make: () => Scene): { faults: string[]; moments: number } {
  const { faults, steps } = run(make);
  let moments = 0;
  const at = (victim: string, how: How, point: number) => {
    moments++;
    for (const fault of run(make, victim, how, point).faults)
      faults.push(`${victim} cancelled ${how}, number ${point}: ${fault}`);
  };
  const most = Math.max(...Object.values(steps)) + 2;
  for (const [victim, count] of Object.entries(steps)) {
    for (let point = 0; point < count; point++)
      for (const how of ['before a step', 'after a step'] as const) at(victim, how, point);
    for (let point = 0; point < most; point++)
      for (const how of ['first in a turn', 'last in a turn'] as const) at(victim, how, point);
  }
  return { faults, moments };
}

/** Declares the spec: no fault, and as many moments as one may expect. */
function survives(name: string, make: () => Scene, least = 50): void {
  test(name, () => {
    const { faults, moments } = everywhere(make);
    assert.equal(faults.slice(0, 5), [], `${faults.length} faults`);
    assert.ok(moments >= least, `only ${moments} moments`);
  });
}

// ---- queues and channels

interface Store {
  put(item: number): Effect<void> | Coroutine<void>;
  /** `undefined` at the end. */
  take(): Effect<number | undefined> | Coroutine<number | undefined>;
  close(): void;
}

interface ExchangeOptions {
  /** Another task closes it in this turn. */
  readonly closedInTurn?: number;
  /** Nothing is kept in it: what was put was taken by a consumer, and nothing is left in the end. */
  readonly direct?: boolean;
}

/** Two producers of four items each, two consumers. What was put is taken, once, by a consumer or in the end. */
const exchange =
  (open: () => Store, options: ExchangeOptions = {}) =>
  (): Scene => {
    const { closedInTurn, direct = false } = options;
    const store = open();
    const [put, taken, left]: [number[], number[], number[]] = [[], [], []];
    const producer = (from: number) =>
      function* () {
        try {
          for (let i = from; i < from + 4; i++) {
            yield* store.put(i);
            put.push(i);
            if (i % 2) yield* yieldNow();
          }
        } catch (error) {
          if (closedInTurn === undefined || !(error instanceof QueueClosedError)) throw error;
        }
      };
    const consumer = (pause: number) =>
      function* () {
        for (let item; (item = yield* store.take()) !== undefined; yield* turns(pause)) taken.push(item);
      };
    return {
      works: {
        'producer 1': producer(10),
        'consumer 1': consumer(0),
        'producer 2': producer(20),
        'consumer 2': consumer(2),
        ...(closedInTurn !== undefined && {
          *closer() {
            yield* turns(closedInTurn);
            store.close();
          },
        }),
      },
      *finish() {
        store.close();
        for (let item; (item = yield* store.take()) !== undefined;) left.push(item);
      },
      faults(victim) {
        const sorted = (items: number[]) => [...items].sort((a, b) => a - b).join(' ');
        const out = sorted([...taken, ...left]);
        const faults = sorted(put) === out ? [] : [`put ${sorted(put)}, taken ${out}`];
        if (direct && left.length > 0) faults.push(`${left} was put, and no consumer had taken it`);
        if (closedInTurn !== undefined) return faults;
        // With one consumer left, every item of the producers that are left is put and taken.
        for (const [name, from] of [
          ['producer 1', 10],
          ['producer 2', 20],
        ] as const) {
          if (name !== victim && put.filter((item) => item >= from && item < from + 4).length < 4)
            faults.push(`${name} has put ${put}`);
        }
        return faults;
      },
    };
  };

function* got(item: Effect<number> | Coroutine<number>): Coroutine<number | undefined> {
  try {
    return yield* item;
  } catch (error) {
    if (error instanceof QueueClosedError) return undefined;
    throw error;
  }
}

/** How an effect is yielded: as it is, or within a combinator. */
type Through = <T>(effect: Effect<T>) => Effect<T> | Coroutine<T>;

const directly: Through = (effect) => effect;

const queue = (made: Queue<number>, through = directly): Store => ({
  put: (item) => made.put(item),
  take: () => got(through(made.get())),
  close: () => made.close(),
});
const channel = (made: Channel<number>, through = directly): Store => ({
  put: (item) => made.send(item),
  *take() {
    return (yield* through(made.receive())).value;
  },
  close: () => made.close(),
});

const stores: Record<string, (through?: Through) => Store> = {};
for (const capacity of [1, 2, Infinity]) {
  stores[`a queue of ${capacity}`] = (through) => queue(new Queue(capacity), through);
  stores[`a priority queue of ${capacity}`] = (through) =>
    queue(new PriorityQueue((n: number) => n % 7, capacity), through);
  stores[`a LIFO queue of ${capacity}`] = (through) => queue(new LifoQueue(capacity), through);
}
for (const capacity of [0, 1, 2, Infinity])
  stores[`a channel of ${capacity}`] = (through) => channel(new Channel(capacity), through);

/** With these around it, an answer may have come and cannot be handed over: what it acquired is given back. */
const combinators: Record<string, Through> = {
  'with a time limit': (effect) => timeout(1e6, effect),
  'in a race': (effect) => race([effect, sleep(Infinity)]) as never,
  'beside work that takes longer': function* (effect) {
    const [answer] = yield* all([effect, turns(2)]);
    return answer as never;
  },
};

for (const [name, open] of Object.entries(stores)) {
  const direct = name === 'a channel of 0';
  survives(name, exchange(open, { direct }));
  for (const closedInTurn of [1, 4, 7])
    survives(`${name} that is closed in turn ${closedInTurn}`, exchange(open, { direct, closedInTurn }), 40);
  for (const [how, through] of Object.entries(combinators))
    survives(
      `${name} that is taken from ${how}`,
      exchange(() => open(through)),
    );
}

// Not in a race: while the losers clean up the item is in, and to put is not undone by a cancellation that comes then.
survives(
  'a queue that is put into with a time limit',
  exchange(() => {
    const made = new Queue<number>(1);
    return { ...queue(made), put: (item) => timeout(1e6, made.put(item)) };
  }),
);
survives(
  'a channel of 0 that is sent to with a time limit',
  exchange(
    () => {
      const made = new Channel<number>();
      return { ...channel(made), put: (item) => timeout(1e6, made.send(item)) };
    },
    { direct: true },
  ),
);

survives(
  'join of a queue',
  () => {
    const jobs = new Queue<number>(2);
    const log: string[] = [];
    return {
      works: {
        *producer() {
          for (let i = 0; i < 4; i++) yield* jobs.put(i);
        },
        *worker() {
          while ((yield* got(jobs.get())) !== undefined) {
            try {
              yield* yieldNow();
            } finally {
              jobs.taskDone();
            }
          }
        },
        *helper() {
          while ((yield* got(jobs.get())) !== undefined) jobs.taskDone();
        },
        *joiner() {
          yield* turns(3);
          yield* jobs.join();
          log.push('joined');
        },
      },
      *finish() {
        if (jobs.size > 0) log.push(`${jobs.size} are left`);
        yield* jobs.join();
        jobs.close();
      },
      faults: (victim) =>
        log.join() === (victim === 'joiner' ? '' : 'joined') || (victim === 'joiner' && log.join() === 'joined') ?
          []
        : [log.join() || 'not joined'],
    };
  },
  40,
);

// ---- locks, semaphores

const guarded =
  (
    limit: number,
    open: () => {
      guard: { acquire(): Effect<void>; release(): void; with<T>(work: Coroutine<T>): Effect<T> };
      free: () => boolean;
    },
  ) =>
  (): Scene => {
    const { guard, free } = open();
    const faults: string[] = [];
    const rounds: Record<string, number> = {};
    let inside = 0;
    function* critical(): Coroutine<void> {
      if (++inside > limit) faults.push(`${inside} inside`);
      try {
        yield* yieldNow();
      } finally {
        inside--;
      }
    }
    const worker = (name: string, pause: number) =>
      function* () {
        for (let round = 1; round <= 3; round++) {
          if (round % 2) yield* guard.with(critical());
          else {
            yield* guard.acquire();
            try {
              yield* critical();
            } finally {
              guard.release();
            }
          }
          rounds[name] = round;
          yield* turns(pause);
        }
      };
    const names = ['a', 'b', 'c', 'd'];
    return {
      works: Object.fromEntries(names.map((name, i) => [name, worker(name, i)])),
      *finish() {
        if (!free()) faults.push('not free at the end');
      },
      faults: (victim) => [
        ...faults,
        ...names
          .filter((name) => name !== victim && rounds[name] !== 3)
          .map((name) => `${name} had ${rounds[name]} rounds`),
      ],
    };
  };

type Guard = { acquire(): Effect<void>; release(): void; with<T>(work: Coroutine<T>): Effect<T> };
const guards: Record<string, { limit: number; open: () => { guard: Guard; free: () => boolean } }> = {
  'a lock': {
    limit: 1,
    open() {
      const guard = new Lock();
      return { guard, free: () => !guard.locked };
    },
  },
  'a semaphore': {
    limit: 2,
    open() {
      const guard = new Semaphore(2);
      return { guard, free: () => guard.free === 2 };
    },
  },
  'the lock of a condition': {
    limit: 1,
    open() {
      const guard = new Condition();
      return { guard, free: () => !guard.locked };
    },
  },
};
for (const [name, { limit, open }] of Object.entries(guards)) {
  survives(name, guarded(limit, open));
  for (const [how, through] of Object.entries(combinators))
    survives(
      `${name} that is acquired ${how}`,
      guarded(limit, () => {
        const { guard, free } = open();
        const around = {
          acquire: () => through(guard.acquire()),
          release: () => guard.release(),
          with: (work: Coroutine<unknown>) => guard.with(work),
        };
        return { guard: around as Guard, free };
      }),
    );
}

// ---- conditions

const notified = (open: () => Condition) => (): Scene => {
  const condition = open();
  const woken: string[] = [];
  const faults: string[] = [];
  let notifies = 0;
  const waiter = (name: string) => () =>
    condition.with(
      (function* () {
        yield* condition.wait();
        woken.push(name);
        if (!condition.locked) faults.push(`${name} is without the lock`);
        yield* turns(2);
      })(),
    ) as never as Coroutine<void>;
  return {
    works: {
      ...Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, waiter(name)])),
      *notifier() {
        yield* turns(3);
        for (let i = 0; i < 2; i++) {
          yield* condition.with(
            (function* () {
              condition.notify(i + 1);
              notifies += i + 1;
              yield* turns(2);
            })(),
          );
          yield* turns(i * 5);
        }
      },
    },
    *finish() {
      if (condition.locked) faults.push('the lock is not free');
      // One of four may be the victim, and then it is not woken: so many are left.
      if (woken.length !== notifies) faults.push(`${notifies} were to be woken, ${woken} were`);
      yield* condition.with(
        (function* () {
          condition.notifyAll();
        })(),
      );
    },
    faults: () => faults,
  };
};
survives(
  'a condition: so many notifies wake so many',
  notified(() => new Condition()),
);

survives('a condition: what is produced is consumed', () => {
  const condition = new Condition();
  const items: number[] = [];
  const taken: number[] = [];
  const faults: string[] = [];
  let over = false;
  const consumer = (pause: number) =>
    function* () {
      while (!over) {
        yield* condition.with(
          (function* () {
            yield* condition.waitFor(() => items.length > 0 || over);
            if (items.length > 0) taken.push(items.shift()!);
            yield* yieldNow();
          })(),
        );
        yield* turns(pause);
      }
    };
  return {
    works: {
      'consumer 1': consumer(0),
      'consumer 2': consumer(1),
      'consumer 3': consumer(3),
      *producer() {
        for (let i = 0; i < 5; i++) {
          yield* condition.with(
            (function* () {
              items.push(i);
              condition.notify();
              yield* yieldNow();
            })(),
          );
          yield* turns(i % 3);
        }
      },
    },
    *finish() {
      if (items.length > 0) faults.push(`${items} were left behind`);
      if (condition.locked) faults.push('the lock is not free');
      over = true;
      yield* condition.with(
        (function* () {
          condition.notifyAll();
        })(),
      );
    },
    faults: (victim) => [...faults, ...(victim !== 'producer' && taken.length !== 5 ? [`taken ${taken}`] : [])],
  };
});

survives('a condition: many readers or one writer', () => {
  const condition = new Condition();
  const faults: string[] = [];
  let readers = 0;
  let writers = 0;
  const rounds: Record<string, number> = {};
  const look = () => {
    if (writers > 1 || (writers > 0 && readers > 0)) faults.push(`${readers} readers, ${writers} writers`);
  };
  /** A clean-up is not cancelled again: so it always gets the lock. */
  const change = (by: () => void, when = () => true) =>
    condition.with(
      (function* () {
        yield* condition.waitFor(when);
        by();
        look();
        condition.notifyAll();
      })(),
    );
  function* during(): Coroutine<void> {
    yield* turns(2);
    look();
  }
  const reader = (name: string) =>
    function* () {
      for (let i = 1; i <= 2; i++) {
        yield* change(
          () => readers++,
          () => writers === 0,
        );
        try {
          yield* during();
        } finally {
          yield* change(() => readers--);
        }
        rounds[name] = i;
      }
    };
  const writer = (name: string) =>
    function* () {
      for (let i = 1; i <= 2; i++) {
        yield* change(
          () => writers++,
          () => writers === 0 && readers === 0,
        );
        try {
          yield* during();
        } finally {
          yield* change(() => writers--);
        }
        rounds[name] = i;
      }
    };
  const names = ['reader 1', 'writer 1', 'reader 2', 'writer 2'];
  return {
    works: Object.fromEntries(names.map((name) => [name, name.startsWith('reader') ? reader(name) : writer(name)])),
    *finish() {
      if (readers + writers > 0 || condition.locked)
        faults.push(`${readers} readers and ${writers} writers are left, locked: ${condition.locked}`);
    },
    faults: (victim) => [
      ...faults,
      ...names
        .filter((name) => name !== victim && rounds[name] !== 2)
        .map((name) => `${name} had ${rounds[name]} rounds`),
    ],
  };
});

// ---- events, barriers

survives(
  'an event',
  () => {
    const event = new Event();
    const log: string[] = [];
    const waiter = (name: string, late: number) =>
      function* () {
        yield* turns(late);
        yield* event.wait();
        log.push(name);
        yield* event.wait(); // it is set, or not yet again
        log.push(name);
      };
    const names = ['a', 'b', 'c'];
    return {
      works: {
        ...Object.fromEntries(names.map((name, i) => [name, waiter(name, i)])),
        *setter() {
          yield* turns(1);
          event.set();
          event.clear();
          yield* turns(3);
          event.set();
          yield* turns(2);
        },
      },
      *finish() {
        event.set();
      },
      faults: (victim) =>
        names
          .filter((name) => name !== victim && log.filter((one) => one === name).length !== 2)
          .map((name) => `${name} was not woken: ${log}`),
    };
  },
  30,
);

survives(
  'a barrier',
  () => {
    const barrier = new Barrier(2);
    const faults: string[] = [];
    const numbers: number[] = [];
    const waiting = new Set<string>();
    const runner = (name: string) =>
      function* () {
        try {
          for (let round = 0; round < 3; round++) {
            waiting.add(name);
            try {
              numbers.push(yield* barrier.wait());
            } finally {
              waiting.delete(name);
            }
            yield* turns(name === 'b' ? 1 : 0);
          }
        } catch (error) {
          if (!(error instanceof BrokenBarrierError)) throw error;
        }
      };
    return {
      works: Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, runner(name)])),
      *finish() {
        // A wake-up that was lost leaves two who wait for each other.
        if (waiting.size > 1 || barrier.nWaiting !== waiting.size)
          faults.push(`${[...waiting]} wait, the barrier knows of ${barrier.nWaiting}`);
        barrier.abort();
      },
      faults(victim) {
        const [zeros, ones] = [0, 1].map((number) => numbers.filter((one) => one === number).length) as [
          number,
          number,
        ];
        // The victim may have been cancelled when all had come: then its number is nobody's.
        if (Math.abs(zeros - ones) > (victim === undefined ? 0 : 1) || zeros + ones !== numbers.length)
          faults.push(`numbers ${numbers}`);
        return faults;
      },
    };
  },
  40,
);

// ---- the harness itself

test('finds the item that a queue without promises loses', () => {
  // What asyncio's queues did at first, and what a queue of promises does: who is woken is given the item for good.
  const leaky = (): Store => {
    const items: number[] = [];
    const takers: ((item: number | undefined) => void)[] = [];
    let closed = false;
    return {
      *put(item: number) {
        const taker = takers.shift();
        if (taker) taker(item);
        else items.push(item);
      },
      *take() {
        if (items.length > 0) return items.shift();
        if (closed) return undefined;
        return yield* suspend<number | undefined>((resume) => {
          takers.push(resume);
          return () => void (takers.includes(resume) && takers.splice(takers.indexOf(resume), 1));
        });
      },
      close() {
        closed = true;
        for (const taker of takers.splice(0)) taker(undefined);
      },
    } as never;
  };
  const { faults } = everywhere(exchange(leaky));
  assert.ok(
    faults.some((fault) => /consumer.*cancelled before a step.*put .*, taken/.test(fault)),
    faults.join('\n'),
  );
  assert.ok(
    faults.some((fault) => /in a turn.*put .*, taken/.test(fault)),
    faults.join('\n'),
  );
});

test('finds the lock that is lost with the one who was woken for it', () => {
  const leaky = () => {
    const waiters: (() => void)[] = [];
    let taken = false;
    const guard = {
      *acquire() {
        if (!taken) taken = true;
        else yield* suspend((resume) => void waiters.push(resume as () => void));
      },
      release() {
        const next = waiters.shift();
        if (next) next();
        else taken = false;
      },
      *with(work: Coroutine<unknown>) {
        yield* guard.acquire();
        try {
          return yield* work;
        } finally {
          guard.release();
        }
      },
    };
    return { guard, free: () => !taken } as never;
  };
  const { faults } = everywhere(guarded(1, leaky));
  assert.ok(
    faults.some((fault) => /not free at the end|rounds|never ends/.test(fault)),
    faults.join('\n'),
  );
});

test('finds the notify that is not passed on', () => {
  const { faults } = everywhere(
    notified(() => {
      const condition = new Condition();
      (condition as unknown as { _notified: { _withdraw(): void } })._notified._withdraw = () => {};
      return condition;
    }),
  );
  assert.ok(
    faults.some((fault) => /3 were to be woken/.test(fault)),
    faults.join('\n'),
  );
});

test.run();
