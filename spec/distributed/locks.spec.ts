// The lock that a host keeps on what it runs: it is kept however long a worker is blocked, and whoever has lost it ends
// what it ran.
import { spawn } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fresh, lines, untilLine } from '../support/files.ts';
import { end, farJobs, hosts, machinesOf } from '../support/hosts.ts';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import type { RedisServer } from '../support/redis.ts';
import { coroutines, jobs, until, within } from '../support/workers.ts';

const test = suite('the lock of a call');
const missing = whyNoRedis();
const withRedis = missing === undefined ? test : () => {};
if (missing !== undefined) test.skip(`a long call starts once (${missing})`, () => {});

/** Milliseconds. */
const LOCK = 1_500;

let redis: RedisServer;
if (missing === undefined) {
  test.before(async () => {
    redis = await redisServer();
  });
  test.after(() => redis.stop());
}

withRedis('a call that blocks its worker for three times as long as the lock lasts starts once', async () => {
  // A machine that holds up a host for longer than its lock lasts has another one start it. It does not do so twice.
  for (const lock of [LOCK, 4 * LOCK]) {
    const two = await hosts(redis, 2, { lease: lock, pool: { kind: 'process', workers: 1, concurrency: 2 } });
    const file = fresh();
    const value = await within(() => machinesOf(redis, { retries: 3 }).apply(farJobs, 'blocksFor', [file, 3 * lock]));
    await Promise.all(two.map((host) => end(host)));
    assert.is(value, 'done');
    if (lines(file).length === 1) return;
  }
  assert.unreachable('it was started again each time');
});

withRedis('a host that stands still loses its calls to another, and ends them when it goes on', async () => {
  const [still] = await hosts(redis, 1, { lease: LOCK });
  const file = fresh();
  await within(function* () {
    const pool = machinesOf(redis, { retries: 3 });
    const task = yield* spawn(pool.apply(coroutines, 'patient', [file]));
    yield* untilLine(file, 'started');
    still!.child.kill('SIGSTOP');
    const [other] = yield* fromHosts();
    yield* until(() => lines(file).length === 2);
    assert.equal(lines(file), ['started', 'started'], 'it was taken over');
    still!.child.kill('SIGCONT');
    yield* untilLine(file, 'clean');
    assert.equal([task.done, ...lines(file)], [false, 'started', 'started', 'clean'], 'only that of the first one');
    assert.is(yield* pool.apply(jobs, 'square', [3]), 9);
    void task.cancel();
    yield* until(() => task.done);
    assert.equal(lines(file), ['started', 'started', 'clean', 'clean']);
    yield Promise.all([end(still!), end(other!)]);
  });
});

function* fromHosts() {
  return (yield hosts(redis, 1, { lease: 3 * LOCK })) as Awaited<ReturnType<typeof hosts>>;
}

test.run();
