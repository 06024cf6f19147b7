// simulate: a program on a virtual clock that does what it is told, step by step.
import { all, coroutine, Event, join, Lock, Queue, random, run, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import type { Instrument } from 'treadle/instruments';
import { simulate } from 'treadle/testing';
import type { SimulateOptions } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuses } from '../support/errors.ts';

const test = suite('simulate');

/** Two tasks that write down what they do. */
function* pair(log: string[]): Coroutine<string> {
  const work = coroutine('work', function* (name: string, ms: number) {
    log.push(`${name} begins`);
    yield* sleep(ms);
    log.push(`${name} ends`);
  });
  yield* all([work('a', 10), work('b', 20)]);
  return 'over';
}

test('nothing runs before it is told to, and run gives the result', () => {
  const log: string[] = [];
  const simulation = simulate(pair(log));
  assert.equal(log, []);
  assert.is(simulation.done, false);
  assert.is(simulation.run(), 'over');
  assert.is(simulation.done, true);
  assert.is(simulation.result(), 'over');
  assert.is(simulation.now, 20);
  assert.equal(log, ['a begins', 'b begins', 'a ends', 'b ends']);
  assert.is(simulation.step(), undefined);
  assert.equal(simulation.tasks, []);
});

test('step runs one step of one task, and says whose', () => {
  const log: string[] = [];
  const simulation = simulate(pair(log));
  const names: string[] = [];
  for (let ran = simulation.step(); ran; ran = simulation.step()) {
    names.push(`${(ran as { id?: number }).id} at ${simulation.now}`);
    if (names.length === 2) assert.equal(log, ['a begins']);
  }
  assert.equal(names, ['1 at 0', '2 at 0', '3 at 0', '2 at 10', '3 at 20']);
  assert.is(simulation.steps, 6, 'main goes on directly behind the last child, in the same step()');
});

test('runTo stops the clock at a time at which nothing is due', () => {
  const log: string[] = [];
  const simulation = simulate(pair(log));
  simulation.runTo(15);
  assert.is(simulation.now, 15);
  assert.equal(log, ['a begins', 'b begins', 'a ends']);
  assert.equal(
    simulation.tasks.map((task) => task.name),
    ['main', 'work'],
  );
  refuses(() => simulation.runTo(14), /runTo takes a time of the simulation from 15 on, not 14/);
  refuses(() => simulation.runTo(Infinity), /not Infinity/);
  refuses(() => simulation.runTo('20' as never), /not '20'/);
  simulation.runTo(20);
  assert.is(simulation.done, true);
  simulation.runTo(1_000);
  assert.is(simulation.now, 20, 'the time of a program that is over stands still');
});

test('between two calls one may wake its tasks; runTo tells nobody of a deadlock', () => {
  const jobs = new Queue<string>(Infinity, { name: 'jobs' });
  const seen: string[] = [];
  const simulation = simulate(
    (function* () {
      for (;;) {
        const job = yield* jobs.get();
        if (job === 'stop') return seen;
        seen.push(job);
      }
    })(),
  );
  simulation.runTo(100);
  assert.is(simulation.now, 100);
  jobs.putNowait('a');
  assert.equal(seen, []);
  simulation.runTo(200);
  assert.equal(seen, ['a']);
  jobs.putNowait('stop');
  assert.equal(simulation.run(), ['a']);
});

test('of those who were woken from outside any may be first', () => {
  const gaps = new Set<number>();
  for (let seed = 1; seed <= 20; seed++) {
    const event = new Event();
    const [waited, woken]: string[][] = [[], []];
    const waits = coroutine(function* (name: string) {
      waited!.push(name);
      yield* event.wait();
      woken!.push(name);
    });
    const simulation = simulate(all([waits('a'), waits('b'), waits('c')]), { seed, order: 'any' });
    simulation.runTo(10);
    event.set();
    simulation.run();
    gaps.add(waited!.indexOf(woken![0]!));
  }
  assert.equal([...gaps].sort(), [0, 1, 2]);
});

test('run tells of a deadlock, and the clean-ups run', () => {
  const lock = new Lock({ name: 'lock' });
  let cleanedUp = false;
  const simulation = simulate(
    (function* () {
      yield* lock.acquire();
      try {
        yield* lock.acquire();
      } finally {
        yield* sleep(5);
        cleanedUp = true;
      }
    })(),
  );
  assert.throws(() => simulation.run(), /every task waits/);
  assert.ok(cleanedUp);
  assert.is(simulation.now, 5);
});

test('a result that is not there yet, and an error', () => {
  const simulation = simulate(
    (function* () {
      yield* sleep(1);
      throw new RangeError('no');
    })(),
  );
  assert.throws(() => simulation.result(), /is not done/);
  assert.throws(() => simulation.run(), /no/);
  assert.throws(() => simulation.result(), /no/);
});

test('cancel runs the clean-ups, and says whether they ended', () => {
  let cleanedUp = false;
  const simulation = simulate(
    (function* () {
      try {
        yield* sleep(1_000);
      } finally {
        yield* sleep(10);
        cleanedUp = true;
      }
    })(),
  );
  simulation.runTo(500);
  assert.is(simulation.cancel('enough'), true);
  assert.ok(cleanedUp);
  assert.is(simulation.now, 510);
  assert.throws(() => simulation.result(), /cancelled/);
  assert.is(simulation.cancel(), true);
  const never = simulate(
    (function* () {
      try {
        yield* sleep(1);
      } finally {
        for (;;) yield* yieldNow();
      }
    })(),
    { maxSteps: 50 },
  );
  never.step();
  assert.is(never.cancel(), false);
});

