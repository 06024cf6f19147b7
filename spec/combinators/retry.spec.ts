import { cancel, coroutine, currentTask, now, retry, sleep, spawn, timeout, TimeoutError } from 'treadle';
import type { RetryOptions } from 'treadle';
import { seeded } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { after, failing, lasting } from '../support/work.ts';

const test = suite('retry');

/** Retries work that always fails; gives the times of its attempts. */
function times(options: RetryOptions, random?: () => number): number[] {
  return virtually(
    function* () {
      const times: number[] = [];
      yield* caught(
        retry(function* () {
          times.push(yield* now());
          throw new Error(`attempt ${times.length}`);
        }, options),
      );
      return times;
    },
    { random },
  );
}

test('gives the first result, and asks no more', () => {
  virtually(function* () {
    const asked: number[] = [];
    assert.is(
      yield* retry(
        function* (attempt) {
          asked.push(attempt);
          if (attempt < 3) throw new Error('no');
          return yield* after(1, `attempt ${attempt}`);
        },
        { attempts: 5 },
      ),
      'attempt 3',
    );
    assert.equal(asked, [1, 2, 3]);
  });
});

test('throws the last error when no attempt is left', () => {
  virtually(function* () {
    let n = 0;
    assert.is((yield* caught(retry(() => failing(1, new Error(`${++n}`)), { attempts: 4 }))).message, '4');
    assert.is(n, 4);
  });
});

test('tries three times by default, without a delay', () => assert.equal(times({}), [0, 0, 0]));
test('attempts: 1 is one attempt', () => assert.equal(times({ attempts: 1 }), [0]));
test('each delay is twice as long as the one before', () =>
  assert.equal(times({ attempts: 5, delay: 100 }), [0, 100, 300, 700, 1500]));
test('or as many times as long as backoff says', () => {
  assert.equal(times({ attempts: 4, delay: 100, backoff: 1 }), [0, 100, 200, 300]);
  assert.equal(times({ attempts: 4, delay: 100, backoff: 3 }), [0, 100, 400, 1300]);
  assert.equal(times({ attempts: 4, delay: 100, backoff: 0.5 }), [0, 100, 150, 175]);
});
test('no delay is longer than maxDelay', () =>
  assert.equal(times({ attempts: 6, delay: 100, maxDelay: 300 }), [0, 100, 300, 600, 900, 1200]));
test('a function says how long each delay is, by the error and the attempt that failed', () => {
  const asked: unknown[] = [];
  const delay = (error: unknown, attempt: number) => {
    asked.push((error as Error).message, attempt);
    return [500, 20, 3_000][attempt - 1]!;
  };
  assert.equal(times({ attempts: 4, delay, maxDelay: 1_000 }), [0, 500, 520, 1_520]);
  assert.equal(asked, ['attempt 1', 1, 'attempt 2', 2, 'attempt 3', 3]);
  assert.equal(
    times({ attempts: 2, delay: () => 100, backoff: 9, jitter: 0.5 }, () => 0.5),
    [0, 75],
  );
});

