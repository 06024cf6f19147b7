// explore and replay: the same program under many schedules, and once more under the one that was fatal.
import { all, coroutine, Event, Lock, Queue, random, shield, sleep, spawn, timeout, yieldNow } from 'treadle';
import type { Coroutine, Task } from 'treadle';
import { explore, replay, simulate } from 'treadle/testing';
import type { Exploration, StrategyName } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuses } from '../support/errors.ts';

const test = suite('explore');
const strategies: readonly StrategyName[] = ['random', 'pct', 'exhaustive'];

/** A user who comes before the opener is done: in the engine's own order that does not happen. */
function* opener(): Coroutine<void> {
  let open = false;
  const opens = coroutine('opens', function* () {
    yield* yieldNow();
    open = true;
  });
  const uses = coroutine('uses', function* () {
    yield* yieldNow();
    yield* yieldNow();
    if (!open) throw new Error('it is not open');
  });
  yield* all([opens(), uses()]);
}

/** Two that wait for each other, if one comes between the two locks of the other. */
function* crossed(): Coroutine<void> {
  const a = new Lock({ name: 'a' });
  const b = new Lock({ name: 'b' });
  const takes = coroutine('takes', function* (first: Lock, second: Lock) {
    yield* first.acquire();
    yield* second.acquire();
    second.release();
    first.release();
  });
  const slowly = coroutine('slowly', function* (first: Lock, second: Lock) {
    yield* yieldNow();
    yield* first.acquire();
    yield* yieldNow();
    yield* second.acquire();
    second.release();
    first.release();
  });
  yield* all([takes(a, b), slowly(b, a), slowly(a, b)]);
}

/** What is found, said in a line. */
const found = ({ failure }: Exploration<unknown>) => failure && `${failure.kind}: ${(failure.error as Error).message}`;

for (const strategy of strategies) {
  test(`${strategy} finds an error, shrinks it, and replay does it again`, () => {
    simulate(opener()).run(); // in order all is well
    const exploration = explore(() => opener(), { strategy });
    const failure = exploration.failure!;
    assert.is(found(exploration), 'error: it is not open');
    assert.is(exploration.complete, false);
    assert.is(failure.run, exploration.runs);
    assert.ok(failure.switches <= 2, `${failure.switches} switches`);
    assert.ok(failure.schedule.length < 60, failure.schedule);
    assert.match(failure.schedule, /^\w+$/);
    const again = replay(() => opener(), failure.schedule);
    assert.is(found(again), found(exploration));
    assert.is(again.failure!.table, failure.table);
    assert.equal(again.failure!.steps, failure.steps);
  });

  test(`${strategy} finds a deadlock`, () => {
    const exploration = explore(() => crossed(), { strategy });
    assert.is(exploration.failure!.kind, 'deadlock');
    assert.match(found(exploration)!, /every task waits/);
  });

  test(`${strategy}: the same seed finds the same`, () => {
    const one = explore(() => opener(), { strategy, seed: 5 });
    const two = explore(() => opener(), { strategy, seed: 5 });
    assert.equal([one.runs, one.failure!.schedule], [two.runs, two.failure!.schedule]);
  });
}

test('pct finds what needs a task to be held back for long, which drawn choices hardly ever do', () => {
  function* held(): Coroutine<boolean> {
    let turns = 0;
    let isFirst = true;
    const fast = coroutine(function* () {
      for (; turns < 12; turns++) yield* yieldNow();
    });
    const slow = coroutine(function* () {
      yield* yieldNow();
      isFirst = turns < 12;
    });
    yield* all([fast(), slow()]);
    return isFirst;
  }
  const found = (strategy: StrategyName) =>
    [1, 2, 3, 4, 5].filter(
      (seed) => explore(() => held(), { strategy, seed, runs: 40, check: (first) => first }).failure,
    );
  assert.equal(found('pct'), [1, 2, 3, 4, 5]);
  assert.ok(found('random').length < 3);
});

test('shrinking ends at the fewest switches that there are', () => {
  // The others look simpler on the way: each single switch is needed as long as the others are there.
  function* ordered(): Coroutine<string> {
    const log: string[] = [];
    const work = coroutine(function* (name: string) {
      for (let turn = 0; turn < 4; turn++) {
        log.push(`${name}${turn}`);
        yield* yieldNow();
      }
    });
    yield* all([work('a'), work('b'), work('c')]);
    return log.join(' ');
  }
  const check = (log: string) => !/b0.*c1.*c3.*b2/.test(log);
  const fewest = explore(() => ordered(), { strategy: 'exhaustive', check }).failure!.switches;
  for (const strategy of ['random', 'pct'] as const)
    for (const seed of [1, 2, 3])
      // without the last search, the third one ends at one or two more
      assert.is(explore(() => ordered(), { strategy, seed, check }).failure!.switches, fewest);
});

