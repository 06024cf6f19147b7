// Calls whose caller is no more: they end within its lease, with their clean-up, unless they were told to finish.
import { cancel, sleep, spawn } from 'treadle';
import type { Coroutine, Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fresh, lines, untilLine } from '../support/files.ts';
import { end, farJobs, hosts, LEASE, machinesOf, startCaller } from '../support/hosts.ts';
import type { Running } from '../support/programs.ts';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import type { RedisServer } from '../support/redis.ts';
import { jobs, until, within } from '../support/workers.ts';

const test = suite('calls whose caller is gone');
const missing = whyNoRedis();
const withRedis = missing === undefined ? test : () => {};
if (missing !== undefined) test.skip(`they end within its lease (${missing})`, () => {});

let redis: RedisServer;
let host: Running;
if (missing === undefined) {
  test.before(async () => {
    redis = await redisServer();
    [host] = (await hosts(redis, 1)) as [Running];
  });
  test.after(async () => {
    await end(host);
    await redis.stop();
  });
}

const ofCoroutines = { module: 'workers/coroutines.js' };

withRedis('SIGKILL: what runs is cancelled within its lease, and what waits never starts', () =>
  within(function* () {
    const files = Array.from({ length: 12 }, fresh); // more than the host can run
    const caller = startCaller(redis, { ...ofCoroutines, name: 'patient', items: files, inFlight: 12, lease: LEASE });
    yield* until(() => files.filter((file) => lines(file).length === 1).length === 8);
    const begin = performance.now();
    yield end(caller, 'SIGKILL');
    yield* until(() => files.filter((file) => lines(file).length === 2).length === 8);
    const ms = Math.round(performance.now() - begin);
    console.log(`note: with a lease of ${LEASE} ms, the calls of a caller that was killed were over after ${ms} ms`);
    assert.is(yield* machinesOf(redis).apply(jobs, 'square', [3]), 9);
    yield* sleep(100);
    assert.equal(files.map((file) => lines(file).join(' ')).sort(), [
      ...new Array(4).fill(''),
      ...new Array(8).fill('started clean'),
    ]);
  }),
);

withRedis('SIGTERM: they are cancelled, and the caller waits for their clean-up', () =>
  within(function* () {
    const file = fresh();
    const caller = startCaller(redis, { ...ofCoroutines, name: 'patient', items: [file] });
    yield* untilLine(file, 'started');
    caller.child.kill('SIGTERM');
    yield caller.ended;
    yield* untilLine(file, 'clean');
  }),
);

withRedis('of those who share a key, one that was killed does not count, and nobody else is given its old result', () =>
  within(function* () {
    const pool = machinesOf(redis);
    /** Two callers share the call, and one of them is killed. */
    function* share(name: string, file: string, item: unknown): Coroutine<Task<unknown>> {
      const options = { key: name };
      const caller = startCaller(redis, { name, items: [item], lease: LEASE, call: options });
      yield* until(() => lines(file).length > 0);
      const task = yield* spawn(pool.apply(farJobs, name, [item], options));
      const keys = (pattern: string) => redis.command('KEYS', pattern) as Promise<string[]>;
      const [sharers] = (yield keys('*:sharers:*')) as [string];
      while (((yield redis.command('SCARD', sharers)) as number) < 2) yield* sleep(5);
      yield end(caller, 'SIGKILL');
      while (((yield keys('*:caller:*')) as string[]).length > 1) yield* sleep(20);
      return task;
    }
    const [cancelled, read] = [fresh(), fresh()];
    yield* cancel(yield* share('cleansUp', cancelled, cancelled));
    assert.match(lines(cancelled).join(), /^started,clean/);
    assert.is(yield* yield* share('step', read, { file: read, x: 7, ms: 3_000 }), 49);
    assert.is(yield* pool.apply(farJobs, 'step', [{ file: read, x: 8 }], { key: 'step' }), 64);
  }),
);

withRedis("orphans: 'finish' lets them finish", () =>
  within(function* () {
    const file = fresh();
    const caller = startCaller(redis, {
      module: 'distributed/programs/jobs.js',
      name: 'finishes',
      items: [{ file, ms: 2 * LEASE }],
      orphans: 'finish',
      lease: LEASE,
    });
    yield* untilLine(file, 'started');
    yield end(caller, 'SIGKILL');
    assert.equal(yield* untilLine(file, 'finished'), ['started', 'finished']);
  }),
);

withRedis('a caller that stands still for less than its lease loses nothing', () =>
  within(function* () {
    const file = fresh();
    const items = Array.from({ length: 50 }, (_, x) => ({ file, x, ms: 20 }));
    const caller = startCaller(redis, { name: 'step', items, call: { retries: 1 }, lease: LEASE });
    yield* until(() => lines(file).length > 10);
    caller.child.kill('SIGSTOP');
    yield* sleep(LEASE / 3);
    caller.child.kill('SIGCONT');
    const { out } = (yield caller.ended) as { out: string };
    assert.equal(
      out
        .split('\n')
        .filter((line) => line.startsWith('result'))
        .map((line) => Number(line.slice(7)))
        .sort((a, b) => a - b),
      items.map(({ x }) => x * x),
    );
    assert.match(out, 'done');
  }),
);

withRedis('an executor that is closed leaves no connection and no timer behind', async () => {
  const count = async () => ((await redis.command('CLIENT', 'LIST')) as string).trim().split('\n').length;
  const before = await count();
  await within(function* () {
    for (let i = 0; i < 3; i++) {
      const pool = machinesOf(redis);
      yield* pool.apply(jobs, 'square', [i]);
      if (i > 0) yield* pool.close();
    }
    const task = yield* spawn(machinesOf(redis).map(farJobs, 'pause', [1, 2]));
    yield* task;
  });
  let now = await count();
  for (let i = 0; i < 1_000 && now > before; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    now = await count();
  }
  assert.ok(now <= before, `${now} connections, and ${before} before`);
});

test.run();
