// What is put off: a task that goes on and on with answers that are there lets the others have a turn after 100 of
// them, and the host when the slice is over. Nothing may depend on where that happens. Each program here is cancelled
// at every such place: the slice ends at each yield where it can, or the 100 answers are spent at each of the program's
// own yields in turn.
import { EventEmitter } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  all,
  allSettled,
  any,
  call,
  cancel,
  Channel,
  currentTask,
  ensure,
  Future,
  map,
  now,
  on,
  once,
  race,
  runSync,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  withSignal,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine, Task } from 'treadle';
import { HandLoop } from '../support/hand-loop.ts';

/** Its slices end at every yield where they can, unless `whole` holds. */
class ShortSlices extends HandLoop {
  whole = false;

  override step(): boolean {
    if (!this.whole) this._budget = 0;
    return super.step();
  }

  override _sliceIsOver(): boolean {
    this._budget = 1;
    return !this.whole;
  }
}

/** Runs the work with short slices, and cancels it behind each of its steps in turn. Gives how many those were. */
function cancelledAtEverySlice(work: () => Awaitable<unknown>, check: (task: Task, step: number) => void): number {
  for (let step = 1; ; step++) {
    const loop = new ShortSlices();
    const task = loop.task(work());
    const isStuck = () => !loop.step() && !loop._clock._moveOn?.();
    for (let taken = 0; taken < step && !task.done; taken++) if (isStuck()) break;
    if (task.done) return step - 1;
    task.cancel('at a slice');
    for (let taken = 0; taken < 1000 && !task.done; taken++) if (isStuck()) break;
    assert.ok(task.done, `cancelled behind step ${step}, it is over: ${task}`);
    check(task, step);
  }
}

/**
 * Runs the work behind 85 to 105 inline answers of the same step, and has another task, which is next in the ready
 * queue, cancel it.
 */
function cancelledAtEveryAnswer(work: () => Awaitable<unknown>, check: (task: Task, answers: number) => void): void {
  for (let answers = 85; answers <= 105; answers++) {
    runSync(
      (function* () {
        const task = yield* spawn(
          (function* () {
            for (let i = 0; i < answers; i++) yield* now();
            return yield* call(work());
          })(),
        );
        yield* spawn(
          (function* () {
            yield* cancel(task, 'at an answer');
          })(),
        );
        while (!task.done) yield* sleep(1);
        check(task, answers);
      })(),
    );
  }
}

const test = suite('what is put off');

// ---- a shield that was reached begins

const cleanUps: Record<string, (done: () => void) => Awaitable<unknown>> = {
  'shield(work)': (done) =>
    shield(
      (function* () {
        yield* sleep(5);
        done();
      })(),
    ),
  'shield(function)': (done) =>
    shield(function* () {
      yield* yieldNow();
      done();
    }),
  'call(shield(work))': (done) =>
    call(
      shield(
        (function* () {
          yield* now();
          yield* sleep(5);
          done();
        })(),
      ),
    ),
  'ensure(work, cleanUp)': (done) =>
    ensure(sleep(1), function* () {
      yield* sleep(5);
      done();
    }),
};

for (const [name, cleanUp] of Object.entries(cleanUps)) {
  /** Counts how often the block was entered, and how often its clean-up was whole. */
  const counting = (counts: { reached: number; whole: number }) =>
    function* () {
      try {
        yield* now();
        yield* now();
      } finally {
        counts.reached++;
        yield cleanUp(() => counts.whole++);
      }
    };

  test(`${name} in a finally that was entered normally begins, wherever a slice ends`, () => {
    let counts = { reached: 0, whole: 0 };
    const work = () => {
      counts = { reached: 0, whole: 0 };
      return counting(counts)();
    };
    const steps = cancelledAtEverySlice(work, (task, step) => {
      assert.is(task.state, 'cancelled');
      assert.equal(counts.whole, counts.reached, `cancelled behind step ${step}`);
      assert.is(counts.reached, 1);
    });
    assert.ok(steps >= 3, `${steps} steps`);
  });

  test(`${name} in a finally that was entered normally begins, also when 100 answers are spent there`, () => {
    let counts = { reached: 0, whole: 0 };
    const work = () => {
      counts = { reached: 0, whole: 0 };
      return counting(counts)();
    };
    cancelledAtEveryAnswer(work, (_task, answers) => {
      assert.equal(counts.whole, counts.reached, `${answers} answers before`);
    });
  });
}