test('what that function throws, and what is no delay, is thrown', () => {
  virtually(function* () {
    const error = new Error('delay');
    const throws = () => {
      throw error;
    };
    assert.is(yield* caught(retry(() => failing(1, 'no'), { delay: throws })), error);
    for (const wrong of [NaN, -1, '5' as never, undefined as never]) {
      const refused = yield* caught(retry(() => failing(1, 'no'), { delay: () => wrong }));
      assert.match(refused.message, /retry's delay takes a function that returns 0 or more milliseconds, not /);
    }
  });
});

test('options that are undefined have their defaults', () =>
  assert.equal(
    times({
      attempts: undefined,
      delay: undefined,
      backoff: undefined,
      maxDelay: undefined,
      jitter: undefined,
      when: undefined,
    }),
    [0, 0, 0],
  ));

test('jitter shortens each delay by a random part of up to so much', () => {
  const chance = (value: number) => () => value;
  assert.equal(times({ attempts: 3, delay: 100, jitter: 0.5 }, chance(0)), [0, 100, 300]);
  assert.equal(times({ attempts: 3, delay: 100, jitter: 0.5 }, chance(0.5)), [0, 75, 225]);
  assert.equal(times({ attempts: 2, delay: 100, jitter: 1 }, chance(0.999999)), [0, 1]);
  for (let seed = 0; seed < 20; seed++) {
    const [, first = NaN, second = NaN] = times({ attempts: 3, delay: 1000, jitter: 0.3 }, seeded(seed));
    assert.ok(first >= 700 && first <= 1000, `${first}`);
    assert.ok(second - first >= 1400 && second - first <= 2000, `${second - first}`);
  }
});

test('jitter never makes a delay longer than maxDelay', () => {
  for (const chance of [0, 0.5, 0.99])
    assert.ok(times({ attempts: 2, delay: 1000, maxDelay: 300, jitter: 1 }, () => chance)[1]! <= 300);
});

test('jitter is the same each time on a virtual clock', () => {
  const options = { attempts: 5, delay: 100, jitter: 1 };
  const once = times(options);
  assert.equal(times(options), once);
  assert.not.equal(times(options, seeded(2)), once);
});

test('without jitter nothing is drawn', () => {
  const draw = () => {
    throw new Error('drawn');
  };
  assert.equal(times({ attempts: 3, delay: 100 }, draw), [0, 100, 300]);
});

test('two thousand attempts without a delay are two thousand attempts', () =>
  assert.is(times({ attempts: 2000 }).length, 2000));
test('attempts without an end', () => {
  virtually(function* () {
    let n = 0;
    assert.is(
      yield* retry(
        function* () {
          if (++n < 1500) throw new Error('no');
          return n;
        },
        { attempts: Infinity, delay: 1, maxDelay: 10 },
      ),
      1500,
    );
  });
});

test('when decides by the error and the number of the attempt', () => {
  const asked: unknown[] = [];
  virtually(function* () {
    assert.is(
      yield* caught(
        retry((attempt) => failing(1, `error ${attempt}`), {
          attempts: 10,
          when: (error, attempt) => {
            asked.push([error, attempt]);
            return attempt < 3;
          },
        }),
      ),
      'error 3',
    );
  });
  assert.equal(asked, [
    ['error 1', 1],
    ['error 2', 2],
    ['error 3', 3],
  ]);
});

test('an error of when is thrown', () => {
  virtually(function* () {
    const error = new Error('when');
    assert.is(
      yield* caught(
        retry(() => failing(1, 'no'), {
          when: () => {
            throw error;
          },
        }),
      ),
      error,
    );
  });
});

test('a function that throws instead of starting is an attempt that failed', () => {
  virtually(function* () {
    assert.is(
      yield* retry((attempt) => {
        if (attempt === 1) throw new Error('no');
        return after(1, attempt);
      }),
      2,
    );
  });
});

test('a limit for each attempt', () => {
  virtually(function* () {
    const error = yield* caught(retry(() => timeout(10, sleep(50)), { attempts: 3, delay: 5, backoff: 1 }));
    assert.instance(error, TimeoutError);
    assert.is(yield* now(), 40);
  });
});

test('cancellation is never retried: not in an attempt', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(retry((attempt) => lasting(log, attempt, 20), { attempts: Infinity }));
    yield* sleep(5);
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
    assert.is(yield* now(), 25);
  });
  assert.equal(log, ['1 cleans up', '1 is clean']);
});

test('cancellation is never retried: not in a delay', () => {
  let attempts = 0;
  virtually(function* () {
    const task = yield* spawn(
      retry(
        () => {
          attempts++;
          return failing(1, 'no');
        },
        { attempts: Infinity, delay: 100 },
      ),
    );
    yield* sleep(50);
    yield* cancel(task);
    assert.is(yield* now(), 50);
  });
  assert.is(attempts, 1);
});

test('cancellation is never retried: not an attempt that cancels its own task', () => {
  let attempts = 0;
  virtually(function* () {
    const task = yield* spawn(
      retry(function* () {
        attempts++;
        (yield* currentTask()).cancel('me');
        yield* sleep(1);
      }),
    );
    assert.is((yield* caught(task)).reason, 'me');
  });
  assert.is(attempts, 1);
});

test('the effect may be yielded again, and counts anew', () => {
  virtually(function* () {
    let runs = 0;
    const effect = retry(
      coroutine('count', function* (attempt: number) {
        runs++;
        if (attempt < 2) throw new Error('no');
        return attempt;
      }),
    );
    assert.equal([yield* effect, yield* effect, runs], [2, 2, 4]);
  });
});

for (const [what, wrong] of [
  ['undefined', undefined],
  ['an effect', sleep(1)],
  ['a generator', (function* () {})()],
  ['5', 5],
] as const) {
  test(`retry(${what}) is a TypeError at the call that says what it takes`, () =>
    refuses(() => retry(wrong as never), /retry/, /function/));
}
const wrong: [keyof RetryOptions, unknown[]][] = [
  ['attempts', [0, -1, NaN, '3', null, 2.5]],
  ['delay', [-1, NaN, '5', null]],
  ['backoff', [-1, NaN, '2', null]],
  ['maxDelay', [-1, NaN, '5', null]],
  ['jitter', [-0.1, 1.1, NaN, '0.5', null]],
  ['when', [5, 'always', {}]],
];
for (const [option, values] of wrong) {
  for (const value of values) {
    test(`retry with ${option}: ${typeof value === 'string' ? `'${value}'` : JSON.stringify(value)?.replace('null', String(value))} is an error at the call that names it`, () => {
      refuses(() => retry(() => sleep(1), { [option]: value }), /retry/, new RegExp(option));
    });
  }
}

test.run();
