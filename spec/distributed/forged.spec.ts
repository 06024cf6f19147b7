// Whoever can write to Redis can write anything into the queue. A host refuses what is no call of a function that it
// serves, and goes on; a caller refuses what is no answer.
import { spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fresh, lines, untilLine } from '../support/files.ts';
import { caught } from '../support/errors.ts';
import { end, hosts, LEASE, machinesOf, version } from '../support/hosts.ts';
import type { Running } from '../support/programs.ts';
import { peer, redisServer, whyNoRedis } from '../support/redis.ts';
import type { RedisServer } from '../support/redis.ts';
import { coroutines, jobs, until, within } from '../support/workers.ts';

const test = suite('malformed and forged calls');
const missing = whyNoRedis();
const withRedis = missing === undefined ? test : () => {};
if (missing !== undefined) test.skip(`the host refuses them and goes on (${missing})`, () => {});

/** What is used of BullMQ. */
interface Job {
  readonly id?: string;
  getState(): Promise<string>;
}
interface Queue {
  add(name: string, data: unknown, options?: object): Promise<Job>;
  close(): Promise<void>;
}

let redis: RedisServer;
let host: Running;
let queue: Queue;
let bull: string;
if (missing === undefined) {
  test.before(async () => {
    redis = await redisServer();
    [host] = (await hosts(redis, 1, { lease: LEASE })) as [Running];
    const { Queue } = await peer<{ Queue: new (name: string, options: object) => Queue }>('bullmq');
    const [prefix, name] = ['treadle', `treadle@${version}`];
    bull = `${prefix}:${name}`;
    assert.is(await redis.command('EXISTS', `${bull}:meta`), 1, 'that is its queue');
    queue = new Queue(name, { prefix, connection: { path: redis.socket, maxRetriesPerRequest: null } });
  });
  test.after(async () => {
    await queue.close();
    await end(host);
    await redis.stop();
  });
}

/** A call as hosts take it. Each of those below is wrong in one place. */
const right = {
  treadle: 1,
  module: 'workers/jobs.js',
  export: 'square',
  args: [3],
  caller: 'forger',
  shared: false,
  orphans: 'finish',
  lease: 1_000,
  keep: 3_600_000,
  retries: 0,
  deaths: 0,
  progress: false,
};

const forged: unknown[] = [
  undefined,
  null,
  5,
  'text',
  [],
  {},
  { module: 'workers/jobs.js', export: 'square', args: [3] },
  { treadle: 1 },
  { ...right, treadle: 1e9, module: 'workers/jobs.js', export: 'square', args: [] },
  { ...right, module: '../../../../etc/passwd', export: 'default', args: [] },
  { ...right, module: 'data:text/javascript,process.exit(1)', export: 'default', args: [] },
  { ...right, module: 'file:///etc/passwd', export: 'x', args: [] },
  { ...right, module: 'node:process', export: 'exit', args: [1] },
  { ...right, export: '__proto__', args: [] },
  { ...right, export: 'constructor', args: [] },
  { ...right, export: ['square'], args: {} },
  { ...right, module: { toString: 'x' }, export: null, args: 'abc' },
  { ...right, module: '%2e%2e/spec/workers/jobs.js' },
  { ...right, module: 'workers/jobs.js?x' },
  { ...right, args: { $: ['Sparse', 2 ** 32 - 1, [], []] } },
  { ...right, args: [{ $: ['Sparse', 2 ** 32 - 1, [], []] }] },
];

/** The job that runs with this file as its argument. */
function* idOf(file: string): Coroutine<string> {
  for (const id of (yield redis.command('LRANGE', `${bull}:active`, 0, -1)) as string[])
    if (((yield redis.command('HGET', `${bull}:${id}`, 'data')) as string | null)?.includes(file)) return id;
  throw new Error('it does not run');
}

/** What a caller of this package writes, to be changed in one place each. */
async function real(): Promise<Record<string, unknown>> {
  const file = fresh();
  let data: Record<string, unknown> | undefined;
  await within(function* () {
    const task = yield* spawn(machinesOf(redis).apply(coroutines, 'patient', [file]));
    yield* untilLine(file, 'started');
    data = JSON.parse((yield redis.command('HGET', `${bull}:${yield* idOf(file)}`, 'data')) as string);
    task.cancel();
    yield* until(() => task.done);
  });
  return data!;
}

/** A text. In the place of the argument it is the file that the call writes to, so it lies in a temporary folder. */
const text = fresh();

