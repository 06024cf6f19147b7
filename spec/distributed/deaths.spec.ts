// A map of 1,000 items on two hosts, in whose middle somebody is killed: a worker, a host, the server, the caller. With
// retries it has all its results, in order, and no more items run twice than were on their way.
import { spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import { WorkerDiedError } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh, lines } from '../support/files.ts';
import { end, farJobs, hosts, LEASE, machinesOf, startCaller } from '../support/hosts.ts';
import { eventually } from '../support/host.ts';
import type { Running } from '../support/programs.ts';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import type { RedisServer } from '../support/redis.ts';
import { alive, until, within } from '../support/workers.ts';

const test = suite('deaths in the middle of a map on machines');
const missing = whyNoRedis();
const withRedis = missing === undefined ? test : () => {};
if (missing !== undefined) test.skip(`1,000 results whoever is killed (${missing})`, () => {});

const items = Array.from({ length: 1_000 }, (_, x) => x);
const squares = items.map((x) => x * x);
/** So many calls are on their way at once. */
const IN_FLIGHT = 32;

let redis: RedisServer;
let serving: Running[] = [];
if (missing === undefined) {
  test.before(async () => {
    redis = await redisServer();
    serving = await hosts(redis, 2, { lease: LEASE });
  });
  test.after(async () => {
    await Promise.all(serving.map((host) => end(host)));
    await redis.stop();
  });
}

/** What the steps have said: which item, which worker, which host. */
const steps = (file: string) => lines(file).map((line) => line.split(' ').map(Number) as [number, number, number]);
const repeated = (file: string) => lines(file).length - new Set(steps(file).map(([x]) => x)).size;

/** Maps all items, and does the deed in the middle. */
function* mapped(file: string, retries: number, deed: () => Coroutine<void>): Coroutine<number[]> {
  const pool = machinesOf(redis, { inFlight: IN_FLIGHT, retries });
  const task = yield* spawn(
    pool.map<number>(
      farJobs,
      'step',
      items.map((x) => ({ file, x, ms: 8 })),
    ),
  );
  yield* until(() => task.done || lines(file).length > 300);
  yield* deed();
  return yield* task;
}

withRedis('SIGKILL of a worker: its host starts another one', () =>
  within(function* () {
    const file = fresh();
    const results = yield* mapped(file, 2, function* () {
      process.kill(steps(file).at(-1)![1], 'SIGKILL');
    });
    assert.equal(results, squares);
    assert.ok(repeated(file) <= IN_FLIGHT, `${repeated(file)} ran twice`);
  }),
);

withRedis('SIGKILL of a host: its calls go to the other one when their locks are over, and its workers are gone', () =>
  within(function* () {
    const file = fresh();
    const [first, second] = serving as [Running, Running];
    const results = yield* mapped(file, 2, function* () {
      first.child.kill('SIGKILL');
    });
    assert.equal(results, squares);
    assert.ok(repeated(file) <= IN_FLIGHT, `${repeated(file)} ran twice`);
    const orphans = new Set(steps(file).flatMap(([, worker, host]) => (host === first.child.pid ? [worker] : [])));
    assert.ok(orphans.size > 0, 'it had worked');
    yield* until(() => [...orphans].every((pid) => !alive(pid)));
    serving = [second];
  }),
);

withRedis('without retries no item is started twice, and the error is a WorkerDiedError', () =>
  within(function* () {
    const [, another] = (serving = [...serving, ...((yield hosts(redis, 1, { lease: LEASE })) as Running[])]);
    const file = fresh();
    const error = yield* caught(
      mapped(file, 0, function* () {
        yield* until(() => steps(file).some(([, , host]) => host === another!.child.pid));
        another!.child.kill('SIGKILL');
      }),
    );
    assert.instance(error, WorkerDiedError, String(error));
    assert.is(repeated(file), 0);
    serving.pop();
  }),
);

withRedis('SIGKILL of the server, which comes back with its data', () =>
  within(function* () {
    const file = fresh();
    const results = yield* mapped(file, 2, function* () {
      yield redis.restart(300);
    });
    assert.equal(results, squares);
    assert.ok(repeated(file) <= 2 * IN_FLIGHT, `${repeated(file)} ran twice`);
  }),
);

withRedis('SIGKILL of the caller: what it called ends, and the next caller has all results', async () => {
  const file = fresh();
  const caller = startCaller(redis, {
    name: 'step',
    items: items.map((x) => ({ file, x, ms: 20 })),
    lease: LEASE,
  });
  await eventually(() => lines(file).length > 100);
  await end(caller, 'SIGKILL');
  const before = lines(file).length;
  const again = fresh();
  assert.equal(
    await within(function* () {
      return yield* mapped(again, 0, function* () {});
    }),
    squares,
  );
  // It has 64 on their way, and some were begun while it was killed.
  const after = lines(file).length - before;
  assert.ok(after < 5 * IN_FLIGHT, `${after} items of a caller that is dead were run`);
});

test.run();
