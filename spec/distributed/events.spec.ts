// What tells a caller that its calls are over is a stream of events in Redis, from which entries can be missing, and
// which must not keep what it has told.
import { all, run, sleep, spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh, lines, untilLine } from '../support/files.ts';
import { end, farJobs, hosts, machinesOf } from '../support/hosts.ts';
import type { Running } from '../support/programs.ts';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import type { RedisServer } from '../support/redis.ts';
import { coroutines, jobs, within } from '../support/workers.ts';

const test = suite('what Redis tells, and keeps');
const missing = whyNoRedis();
const withRedis = missing === undefined ? test : () => {};
if (missing !== undefined) test.skip(`lost events, and memory (${missing})`, () => {});

let redis: RedisServer;
let host: Running;
if (missing === undefined) {
  test.before(async () => {
    redis = await redisServer();
    [host] = (await hosts(redis, 1, { lease: 5_000 })) as [Running];
  });
  test.after(async () => {
    await end(host);
    await redis.stop();
  });
}

/** Takes all events away, again and again, before anybody can read them. */
function* trim(): Coroutine<never> {
  for (;;) {
    for (const key of (yield redis.command('KEYS', '*:events')) as string[])
      yield redis.command('XTRIM', key, 'MAXLEN', 0);
    yield* sleep(1);
  }
}

withRedis('events that are trimmed all the time cost no result', () =>
  within(function* () {
    const pool = machinesOf(redis, { inFlight: 32 });
    yield* spawn(trim(), { daemon: true });
    const items = Array.from({ length: 300 }, (_, x) => x);
    assert.equal(
      yield* pool.map(jobs, 'squareLater', items),
      items.map((x) => x * x),
    );
    const error = yield* caught(pool.apply(jobs, 'fail', ['no']));
    assert.is(error.message, 'no');
  }),
);

withRedis('a hundred callers in one program print no warning', async () => {
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(String(warning));
  process.on('warning', listen);
  await within(function* () {
    const pool = machinesOf(redis, { inFlight: 100 });
    const squares = yield* all(Array.from({ length: 100 }, (_, x) => pool.apply<number>(jobs, 'squareLater', [x])));
    assert.is(squares[99], 99 * 99);
  });
  process.off('warning', listen);
  assert.equal(warnings, []);
});

withRedis('a call that somebody takes out of Redis is an error, and no hang', () =>
  within(function* () {
    const pool = machinesOf(redis);
    const file = fresh();
    const task = yield* spawn(caught(pool.apply(coroutines, 'patient', [file])));
    yield* untilLine(file, 'started');
    for (const key of (yield redis.command('KEYS', '*')) as string[]) yield redis.command('DEL', key);
    const error = yield* task;
    assert.instance(error, Error);
    assert.match(error.message, /patient/);
    yield* untilLine(file, 'clean');
    assert.is(yield* pool.apply(jobs, 'square', [3]), 9, 'and the host goes on');
    assert.equal(lines(file), ['started', 'clean']);
  }),
);

/** They take a while: all of them are there for the soak (soak.spec.ts). If they were kept, 60 would be far too many. */
const LARGE = process.env['TREADLE_SOAK_SECONDS'] === undefined ? 60 : 1_000;

withRedis(`${LARGE} results of 1 MB leave less than 20 MB when they were read`, () =>
  run(
    (function* (): Coroutine<void> {
      // A lease that a busy machine keeps: this process has much to read.
      const pool = machinesOf(redis, { inFlight: 8, lease: 20_000 });
      yield* pool.apply(jobs, 'square', [1]);
      const before = (yield redis.memory()) as number;
      const megabytes = function* () {
        return Math.round((((yield redis.memory()) as number) - before) / 1e5) / 10;
      };
      let most = 0;
      let read = 0;
      for (const next of pool.imap<string>(farJobs, 'text', new Array(LARGE).fill(1_000_000))) {
        const { length } = yield* next;
        assert.is(length, 1_000_000);
        if (++read % 20 === 0) most = Math.max(most, yield* megabytes());
      }
      assert.is(read, LARGE);
      let left = yield* megabytes();
      for (let i = 0; i < 100 && left > 20; i++) {
        yield* sleep(50);
        left = yield* megabytes();
      }
      console.log(
        `note: ${LARGE} results of 1 MB were read: Redis has ${left} MB more than before, and had ${most} at most`,
      );
      assert.ok(left < 20, `${left} MB`);
    })(),
  ).then(),
);

test.run();