/** Each field of it, at any depth, in another form. */
function* changed(value: unknown): Generator<unknown> {
  for (const wrong of [null, 1e9, text, [], { toString: null }, true]) yield wrong;
  if (Array.isArray(value)) {
    for (const [i, one] of value.entries())
      for (const other of changed(one)) yield value.map((each, j) => (i === j ? other : each));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, one] of Object.entries(value)) {
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      yield rest;
      for (const other of changed(one)) yield { ...value, [key]: other };
    }
  }
}

withRedis('the host refuses each of them and goes on', async () => {
  const template = await real();
  const all = [...forged, ...changed(template)];
  const pids = await within(function* () {
    return yield* machinesOf(redis).map<{ pid: number }>(jobs, 'where', []);
  });
  assert.equal(pids, []);
  const added: Job[] = [];
  for (const data of all) added.push(await queue.add('call', data, { attempts: 3 }));
  // So are those whose data is no JSON at all, or missing.
  for (const data of ['{', '', 'undefined', '[1', '"']) {
    const job = await queue.add('call', {}, { delay: 300 });
    await redis.command('HSET', `${bull}:${job.id}`, 'data', data);
  }
  const gone = await queue.add('call', {}, { delay: 300 });
  await redis.command('DEL', `${bull}:${gone.id}`);
  await new Promise((resolve) => setTimeout(resolve, 400));
  await within(function* () {
    const pool = machinesOf(redis);
    assert.equal(yield* pool.map(jobs, 'square', [1, 2, 3]), [1, 4, 9]);
  });
  const states = new Map<string, number>();
  for (const job of added) {
    let state = await job.getState();
    for (let i = 0; i < 1_500 && /waiting|active|delayed|prioritized/.test(state); i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      state = await job.getState();
    }
    if (added.indexOf(job) < forged.length) assert.is(state, 'failed', JSON.stringify(forged[added.indexOf(job)]));
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  console.log(
    `note: ${all.length} forged calls: ${[...states].map(([state, count]) => `${count} ${state}`).join(', ')}`,
  );
  for (const state of states.keys()) assert.ok(/failed|completed|unknown/.test(state), state);
  assert.is(host.child.exitCode, null);
  assert.is(host.child.signalCode, null);
});

withRedis('a module and an export that are not listed are refused for the caller, too', () =>
  within(function* () {
    const pool = machinesOf(redis);
    const unlisted = yield* caught(pool.apply(new URL('./forged.spec.js', import.meta.url), 'x'));
    assert.match(unlisted.message, /distributed\/forged\.spec\.js/);
    for (const name of ['toString', '__proto__', 'constructor', 'hasOwnProperty'])
      assert.match((yield* caught(pool.apply(jobs, name))).message, /has no (export|function)/, name);
    assert.throws(() => pool.apply('data:text/javascript,export const f = () => 1', 'f'), /root/);
    assert.throws(() => pool.apply(new URL('../../package.json', import.meta.url), 'f'), /root/);
  }),
);

withRedis('an answer that is none is an error for the caller, and no hang', () =>
  within(function* () {
    const pool = machinesOf(redis);
    for (const wrong of ['{', '5', 'null', '{"v":1}', '{"treadle":1}', '{"treadle":99,"value":1}']) {
      const file = fresh();
      const task = yield* spawn(caught(pool.apply(coroutines, 'patient', [file])));
      yield* untilLine(file, 'started');
      const id = yield* idOf(file);
      // As if a host had answered: the state of the call, its result, and the event.
      const now = Date.now();
      yield redis.command('HSET', `${bull}:${id}`, 'returnvalue', wrong, 'finishedOn', now);
      yield redis.command('LREM', `${bull}:active`, 0, id);
      yield redis.command('ZADD', `${bull}:completed`, now, id);
      yield redis.command('XADD', `${bull}:events`, '*', 'event', 'completed', 'jobId', id, 'returnvalue', wrong);
      assert.instance(yield* task, Error, wrong);
    }
    for (const event of ['completed', 'failed', 'progress', 'treadle', 'removed', 'no such'])
      yield redis.command('XADD', `${bull}:events`, '*', 'event', event, 'jobId', 'nobody', 'data', '{', 'x', 'y');
    assert.is(yield* pool.apply(jobs, 'square', [3]), 9);
  }),
);

withRedis('so many of them do not keep the calls of others from their turn', () =>
  within(function* () {
    const pool = machinesOf(redis);
    yield Promise.all(Array.from({ length: 200 }, (_, i) => queue.add('call', { forged: i })));
    assert.is(yield* pool.apply(jobs, 'square', [3]), 9);
    assert.equal(lines(fresh()), []);
  }),
);

test.run();
