import {
  all,
  call,
  cancel,
  coroutine,
  currentTask,
  DeadlockError,
  fetch,
  fromPromise,
  join,
  Lock,
  map,
  now,
  Queue,
  race,
  run,
  runSync,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  TimeoutError,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine, Effect } from 'treadle';
import { explore, fakeFetch, intercept, simulate, VirtualClock } from 'treadle/testing';
import type { EffectHandlers } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lasting } from '../support/work.ts';

const test = suite('intercept');

const page = coroutine('page', function* (path: string) {
  const response = yield* fetch(`http://localhost${path}`);
  return yield* response.text();
});

/** Answers every request with its address. */
const echo: EffectHandlers = {
  fetch: (effect) => ({ text: () => sleepThen(`${(effect.payload as string[])[0]}`) }),
};
const sleepThen = coroutine('sleepThen', function* (text: string) {
  yield* sleep(1);
  return text;
});

/** `sleep(n)` answers with its name. */
const named = (name: string): EffectHandlers => ({ sleep: () => name });

test('a handler answers with a value, an effect, a coroutine, a task, a promise or an error', () => {
  const answers: Record<number, () => unknown> = {
    1: () => 'value',
    2: () => sleepThen('effect'),
    3: function* () {
      return yield* sleepThen('coroutine');
    },
    4: () => {
      throw new RangeError('thrown');
    },
    5: () => undefined,
  };
  function* main(): Coroutine<unknown[]> {
    const got: unknown[] = [];
    for (const ms of [1, 2, 3, 4, 5]) {
      try {
        got.push(yield sleep(ms));
      } catch (error) {
        got.push(String(error));
      }
    }
    return got;
  }
  const work = () => intercept({ sleep: (effect) => answers[effect.payload as number]!() }, main());
  assert.equal(runSync(work()), ['value', 'effect', 'coroutine', 'RangeError: thrown', undefined]);
});

test('a promise that a handler gives is waited for', () =>
  run(intercept({ sleep: () => Promise.resolve('later') }, sleep(5)) as Effect<unknown>).then((answer) =>
    assert.is(answer, 'later'),
  ));

test('next performs what came, or something else, before and after the work of the handler', () => {
  const times: unknown[] = [];
  function* slow(effect: Effect<unknown>, next: <A extends Awaitable<unknown>>(work: A) => Effect<unknown>) {
    times.push(yield* now());
    yield* next(effect);
    times.push(yield* now());
    yield* next(sleep(100));
    times.push(yield* now());
  }
  runSync(intercept({ sleep: slow as never }, sleep(5)));
  assert.equal(times, [0, 5, 105]);
});

test('what a handler yields goes outwards, so it may yield its own kind', () => {
  const seen: string[] = [];
  const doubling = (name: string) =>
    function* (effect: Effect<unknown>): Coroutine<unknown> {
      seen.push(`${name} ${effect}`);
      yield* sleep(2 * (effect.payload as number));
      return yield* now();
    };
  const inner = intercept({ sleep: doubling('inner') }, sleep(5));
  assert.is(runSync(intercept({ sleep: doubling('outer') }, inner) as Effect<unknown>), 20);
  assert.equal(seen, ['inner sleep(5)', 'outer sleep(10)']);
});

test('a layer that has no handler for a kind is passed through', () => {
  const work = () => intercept({ now: () => 'time' }, all([sleep(1), now()]) as Effect<unknown[]>);
  assert.equal(runSync(intercept(named('outer'), work())), ['outer', 'time']);
});

test('reaches the tasks that are spawned in the work, at any depth, and no others', () => {
  const got: Record<string, unknown> = {};
  const ask = coroutine('ask', function* (name: string) {
    got[name] = (yield sleep(1)) as unknown;
  });
  const deep = coroutine('deep', function* (depth: number): Coroutine<void> {
    if (depth === 0) return yield* ask('deep');
    yield* join(yield* spawn(deep(depth - 1)));
  });
  function* main(): Coroutine<void> {
    const before = yield* spawn(
      (function* () {
        yield* sleep(10);
        yield* ask('spawned before');
      })(),
    );
    yield* intercept(
      named('mine'),
      (function* () {
        yield* spawn(ask('left behind'));
        yield* all([ask('all'), map(['map'], ask), timeout(100, ask('timeout')), shield(ask('shield'))]);
        yield* race([ask('race'), sleep(50)]);
        yield* taskGroup(function* (group) {
          yield* group.spawn(ask('group'));
        });
        yield* deep(5);
      })(),
    );
    yield* ask('after');
    yield* join(before);
  }
  runSync(main());
  const { 'spawned before': early, after, ...within } = got;
  assert.equal([early, after], [undefined, undefined]);
  assert.equal(Object.keys(within).sort(), ['all', 'deep', 'group', 'left behind', 'map', 'race', 'shield', 'timeout']);
  assert.equal([...new Set(Object.values(within))], ['mine']);
});