test('maxSteps ends a program that never does', () => {
  const simulation = simulate(
    (function* () {
      for (;;) yield* yieldNow();
    })(),
    { maxSteps: 30 },
  );
  assert.throws(
    () => simulation.run(),
    (error: Error) =>
      error.name === 'TooManyStepsError' && /not over after 30 steps[^]*#1 main ready/.test(error.message),
  );
  assert.is(simulation.steps, 30);
  assert.is(simulation.cancel(), true);
});

/** In which order five tasks run their three steps, and what chance gives them. */
function traceOf(options: SimulateOptions): string {
  const log: string[] = [];
  const work = coroutine(function* (name: string) {
    for (let step = 0; step < 3; step++) {
      log.push(`${name}${step}`);
      yield* yieldNow();
    }
    log.push((yield* random()).toFixed(6));
    yield* sleep(10);
    log.push(name);
  });
  const simulation = simulate(all(['a', 'b', 'c', 'd', 'e'].map((name) => work(name))), options);
  simulation.run();
  return `${log.join(' ')} ${simulation.now}`;
}

test('without a seed the order is that of the engine; with one it is too, and only chance is drawn', () => {
  const inOrder = /^a0 b0 c0 d0 e0 a1 b1 c1 d1 e1 a2/;
  assert.match(traceOf({}), inOrder);
  assert.match(traceOf({ seed: 7 }), inOrder);
  assert.not.equal(traceOf({ seed: 7 }), traceOf({ seed: 8 }));
});

test("order: 'any' draws the order from the seed: the same seed, the same trace", () => {
  const traces = [1, 2, 3, 4, 5].map((seed) => traceOf({ seed, order: 'any' }));
  assert.is(new Set(traces).size, 5);
  assert.equal(
    traces,
    [1, 2, 3, 4, 5].map((seed) => traceOf({ seed, order: 'any' })),
  );
});

test('an instrument of the user looks on, and decides the order where the seed does not', () => {
  const names: string[] = [];
  const newest: Instrument = {
    stepBegins: (task) => void names.push(task.name),
    chooseNext: (ready) => ready.length - 1,
  };
  for (const options of [{}, { seed: 3 }, { seed: 3, late: 2 }]) {
    names.length = 0;
    simulate(
      all(
        ['a', 'b', 'c'].map((name) =>
          coroutine(name, function* () {
            yield* yieldNow();
          })(),
        ),
      ),
      { ...options, instruments: [newest] },
    ).run();
    assert.equal(names.slice(0, 3), ['main', 'c', 'c'], JSON.stringify(options));
  }
});

test('late lets each timer be late by as much, and never early', () => {
  const ends = new Set<number>();
  for (let seed = 0; seed < 50; seed++) {
    const simulation = simulate(sleep(10), { seed, late: 3 });
    simulation.run();
    ends.add(simulation.now);
  }
  assert.equal([...ends].sort(), [10, 11, 12, 13]);
});

test('what it cannot take is an error at the call', () => {
  const main = () => sleep(1);
  refuses(() => simulate(5 as never), /5 cannot be simulated/);
  refuses(() => simulate(pair as never), /did you mean to call it: simulate\(pair\(\)\)/);
  for (const seed of [NaN, '1'])
    refuses(() => simulate(main(), { seed: seed as never }), /the option seed of \w+ takes a whole number/);
  refuses(() => simulate(main(), { seed: 1.5 }), /the option seed of \w+ takes a whole number, not 1.5/);
  refuses(
    () => simulate(main(), { order: 'lifo' as never }),
    /the option order of \w+ takes one of fifo, any, not 'lifo'/,
  );
  refuses(() => simulate(main(), { seed: 1, late: -1 }), /the option late of \w+ takes a whole number of milliseconds/);
  refuses(() => simulate(main(), { maxSteps: -1 }), /the option maxSteps of \w+ takes a number of 1 or more, not -1/);
  refuses(() => simulate(main(), { maxSteps: 0 }), /not 0/);
  refuses(() => simulate(main(), { order: 'any' }), /takes a seed with order: 'any'/);
  refuses(() => simulate(main(), { late: 2 }), /takes a seed with late/);
});

test('a simulation cannot be driven from within itself, and can wait for nothing outside', () => {
  let said = '';
  function* main(): Coroutine<void> {
    try {
      simulation.step();
    } catch (error) {
      said = (error as Error).message;
    }
    yield* join(yield* spawn(sleep(1)));
    yield Promise.resolve();
  }
  const simulation = simulate(main());
  assert.throws(() => simulation.run(), /cannot wait for the outside world in a simulation/);
  assert.match(said, /cannot be driven from within itself/);
});

test('one that is left in the middle keeps nothing alive, and another loop may run beside it', () => {
  const simulation = simulate(sleep(10));
  simulation.step();
  const listeners = process.listenerCount('beforeExit');
  const other = run(sleep(1));
  return Promise.resolve(other).then(() => {
    assert.is(process.listenerCount('beforeExit'), listeners);
    assert.is(simulation.done, false);
    simulation.run();
  });
});

test.run();
