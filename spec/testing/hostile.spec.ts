// What programs and checks may do to an exploration: it ends all the same, and says what happened.
import { all, coroutine, currentTask, map, race, sleep, spawn, timeout, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { explore, replay } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { thrown } from '../support/errors.ts';

const test = suite('explore under attack');

/** Tasks that each take two turns and a timer. */
const many = (count: number) =>
  function* (): Coroutine<number> {
    let over = 0;
    const work = coroutine('work', function* (n: number) {
      yield* yieldNow();
      over++;
      yield* sleep(n % 7);
    });
    yield* all(Array.from({ length: count }, (_, n) => work(n)));
    return over;
  };

test('a thousand tasks: found, written down, replayed', () => {
  function* first(): Coroutine<number> {
    let winner = -1;
    const runner = coroutine('runner', function* (n: number) {
      if (winner < 0) winner = n;
    });
    yield* all(Array.from({ length: 1_000 }, (_, n) => runner(n)));
    return winner;
  }
  const check = (winner: number) => winner < 500;
  const { failure } = explore(first, { runs: 50, check });
  assert.is(failure!.switches, 1);
  assert.ok(failure!.schedule.length < 40, failure!.schedule);
  assert.is(replay(first, failure!.schedule, { check }).failure!.kind, 'check');
  assert.is(explore(many(300), { runs: 2, strategy: 'pct' }).failure, undefined);
});

test('combinators within combinators, all schedules of them', () => {
  const exploration = explore(
    function* () {
      return yield* all([
        race([sleep(5), all([sleep(1), timeout(10, sleep(3))])]),
        map([1, 2, 3], (n) => sleep(n), { concurrency: 2 }),
      ]);
    },
    { strategy: 'exhaustive', check: ([, mapped]) => mapped.length === 3 },
  );
  assert.is(exploration.complete, true);
  assert.is(exploration.failure, undefined);
  assert.ok(exploration.runs > 10 && exploration.runs < 5_000, `${exploration.runs}`);
});

test('children that only sleep are not tried in each order in which they could begin', () => {
  const runs = (work: () => readonly Coroutine<void>[] | readonly ReturnType<typeof sleep>[]) =>
    explore(() => all(work() as readonly Coroutine<void>[]), { strategy: 'exhaustive' }).runs;
  const sleeps = runs(() => [sleep(1), sleep(2), sleep(3), sleep(4)]);
  const coroutines = runs(() =>
    [1, 2, 3, 4].map(
      coroutine(function* (n: number) {
        yield* sleep(n);
      }),
    ),
  );
  assert.equal([sleeps, coroutines], [1, 24]);
});

test('a main that cancels itself', () => {
  const { failure } = explore(function* () {
    (yield* currentTask()).cancel('enough');
    yield* sleep(1);
  });
  assert.match(`${failure!.error}`, /CancelledError.*'enough'/);
});

test('an exploration within the program, and one within the check', () => {
  const within = explore(
    function* () {
      yield* all([yieldNow(), yieldNow()]);
      return explore(many(3), { runs: 5 }).runs;
    },
    { runs: 5, check: (runs) => runs === 5 && explore(many(2), { runs: 2 }).failure === undefined },
  );
  assert.is(within.failure, undefined);
  assert.is(within.runs, 5);
});

test('whatever is thrown, by the program or by the check', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const what of [undefined, null, 'text', Object.create(null), proxy, Object.freeze(new Error('frozen'))]) {
    const throws = () => {
      throw what;
    };
    const program = function* (): Coroutine<void> {
      yield* all([yieldNow(), yieldNow()]);
      throws();
    };
    assert.is(explore(program).failure!.kind, 'error');
    assert.is(explore(many(2), { check: throws }).failure!.kind, 'check');
    assert.is(thrown(() => explore.check(program)).name, 'ExplorationError');
  }
});

test('a callback that throws is a failure, although no task can be told', () => {
  const { failure } = explore(function* () {
    const child = yield* spawn(sleep(1));
    child.addDoneCallback(() => {
      throw new Error('in a callback');
    });
    yield* sleep(3);
  });
  assert.is((failure!.error as Error).message, 'in a callback');
});

test('a clean-up that waits for ever, and one that goes round in circles', () => {
  const circles = explore(
    function* () {
      try {
        throw new Error('x');
      } finally {
        for (;;) yield* yieldNow();
      }
    },
    { maxSteps: 500 },
  );
  assert.is(circles.failure!.kind, 'steps');
});

test('a program that never ends, whatever is chosen, is shrunk at once', () => {
  const start = performance.now();
  const { failure } = explore(
    function* () {
      for (;;) yield* all([yieldNow(), yieldNow()]);
    },
    { strategy: 'pct', maxSteps: 2_000 },
  );
  assert.is(failure!.switches, 0);
  assert.ok(performance.now() - start < 5_000);
});

test.run();