test('two tasks at once have each their own handlers', () => {
  function* asks(): Coroutine<unknown[]> {
    const first: unknown = yield sleep(1);
    yield* yieldNow();
    return [first, yield sleep(2), ...(yield* all([sleep(3), sleep(4)]))];
  }
  const [a, b, c] = runSync(all([intercept(named('a'), asks()), intercept(named('b'), asks()), asks()]));
  assert.equal(a, ['a', 'a', 'a', 'a']);
  assert.equal(b, ['b', 'b', 'b', 'b']);
  assert.equal(c, [undefined, undefined, undefined, undefined]);
});

test('nested in timeout, race and map, and around them', () => {
  const slow = (_effect: Effect<unknown>, next: (work: Effect<unknown>) => unknown) => next(sleep(1_000));
  const inTimeout = timeout(10, intercept({ sleep: slow as never }, sleep(1)));
  assert.throws(
    () => runSync(inTimeout),
    (error: Error) => error instanceof TimeoutError,
  );
  const around = intercept({ sleep: slow as never }, timeout(10, sleep(1)));
  assert.throws(
    () => runSync(around),
    (error: Error) => error instanceof TimeoutError,
  );
  const fast = intercept({ sleep: () => 'fast' }, sleep(1)) as Effect<unknown>;
  assert.is(runSync(race([sleepThen('slow'), fast])), 'fast');
  const each = map([1, 2, 3], (n) => intercept({ sleep: () => n }, sleep(1)) as Effect<unknown>);
  assert.equal(runSync(each), [1, 2, 3]);
});

test('a coroutine of the program is replaced by its name', () => {
  assert.equal(runSync(intercept({ page: () => 'replaced' }, all([page('/a'), page('/b')]))), ['replaced', 'replaced']);
  assert.equal(runSync(intercept(echo, all([page('/a'), page('/b')]))), ['http://localhost/a', 'http://localhost/b']);
});

test('sees what call performs, and an effect that is the first thing a task does', () => {
  assert.is(runSync(intercept(named('called'), call(sleep(1))) as Effect<unknown>), 'called');
  const spawned = intercept(
    named('spawned'),
    (function* () {
      return yield* join(yield* spawn(sleep(1)));
    })(),
  );
  assert.is(runSync(spawned) as unknown, 'spawned');
});

test('works under run with the outside world, on the system clock and on a virtual one', () => {
  const main = () => intercept({ sleep: () => fromPromise(Promise.resolve('from outside')) }, sleep(3_600_000));
  return Promise.all([run(main()), run(main(), { clock: new VirtualClock() })]).then((answers) =>
    assert.equal(answers as unknown[], ['from outside', 'from outside']),
  );
});

test('works in a simulation, and in every schedule of an exploration', () => {
  const pages = () => fakeFetch({ '/a': { text: 'a', delay: 5 }, '/b': { text: 'b', delay: 5 } });
  const order: string[] = [];
  const fetched = coroutine('fetched', function* (path: string) {
    order.push(yield* (yield* fetch(path)).text());
  });
  const program = () => intercept({ fetch: pages() }, all([fetched('/a'), fetched('/b')]));
  const simulation = simulate(program());
  simulation.runTo(4);
  assert.equal(order, []);
  simulation.run();
  assert.equal([order.splice(0), simulation.now], [['a', 'b'], 5]);

  const orders = new Set<string>();
  const { complete, failure } = explore(
    function* () {
      order.length = 0;
      yield* program();
      orders.add(order.join(''));
    },
    { strategy: 'exhaustive' },
  );
  assert.is(failure, undefined);
  assert.ok(complete);
  assert.equal([...orders].sort(), ['ab', 'ba']);
});

test('a handler that never answers is a deadlock that names it, and may be cancelled', () => {
  const never = { sleep: () => suspend(() => {}) };
  assert.throws(
    () => runSync(intercept({ sleep: () => new Queue(1, { name: 'nothing' }).get() }, sleep(1))),
    (error: Error) => error instanceof DeadlockError && /waiting on nothing\.get\(\)/.test(error.message),
  );
  assert.throws(() => runSync(timeout(10, intercept(never, sleep(1)))), /./);
  const task = run(intercept(never, sleep(1)), { clock: new VirtualClock() });
  setTimeout(() => task.cancel('enough'), 5);
  return task.then(
    () => assert.unreachable(),
    () => assert.is(task.state, 'cancelled'),
  );
});

test('an answer that comes after a cancellation is nobody’s, and nothing behind the yield runs', () => {
  let answer: ((value: string) => void) | undefined;
  const log: string[] = [];
  function* work(): Coroutine<void> {
    try {
      log.push(`got ${yield sleep(1)}`);
    } finally {
      log.push('clean-up');
      yield* yieldNow();
      log.push('clean');
    }
  }
  function* main(): Coroutine<void> {
    const handlers = { sleep: () => suspend<string>((resume) => void (answer = resume)) };
    const task = yield* spawn(intercept(handlers, work()));
    yield* yieldNow();
    task.cancel();
    answer?.('late');
    yield* cancel(task);
    answer?.('later');
  }
  runSync(main());
  assert.equal(log, ['clean-up', 'clean']);
});