test('a loop of shields lets the others have their turn', () => {
  const turns: number[] = [];
  runSync(
    (function* () {
      let shields = 0;
      const task = yield* spawn(
        (function* () {
          for (; shields < 1000; shields++) yield* shield((function* () {})());
        })(),
      );
      while (!task.done) {
        yield* yieldNow();
        turns.push(shields);
      }
    })(),
  );
  assert.ok(turns.length > 5, `${turns}`);
});

// ---- a combinator waits from the step in which it has started its children

const combinators: Record<string, (works: readonly Awaitable<unknown>[]) => Awaitable<unknown>> = {
  all,
  allSettled,
  any,
  race,
  map: (works) => map(works, (work) => work),
  taskGroup: (works) =>
    taskGroup(function* (group) {
      for (const work of works) yield* group.spawn(work);
    }),
};

for (const [name, combinator] of Object.entries(combinators)) {
  test(`a cancellation of ${name} cancels its children in that step, wherever a slice ends`, () => {
    let started: Task[] = [];
    const child = function* (): Coroutine<void> {
      started.push(yield* currentTask());
      yield* sleep(Infinity);
    };
    const work = () => {
      started = [];
      return combinator([child(), child(), child()]);
    };
    for (let step = 1; step < 40; step++) {
      const loop = new ShortSlices();
      const task = loop.task(work());
      for (let taken = 0; taken < step; taken++) loop.step();
      task.cancel();
      const running = started.length;
      const going = task.children.filter((one) => !String(one).includes('cancelling'));
      assert.equal(going, [], `cancelled behind step ${step}`);
      while (loop.step());
      assert.is(task.state, 'cancelled');
      assert.is(started.length, running, `cancelled behind step ${step}: no child begins any more`);
    }
  });

  if (name === 'map') continue; // it goes on to the next item, and may be put off there

  test(`a result of ${name} is handed over before the host can cancel it, with any number of answers before`, () => {
    for (let answers = 85; answers <= 105; answers++) {
      const loop = new HandLoop();
      const log: unknown[] = [];
      let ended = 0;
      const child = function* () {
        ended++;
      };
      const task = loop.task(
        (function* () {
          for (let i = 0; i < answers; i++) yield* now();
          yield combinator([child(), child()]);
          log.push('has it');
        })(),
      );
      while (ended === 0 || task.children.length > 0) loop.step();
      // Until the slice may end.
      while (loop._endOfFront?._queued) loop.step();
      task.cancel();
      loop.steps();
      assert.equal(log, ['has it'], `${answers} answers before`);
    }
  });
}

test('map over an endless source of items lets the others have their turn', () => {
  let items = 0;
  let turns = 0;
  function* endless() {
    for (;;) yield items++;
  }
  runSync(
    (function* () {
      const task = yield* spawn(map(endless(), () => sleep(Infinity)));
      for (; turns < 10; turns++) yield* yieldNow();
      yield* cancel(task);
    })(),
  );
  assert.ok(items > 100 && items < 2000, `${items} items in ten turns`);
});

test('map that is cancelled while it goes on with the next item cancels those that run, in that step', () => {
  const running: string[] = [];
  runSync(
    (function* () {
      const task = yield* spawn(
        map(Array(1000).keys(), function* () {
          for (;;) {
            running.push('a turn');
            yield* yieldNow();
          }
        }),
      );
      yield* yieldNow();
      yield* yieldNow();
      const before = running.length;
      task.cancel();
      yield* yieldNow();
      assert.ok(before > 0 && before < 1000);
      assert.is(running.length, before);
    })(),
  );
});

// ---- where a slice ends makes no difference

test('a task lets the others have their turn after the same answers, wherever the slices end', () => {
  const orderOf = (whole: boolean) => {
    const loop = new ShortSlices();
    loop.whole = whole;
    const order: string[] = [];
    for (const name of ['A', 'B'])
      loop.task(
        (function* () {
          for (let i = 0; i < 250; i++) {
            yield* now();
            order.push(`${name} ${i}`);
          }
        })(),
      );
    const steps = loop.steps();
    return { order, steps };
  };
  const [whole, short] = [orderOf(true), orderOf(false)];
  assert.equal(short.order, whole.order);
  assert.ok(short.steps > 10 * whole.steps, 'the slices did end');
});

