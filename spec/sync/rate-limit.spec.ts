import { all, cancel, coroutine, map, now, RateLimit, run, runSync, sleep, spawn } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { refuses } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { after } from '../support/work.ts';

const test = suite('RateLimit');

/** When this many that ask at once are let through. */
function* timesOf(limit: RateLimit, count: number) {
  return yield* map(Array(count).fill(0), () => limit.with(now()));
}

test('spaces evenly what comes at once', () => {
  virtually(function* () {
    assert.equal(yield* timesOf(new RateLimit(10), 5), [0, 100, 200, 300, 400]);
    assert.equal(
      (yield* timesOf(new RateLimit(2, { per: 60_000 }), 3)).map((time) => time - 400),
      [0, 30_000, 60_000],
    );
  });
});

test('lets a burst through at once, and then as many as the limit says', () => {
  virtually(function* () {
    const limit = new RateLimit(10, { burst: 3 });
    assert.equal(yield* timesOf(limit, 6), [0, 0, 0, 100, 200, 300]);
    yield* sleep(150); // one and a half tokens
    assert.equal(yield* timesOf(limit, 2), [450, 500]);
    yield* sleep(5_000); // the bucket holds no more than the burst
    const now = 5_500;
    assert.equal(yield* timesOf(limit, 5), [now, now, now, now + 100, now + 200]);
  });
});

test('does not fall behind, though timers are late: 1,000 at 3 a second take 333 seconds', () => {
  virtually(function* () {
    const times = yield* timesOf(new RateLimit(3), 1_000);
    assert.ok(Math.abs(times.at(-1)! - 333_000) <= 1, `${times.at(-1)}`);
  });
});

test('never lets through more than the burst and the limit, whatever the order of arrival', () => {
  for (let seed = 1; seed <= 50; seed++) {
    let state = seed;
    const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
    const count = 1 + random(5);
    const burst = 1 + random(4);
    const per = 100 + random(900);
    const times = runSync(
      (function* () {
        const limit = new RateLimit(count, { per, burst });
        const seen: number[] = [];
        const user = coroutine('user', function* (wait: number) {
          yield* sleep(wait);
          yield* limit.acquire();
          seen.push(yield* now());
        });
        yield* all(Array.from({ length: 60 }, () => user(random(4_000))));
        return seen;
      })(),
    );
    // A token bucket: within any stretch of time, what it held at first and what fell in since.
    for (let i = 0; i < times.length; i++)
      for (let k = i; k < times.length; k++)
        assert.ok(k - i + 1 <= burst + ((times[k]! - times[i]! + 1) * count) / per, `seed ${seed}`);
  }
});

test('tasks are let through in the order in which they asked, and one that is cancelled costs nobody anything', () => {
  virtually(function* () {
    const limit = new RateLimit(10);
    const log: string[] = [];
    const user = coroutine('user', function* (name: string) {
      yield* limit.acquire();
      log.push(`${yield* now()}: ${name}`);
    });
    const tasks = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) tasks.push(yield* spawn(user(name)));
    yield* sleep(50);
    yield* cancel(tasks[1]!); // the first in the line, while it waits for its time
    yield* cancel(tasks[3]!); // one in the middle
    yield* all([tasks[0]!, tasks[2]!, tasks[4]!]);
    assert.equal(log, ['0: a', '100: c', '200: e']);
  });
});

test('with gives the result, and lets the next one through while the work still runs', () => {
  virtually(function* () {
    const limit = new RateLimit(10);
    assert.equal(yield* all([limit.with(after(1_000, 'x')), limit.with(after(1_000, 'y'))]), ['x', 'y']);
    assert.is(yield* now(), 1_100);
  });
});

test('prints as it was written, with its name', () => {
  assert.is(`${new RateLimit(1, { name: 'github' }).acquire()}`, 'github.acquire()');
  assert.match(`${new RateLimit(1).with(sleep(5))}`, /^rateLimit\.with\(/);
});

test('each loop has the whole limit, on its own clock', async () => {
  const limit = new RateLimit(10);
  const program = () => timesOf(limit, 2);
  assert.equal(runSync(program()), [0, 100]);
  assert.equal(runSync(program()), [0, 100]);
  const [first = NaN, second = NaN] = await run(program());
  assert.ok(second - first >= 99, `${first}, ${second}`);
});

test('refuses wrong numbers and work that cannot be awaited, at the call', () => {
  for (const wrong of [0, -1, 1.5, NaN, Infinity]) refuses(() => new RateLimit(wrong), /a RateLimit takes a limit/);
  refuses(() => new RateLimit(1, { burst: 0 }), /a burst of 1 or more/);
  for (const per of [0, -5, Infinity, '1' as never])
    refuses(() => new RateLimit(1, { per }), /more than 0 milliseconds/);
  refuses(() => new RateLimit(1).with(5 as never), /5 cannot be run with rateLimit/);
});

test.run();