test('cancelled at every step, every clean-up of work and handler runs, and the layer is gone', () => {
  const program = (log: unknown[]): Coroutine<unknown> => {
    function* handler(effect: Effect<unknown>, next: (work: Effect<unknown>) => Effect<unknown>): Coroutine<unknown> {
      log.push('handler opens');
      try {
        yield* yieldNow();
        return yield* next(effect);
      } finally {
        log.push('handler closes');
        yield* yieldNow();
      }
    }
    function* work(): Coroutine<void> {
      log.push('work opens');
      try {
        yield* all([sleep(5), call(sleep(6))]);
        yield* sleep(7);
      } finally {
        log.push('work closes');
      }
    }
    return (function* () {
      const inner = intercept({ sleep: handler as never }, work());
      const task = yield* spawn(intercept({ yieldNow: (effect, next) => next(effect) }, inner));
      let steps = 0;
      while (!task.done) {
        yield* yieldNow();
        if (++steps % 2 === 0) yield* sleep(1);
      }
      return steps;
    })();
  };
  const log: unknown[] = [];
  const steps = runSync(program(log)) as number;
  assert.ok(steps > 8, `${steps} steps`);
  for (let at = 0; at <= steps; at++) {
    const told: unknown[] = [];
    function* main(): Coroutine<unknown> {
      const task = yield* spawn(program(told), { name: 'program' });
      for (let turn = 0; turn < at; turn++) {
        yield* yieldNow();
        if (turn % 2 === 0) yield* sleep(1);
      }
      yield* cancel(task);
      return yield sleep(1);
    }
    assert.is(runSync(main()), undefined, `at ${at}: the handlers are gone`);
    const count = (text: string) => told.filter((one) => one === text).length;
    assert.is(count('handler opens'), count('handler closes'), `at ${at}: ${told.join()}`);
    assert.is(count('work opens'), count('work closes'), `at ${at}`);
  }
});

test('a handler that throws in its clean-up fails the task, and the error is not lost', () => {
  function* broken(): Coroutine<never> {
    try {
      yield* sleep(Infinity);
      throw new Error('never');
    } finally {
      throw new RangeError('broken clean-up');
    }
  }
  function* main(): Coroutine<string> {
    const task = yield* spawn(intercept({ sleep: () => broken() }, sleep(1)));
    yield* sleep(5);
    try {
      yield* cancel(task);
      return 'nothing';
    } catch (error) {
      return String(error);
    }
  }
  assert.match(runSync(main()), /RangeError: broken clean-up/);
});

test('what the work acquires through a handler can still be given back', () => {
  const lock = new Lock({ name: 'lock' });
  const through = {
    'lock.acquire': (effect: Effect<unknown>, next: (work: Effect<unknown>) => unknown) => next(effect),
  };
  function* main(): Coroutine<void> {
    const held = all([intercept(through as never, lock.acquire()), lasting([], 'x')]);
    try {
      yield* timeout(10, held);
    } catch {
      assert.not(lock.locked, 'released');
    }
    yield* intercept(through as never, lock.with(sleep(1)));
    assert.not(lock.locked);
  }
  runSync(main());
});

test('an item that waits for its turn is taken once, however many handlers are passed', () => {
  const jobs = new Queue<number>(1, { name: 'jobs' });
  let asked = 0;
  const counting = {
    'jobs.get': (effect: Effect<unknown>, next: (work: Effect<unknown>) => unknown) => {
      asked++;
      return next(effect);
    },
  } as never;
  function* main(): Coroutine<unknown> {
    const got = yield* spawn(intercept(counting, intercept(counting, jobs.get())));
    yield* yieldNow();
    yield* jobs.put(1);
    yield* jobs.put(2);
    return [yield* join(got), jobs.getNowait(), asked];
  }
  assert.equal(runSync(main()), [1, 2, 2]);
});

test('a handler is given the task that yielded', () => {
  function* main(): Coroutine<unknown> {
    const task = yield* currentTask();
    const child = yield* spawn(sleep(1), { name: 'child' });
    return [(yield* join(child)) as unknown, (yield sleep(1)) === task.name];
  }
  assert.equal(runSync(intercept({ sleep: (_effect, _next, task) => task.name }, main())), ['child', true]);
});

test('what is no handler, no work, or yielded by the engine itself is refused at the call', () => {
  const refused = (work: () => unknown, message: RegExp) =>
    assert.throws(work, (error: unknown) => error instanceof TypeError && message.test(error.message));
  refused(
    () => intercept(undefined as never, sleep(1)),
    /^intercept takes an object of handlers by kind.*, not undefined/,
  );
  refused(() => intercept([] as never, sleep(1)), /^intercept takes an object/);
  refused(() => intercept(sleep(1) as never, sleep(1)), /^intercept takes an object.*not sleep\(1\)/);
  refused(() => intercept({ fetch: 'text' as never }, sleep(1)), /^the handler fetch of intercept takes a function/);
  refused(() => intercept({ currentTask: () => 1 }, sleep(1)), /cannot handle currentTask/);
  refused(() => intercept({}, 5 as never), /^5 cannot be the work of intercept/);
  assert.throws(
    () => runSync(intercept({ sleep: (_, next) => next(5 as never) }, sleep(1))),
    /5 cannot be given to next/,
  );
});

test.run();