test('exhaustive tries every schedule once, and says so', () => {
  // Two tasks of three steps each can be merged in 20 ways; their parent starts before them and ends after them.
  const seen = new Map<string, number>();
  const exploration = explore(
    function* () {
      const log: string[] = [];
      const work = coroutine(function* (name: string) {
        for (let step = 0; step < 2; step++) {
          log.push(name);
          yield* yieldNow();
        }
        log.push(name);
      });
      yield* all([work('a'), work('b')]);
      return log.join('');
    },
    {
      strategy: 'exhaustive',
      check: (trace) => void seen.set(trace, (seen.get(trace) ?? 0) + 1),
    },
  );
  assert.equal(exploration, { runs: 20, complete: true, result: exploration.result });
  assert.is(seen.size, 20);
});

test('exhaustive that does not come to the end says so, too', () => {
  const program = () =>
    all(
      [1, 2, 3].map(() =>
        coroutine(function* () {
          for (let n = 0; n < 4; n++) yield* yieldNow();
        })(),
      ),
    );
  const exploration = explore(program, { strategy: 'exhaustive', runs: 50 });
  assert.is(exploration.runs, 50);
  assert.is(exploration.complete, false);
});

test('a program without a choice has one schedule', () => {
  for (const strategy of strategies) {
    const exploration = explore(() => sleep(5), { strategy });
    assert.equal([exploration.runs, exploration.complete], [1, true]);
  }
});

test('a check that throws, or says false, is a failure', () => {
  const thrown = explore(() => random(), {
    check: () => {
      throw new RangeError('too small');
    },
  });
  assert.is(found(thrown), 'check: too small');
  assert.match(
    found(explore(() => random(), { check: (n) => n > 1 }))!,
    /check: the check said false of the result 0\.\d/,
  );
  assert.is(found(explore(() => random(), { check: () => undefined, runs: 20 })), undefined);
  refuses(() => explore(() => sleep(1), { check: () => Promise.resolve() }), /decides at once/);
});

test('a program that never ends is a failure; one that looks again and again is none', () => {
  const waits = coroutine('waits', function* (box: { full: boolean }) {
    while (!box.full) yield* yieldNow();
  });
  const fills = coroutine('fills', function* (box: { full: boolean }) {
    for (let step = 0; step < 5; step++) yield* yieldNow();
    box.full = true;
  });
  const never = explore(() => waits({ full: false }), { maxSteps: 100, runs: 3 });
  assert.is(never.failure!.kind, 'steps');
  assert.is(replay(() => waits({ full: false }), never.failure!.schedule).failure!.kind, 'steps');
  for (const strategy of strategies) {
    const both = explore(
      () => {
        const box = { full: false };
        return all([waits(box), fills(box)]);
      },
      { runs: 200, strategy },
    );
    assert.is(found(both), undefined, strategy);
  }
});

test('a clean-up that never ends is a failure of its own kind', () => {
  const exploration = explore(function* () {
    const queue = new Queue<number>();
    yield* timeout(
      5,
      coroutine(function* () {
        try {
          yield* sleep(10);
        } finally {
          yield* queue.get();
        }
      })(),
    );
  });
  assert.is(exploration.failure!.kind, 'deadlock');
  const cancelled = explore(function* () {
    const queue = new Queue<number>();
    const child = yield* spawn(
      coroutine('child', function* () {
        try {
          yield* sleep(10);
        } finally {
          yield* queue.get();
        }
      })(),
    );
    yield* yieldNow();
    yield* yieldNow();
    child.cancel();
  });
  assert.is(cancelled.failure!.kind, 'clean-up');
});

test('late finds what depends on the order of timers, and the schedule carries it', () => {
  function* watched(): Coroutine<string> {
    let beaten = false;
    yield* all([
      coroutine(function* () {
        yield* sleep(10);
        beaten = true;
      })(),
      coroutine(function* () {
        yield* sleep(12);
        if (!beaten) throw new Error('no heartbeat');
      })(),
    ]);
    return 'alive';
  }
  assert.is(explore(() => watched(), { runs: 100 }).failure, undefined);
  const { failure } = explore(() => watched(), { runs: 100, late: 3 });
  assert.is((failure!.error as Error).message, 'no heartbeat');
  assert.is(failure!.switches, 1);
  assert.is(found(replay(() => watched(), failure!.schedule)), 'error: no heartbeat');
});