test('a turn that ends is counted no further: behind a join a task has all of its answers again', () => {
  const loop = new ShortSlices();
  const order: string[] = [];
  const joined = new Future<void>(loop);
  loop.task(
    (function* () {
      for (let i = 0; i < 50; i++) yield* now();
      yield* joined;
      for (let i = 0; i < 150; i++) {
        yield* now();
        order.push('A');
      }
    })(),
  );
  while (loop.step());
  loop.whole = true;
  joined.setResult(undefined);
  loop.task(
    (function* () {
      order.push('B');
    })(),
  );
  loop.steps();
  assert.is(order.indexOf('B'), 99, 'the join is the first of 100');
});

test('a task that is put back at the end of a slice gets on, however short the slices are', () => {
  const loop = new ShortSlices();
  let answers = 0;
  loop.task(
    (function* () {
      for (; answers < 10; answers++) yield* now();
    })(),
  );
  assert.is(loop.steps(), 10);
  assert.is(answers, 10);
});

test('a task that was cancelled at the end of a slice leaves its count to nobody', () => {
  const loop = new ShortSlices();
  const order: string[] = [];
  const counts = (name: string) =>
    (function* () {
      for (let i = 0; i < 150; i++) {
        yield* now();
        order.push(name);
      }
    })();
  const first = loop.task(counts('first'));
  for (let step = 0; step < 50; step++) loop.step();
  first.cancel();
  loop.task(counts('second'));
  loop.task(counts('third'));
  while (loop.step());
  assert.equal(order.filter((name) => name === 'first').length, 50);
  const second = order.indexOf('third') - order.indexOf('second');
  assert.is(second, 100, 'the next one has all of its answers');
});

// ---- what listens is not put off: what it listens for may be on its way

const listeners: Record<string, (emitter: EventEmitter) => Awaitable<unknown>> = {
  once: (emitter) => once(emitter, 'event'),
  'call(once)': (emitter) => call(once(emitter, 'event')),
  'timeout(once)': (emitter) => timeout(1_000, once(emitter, 'event')),
  'withSignal(timeout(once))': (emitter) =>
    withSignal(new AbortController().signal, timeout(1_000, once(emitter, 'event'))),
  on: (emitter) => on(emitter, 'event'),
  suspend: (emitter) =>
    suspend<unknown>((resume) => {
      const listener = (...given: unknown[]) => resume(given);
      emitter.once('event', listener);
      return () => emitter.off('event', listener);
    }),
};

for (const [name, listens] of Object.entries(listeners)) {
  test(`${name} listens in the step in which it is yielded, also when the slice is over there`, () => {
    for (const before of [0, 1, 5]) {
      const loop = new ShortSlices();
      const emitter = new EventEmitter();
      let started = false;
      const task = loop.task(
        (function* (): Coroutine<unknown> {
          for (let n = 0; n < before; n++) yield* now();
          started = true;
          return yield* listens(emitter) as Iterable<never>;
        })(),
      );
      while (!started && loop.step());
      assert.ok(started);
      // The host has its turn.
      assert.is(emitter.listenerCount('event'), 1, `behind ${before} answers`);
      emitter.emit('event', 7);
      for (let taken = 0; taken < 1_000 && !task.done; taken++) loop.step();
      const result = task.result();
      assert.equal(result instanceof Channel ? result.statistics().size : result, name === 'on' ? 1 : [7]);
    }
  });
}

test('a task that is cancelled as it begins to listen has no listener left', () => {
  for (const [name, listens] of Object.entries(listeners)) {
    const emitter = new EventEmitter();
    for (let steps = 1; steps < 20; steps++) {
      const loop = new ShortSlices();
      const task = loop.task(
        (function* () {
          for (let n = 0; n < 3; n++) yield* now();
          yield* call(listens(emitter));
          yield* sleep(Infinity);
        })(),
      );
      for (let taken = 0; taken < steps; taken++) loop.step();
      task.cancel();
      while (loop.step());
      assert.is(task.state, 'cancelled');
      assert.is(emitter.listenerCount('event'), 0, name);
    }
  }
});

test('a task that only listens, and is answered at once each time, starves nobody', () => {
  const order: number[] = [];
  runSync(
    (function* () {
      const listener = function* (n: number) {
        for (let i = 0; i < 1_000; i++) {
          yield* suspend<void>((resume) => resume());
          order.push(n);
        }
      };
      yield* all([listener(1), listener(2)]);
    })(),
  );
  const longest = order
    .join('')
    .match(/1+|2+/g)!
    .reduce((most, run) => Math.max(most, run.length), 0);
  assert.ok(longest <= 200, `${longest}`);
});

test.run();
