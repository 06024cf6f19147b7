import { deepStrictEqual } from 'node:assert';
import { cancel, now, run, sleep, sleepUntil, spawn, yieldNow } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuses } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('sleep');

test('hours of sleep take no time on a virtual clock, which starts at 0', () => {
  const times = virtually(function* () {
    const before = yield* now();
    yield* sleep(3_600_000);
    return [before, yield* now()];
  });
  assert.equal(times, [0, 3_600_000]);
});

test('sleeps that overlap end in the order of their deadlines', () => {
  const log: string[] = [];
  virtually(function* () {
    const sleeper = function* (ms: number) {
      yield* sleep(ms);
      log.push(`${ms} at ${yield* now()}`);
    };
    for (const ms of [30, 10, 20]) yield* spawn(sleeper(ms));
  });
  assert.equal(log, ['10 at 10', '20 at 20', '30 at 30']);
});

test('equal deadlines end in the order in which they were set, by whatever way', () => {
  const log: string[] = [];
  virtually(function* () {
    const step = function* (name: string, ...waits: number[]) {
      for (const ms of waits) yield* sleep(ms);
      log.push(name);
    };
    yield* spawn(step('10 + 10', 10, 10));
    yield* spawn(step('20', 20));
    yield* spawn(step('5 + 15', 5, 15));
  });
  // They were set at 10, at 0 and at 5.
  assert.equal(log, ['20', '5 + 15', '10 + 10']);
});

for (const [name, effect] of [
  ['sleep(0)', sleep(0)],
  ['yieldNow()', yieldNow()],
  ['sleepUntil of a time that has passed', sleepUntil(-5)],
] as const) {
  test(`${name} is one turn of the ready queue, and takes no time`, () => {
    const log: unknown[] = [];
    virtually(function* () {
      yield* spawn(
        (function* () {
          for (const i of [1, 2, 3]) {
            log.push(`other ${i}`);
            yield* yieldNow();
          }
        })(),
      );
      for (const i of [1, 2, 3]) {
        log.push(`main ${i}`);
        yield* effect;
      }
      log.push(yield* now());
    });
    assert.equal(log, ['main 1', 'other 1', 'main 2', 'other 2', 'main 3', 'other 3', 0]);
  });
}

test('a part of a millisecond is rounded up: never early', () => {
  assert.is(
    virtually(function* () {
      yield* sleep(0.2);
      return yield* now();
    }),
    1,
  );
});

test('on the system clock it is never early, and time is measured in milliseconds since the loop was made', async () => {
  const [before, after, took] = await run(
    (function* () {
      const start = performance.now();
      const before = yield* now();
      yield* sleep(20);
      return [before, yield* now(), performance.now() - start] as const;
    })(),
  );
  assert.ok(before >= 0 && before < 5_000, `${before}`);
  assert.ok(after - before >= 20, `${after - before}`);
  assert.ok(took >= 20 && took < 5_000, `${took}`);
});

test('sleep(Infinity) lasts until it is cancelled', () => {
  virtually(function* () {
    const task = yield* spawn(sleep(Infinity));
    yield* sleep(1e12);
    assert.is(task.state, 'waiting');
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
  });
});

test('a delay longer than the host can count is waited for in full', () => {
  assert.is(
    virtually(function* () {
      yield* sleep(2 ** 40);
      return yield* now();
    }),
    2 ** 40,
  );
});

test('periodic work with sleepUntil does not drift, whatever the work takes', () => {
  const ticks: number[] = [];
  virtually(function* () {
    for (let i = 1; i <= 4; i++) {
      yield* sleepUntil(i * 100);
      ticks.push(yield* now());
      yield* sleep(i * 20);
    }
  });
  assert.equal(ticks, [100, 200, 300, 400]);
});

test('now is the answer at once: no turn passes', () => {
  const log: string[] = [];
  virtually(function* () {
    yield* spawn(
      (function* () {
        log.push('other');
      })(),
    );
    yield* now();
    log.push('main');
  });
  assert.equal(log, ['main', 'other']);
});

test('the clock goes on from where it is: two runs may share one', async () => {
  const clock = new VirtualClock();
  await run(sleep(5), { clock });
  assert.is(await run(now(), { clock }), 5);
});

for (const ms of [NaN, undefined, null, '5', {}, [], true, Symbol('ms'), () => 5]) {
  test(`sleep(${String(ms)}) is a TypeError at the call, which says what came`, () => {
    refuses(() => sleep(ms as never), /sleep/, /milliseconds/);
    assert.throws(
      () => sleep(ms as never),
      (error: unknown) => error instanceof TypeError,
    );
  });
}

for (const ms of [-1, -Infinity, -0.001]) {
  test(`sleep(${ms}) is a RangeError at the call, which says what came`, () => {
    refuses(() => sleep(ms), /sleep/, new RegExp(String(ms)));
    assert.throws(
      () => sleep(ms),
      (error: unknown) => error instanceof RangeError,
    );
  });
}

for (const time of [NaN, undefined, null, '5', {}, Symbol('time')]) {
  test(`sleepUntil(${String(time)}) is a TypeError at the call`, () =>
    refuses(() => sleepUntil(time as never), /sleepUntil/, /time/));
}

test('they print as they were written', () => {
  assert.equal([sleep(100), sleepUntil(5), now(), yieldNow()].map(String), [
    'sleep(100)',
    'sleepUntil(5)',
    'now()',
    'yieldNow()',
  ]);
});

test('calls with the same arguments are deeply equal, with others they are not', () => {
  deepStrictEqual(sleep(100), sleep(100));
  deepStrictEqual(sleepUntil(100), sleepUntil(100));
  deepStrictEqual(yieldNow(), yieldNow());
  assert.throws(() => deepStrictEqual(sleep(100), sleep(101)));
  assert.throws(() => deepStrictEqual(sleep(100), sleepUntil(100)));
});

test('two calls of now are deeply equal', () => deepStrictEqual(now(), now()));

test('one effect may be yielded twice, and by two tasks at once', () => {
  virtually(function* () {
    const nap = sleep(10);
    const napper = function* () {
      yield* nap;
      yield* nap;
      yield nap;
    };
    yield* spawn(napper());
    yield* napper();
    assert.is(yield* now(), 30);
  });
});

test.run();