test('chance comes again with the schedule', () => {
  function* draws(): Coroutine<void> {
    const n = yield* random();
    if (n > 0.8) throw new Error(`it drew ${n}`);
  }
  const exploration = explore(() => all([draws(), sleep(1)]));
  assert.is(found(replay(() => all([draws(), sleep(1)]), exploration.failure!.schedule)), found(exploration));
});

test('the seed of a failure gives the same run in a simulation', () => {
  const { failure } = explore(() => opener());
  assert.throws(() => simulate(opener(), { seed: failure!.seed, order: 'any' }).run(), 'it is not open');
});

test('explore.check and replay.check throw what they find, with its schedule and table', () => {
  let schedule = '';
  assert.throws(
    () => explore.check(() => opener()),
    (error: Error & { failure: { schedule: string; table: string } }) => {
      schedule = error.failure.schedule;
      assert.is((error.cause as Error).message, 'it is not open');
      assert.match(error.message, /found a failure \(error\): Error: it is not open/);
      for (const part of [schedule, error.failure.table]) assert.ok(error.message.includes(part));
      return error.name === 'ExplorationError';
    },
  );
  assert.throws(() => replay.check(() => opener(), schedule), /the replay of 1 schedule found a failure/);
  assert.is(explore.check(() => sleep(1), { runs: 5 }).failure, undefined);
});

test('what it cannot take is an error at the call', () => {
  const main = () => sleep(1);
  refuses(
    () => explore(opener() as never),
    /explore takes a function that makes the program anew, such as \(\) => main\(\)/,
  );
  const once = opener();
  refuses(() => explore(() => once), /gave a coroutine that was run before: write \(\) => main\(\)/);
  refuses(() => explore(() => 5 as never), /5 cannot be explored/);
  refuses(() => explore(main, { seed: NaN }), /the option seed of \w+ takes a whole number, not NaN/);
  refuses(() => explore(main, { seed: '5' as never }), /not '5'/);
  refuses(
    () => explore(main, { strategy: 'best' as never }),
    /the option strategy of \w+ takes one of random, pct, exhaustive, not 'best'/,
  );
  for (const runs of [0, -1, 1.5])
    refuses(() => explore(main, { runs }), /the option runs of \w+ takes a number of 1 or more/);
  refuses(() => explore(main, { maxSteps: -5 }), /the option maxSteps of \w+ takes a number of 1 or more, not -5/);
  refuses(() => explore(main, { late: -1 }), /the option late of \w+ takes a whole number/);
  refuses(() => explore(main, { check: 5 as never }), /the option check of \w+ takes a function, not 5/);
});

test('a program that does not do the same twice is told so', () => {
  let runs = 0;
  function* moody(): Coroutine<void> {
    yield* all([sleep(1), sleep(1)]);
    if (++runs % 4 === 3) throw new Error('a third time');
  }
  assert.throws(
    () => explore(() => moody()),
    (error: Error) => error.name === 'NotRepeatableError' && (error.cause as Error).message === 'a third time',
  );
});

test('the failure of a child that somebody joins is never told to the owner as well, whoever goes first', () => {
  function* fails(go: Event): Coroutine<void> {
    yield* go.wait();
    throw new Error('no');
  }
  // The owner ends, or a scope of its own does, and waits for the child.
  const owners: ((children: Task<void>[], go: Event) => Coroutine<void>)[] = [
    function* (children, go) {
      children.push(yield* spawn(fails(go)));
    },
    function* (children, go) {
      const work = coroutine('work', function* () {
        children.push(yield* spawn(fails(go)));
      });
      yield* shield(work());
    },
  ];
  function* joins(children: readonly Task<void>[]): Coroutine<string> {
    try {
      yield* children[0]!;
    } catch {
      return 'caught';
    }
    return 'not thrown';
  }
  for (const owns of owners) {
    const { failure, complete } = explore(
      function* () {
        const go = new Event();
        const children: Task<void>[] = [];
        yield* spawn(owns(children, go));
        yield* sleep(1);
        const joiner = yield* spawn(joins(children));
        yield* sleep(1);
        go.set(); // all wait by now
        return yield* joiner;
      },
      { strategy: 'exhaustive', check: (answer) => answer === 'caught' },
    );
    assert.is(failure, undefined, failure?.table);
    assert.ok(complete);
  }
});

test.run();
