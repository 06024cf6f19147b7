// A host that is asked to end: what can be done in time is done, and the rest is handed back, for another host to take
// at once.
import { spawn } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fresh, lines, untilLine } from '../support/files.ts';
import { delay } from '../support/host.ts';
import { end, farJobs, hosts, LEASE, machinesOf, startHost } from '../support/hosts.ts';
import type { Running } from '../support/programs.ts';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import type { RedisServer } from '../support/redis.ts';
import { alive, coroutines, jobs, until, within } from '../support/workers.ts';

const test = suite('the end of a host');
const missing = whyNoRedis();
const withRedis = missing === undefined ? test : () => {};
if (missing !== undefined) test.skip(`SIGTERM drains it (${missing})`, () => {});

/** So long that whoever waited for the check for stalled calls would be seen to wait. */
const LONG = 60_000;

let redis: RedisServer;
if (missing === undefined) {
  test.before(async () => {
    redis = await redisServer();
  });
  test.after(() => redis.stop());
}

withRedis('SIGTERM: what ends within the drain is done there, and nothing new is taken', async () => {
  const [host] = (await hosts(redis, 1, { drain: 10_000 })) as [Running];
  await within(function* () {
    const pool = machinesOf(redis);
    const file = fresh();
    const task = yield* spawn(pool.apply<number>(farJobs, 'noted', [file, 5, 500]));
    yield* untilLine(file, '5');
    const ending = end(host);
    assert.is(yield* task, 25);
    const { code, err } = (yield ending) as { code: number; err: string };
    assert.equal([code, err], [143, '']);
  });
});

withRedis('what does not end is handed back, and another host takes it without a wait for the lock', async () => {
  const [first] = (await hosts(redis, 1, { drain: 200, lease: LONG })) as [Running];
  await within(function* () {
    const pool = machinesOf(redis, { retries: 1 });
    const file = fresh();
    const task = yield* spawn(pool.apply(coroutines, 'patient', [file]));
    yield* untilLine(file, 'started');
    const [second] = (yield hosts(redis, 1, { lease: LONG })) as [Running];
    const begin = performance.now();
    const ending = end(first);
    yield* until(() => lines(file).filter((line) => line === 'started').length === 2);
    const ms = performance.now() - begin;
    console.log(`note: SIGTERM with a drain of 200 ms: another host has the call after ${Math.round(ms)} ms`);
    assert.ok(ms < LONG / 2, `${ms} ms`);
    assert.equal(lines(file).slice(0, 2), ['started', 'clean'], 'it was closed there before it started here');
    assert.is(((yield ending) as { code: number }).code, 143);
    void task.cancel();
    yield* until(() => task.done);
    yield end(second);
  });
});

withRedis('what does not listen does not keep it', async () => {
  const [host] = (await hosts(redis, 1, { drain: 100, pool: { grace: 1_000 } })) as [Running];
  await within(function* () {
    const pool = machinesOf(redis);
    const file = fresh();
    const task = yield* spawn(pool.mapSettled(jobs, 'blocks', [file]));
    yield* untilLine(file, 'started');
    const begin = performance.now();
    yield end(host);
    assert.ok(performance.now() - begin < 50_000, 'the function would have gone on for a minute');
    void task.cancel();
    yield* until(() => task.done);
  });
});

withRedis('a second SIGTERM kills it, and its workers go, too', async () => {
  const [host] = (await hosts(redis, 1, { drain: 400_000, lease: LEASE })) as [Running];
  await within(function* () {
    const pool = machinesOf(redis);
    const { pid } = yield* pool.apply<{ pid: number }>(jobs, 'where');
    const file = fresh();
    const task = yield* spawn(pool.mapSettled(jobs, 'deaf', [file]));
    yield* untilLine(file, 'started');
    host.child.kill('SIGTERM');
    yield* until(() => host.child.exitCode === null);
    const again = setInterval(() => host.child.kill('SIGTERM'), 200);
    const { ms } = (yield host.ended) as { ms: number };
    clearInterval(again);
    assert.ok(ms < 300_000);
    yield* until(() => !alive(pid));
    void task.cancel();
    yield* until(() => task.done);
  });
});

withRedis('an order to end before the server can be reached is heeded', async () => {
  const host = startHost(redis, { url: 'redis://127.0.0.1:1', connectTimeout: 400_000 });
  await host.seen(/starts/); // before that nobody listens to signals
  await delay(300);
  const { code, err, ms } = await end(host);
  assert.equal([code, err], [143, '']);
  assert.ok(ms < 300_000, `${ms} ms`);
});

test.run();
