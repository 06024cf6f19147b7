// What a call costs beside what it costs with BullMQ alone, in the same run: one after another, and many at once. A busy
// neighbour can only make some rounds worse, so the best of a few counts.
import type { Coroutine } from 'treadle';
import type { Executor } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fileURLToPath } from 'node:url';
import { end, hosts, machinesOf } from '../support/hosts.ts';
import { start } from '../support/programs.ts';
import { peer, redisServer, whyNoRedis } from '../support/redis.ts';
import { flags, jobs, within } from '../support/workers.ts';

const test = suite('the cost of a call on a machine');
const missing = whyNoRedis();
const IN_FLIGHT = 100;
const MANY = 600;
const ONE_BY_ONE = 60;
const ROUNDS = 6;

interface Queue {
  setMaxListeners(count: number): void;
  add(name: string, data: unknown, options: object): Promise<{ waitUntilFinished(events: Events): Promise<unknown> }>;
  close(): Promise<void>;
}
interface Events {
  setMaxListeners(count: number): void;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}
interface Bull {
  Queue: new (name: string, options: object) => Queue;
  QueueEvents: new (name: string, options: object) => Events;
}

const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

interface Cost {
  /** Milliseconds of a call, when they are made one after another. */
  readonly p50: number;
  /** Calls a second, when many are made at once. */
  readonly rate: number;
}

async function costOfBare(call: (x: number) => Promise<unknown>): Promise<Cost> {
  const times: number[] = [];
  for (let x = 0; x < ONE_BY_ONE; x++) {
    const begin = performance.now();
    assert.is(await call(x), x * x);
    times.push(performance.now() - begin);
  }
  const begin = performance.now();
  let next = 0;
  const lane = async () => {
    while (next < MANY) await call(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return { p50: median(times), rate: MANY / ((performance.now() - begin) / 1_000) };
}

function* costOfOurs(pool: Executor): Coroutine<Cost> {
  const times: number[] = [];
  yield* pool.apply(jobs, 'square', [1]); // it is connected
  for (let x = 0; x < ONE_BY_ONE; x++) {
    const begin = performance.now();
    assert.is(yield* pool.apply<number>(jobs, 'square', [x]), x * x);
    times.push(performance.now() - begin);
  }
  const begin = performance.now();
  yield* pool.map(
    jobs,
    'square',
    Array.from({ length: MANY }, (_, x) => x),
  );
  return { p50: median(times), rate: MANY / ((performance.now() - begin) / 1_000) };
}

if (missing === undefined)
  test('at least 60 % of the calls a second of bare BullMQ, and a median of at most one and a half times its own', async () => {
    const redis = await redisServer();
    const connection = { path: redis.socket, maxRetriesPerRequest: null };
    const path = fileURLToPath(new URL('./programs/bare.js', import.meta.url));
    const bare = start(process.execPath, [...flags, path, redis.socket, `${IN_FLIGHT}`], {
      stdin: 'pipe',
      limit: 90_000,
    });
    await bare.seen(/ready/);
    const pool = { kind: 'process' as const, workers: 1, concurrency: IN_FLIGHT };
    const [host] = await hosts(redis, 1, { pool });
    const { Queue, QueueEvents } = await peer<Bull>('bullmq');
    const queue = new Queue('bare', { connection });
    const events = new QueueEvents('bare', { connection });
    for (const emitter of [queue, events]) emitter.setMaxListeners(0);
    await events.waitUntilReady();
    const bareCall = async (x: number) =>
      (await queue.add('square', x, { removeOnComplete: { age: 3600 } })).waitUntilFinished(events);
    let share = 0;
    let times = Infinity;
    const ours = machinesOf(redis, { inFlight: IN_FLIGHT });
    for (let round = 0; round < ROUNDS && (round < 2 || share < 0.6 || times > 1.5); round++) {
      const them = await costOfBare(bareCall);
      const us = await within(() => costOfOurs(ours));
      share = Math.max(share, us.rate / them.rate);
      times = Math.min(times, us.p50 / them.p50);
      const [rates, medians] = (['rate', 'p50'] as const).map((name) =>
        [us, them].map((cost) => (name === 'rate' ? cost[name].toFixed() : cost[name].toFixed(2))),
      );
      console.log(`note: calls a second ${rates!.join(' beside ')}; a call ${medians!.join(' beside ')} ms`);
    }
    assert.ok(share >= 0.6, `${share}`);
    assert.ok(times <= 1.5, `${times}`);
    await Promise.all([queue.close(), events.close()]);
    await Promise.all([end(host!), end(bare, 'SIGKILL')]);
    await redis.stop();
  });
else test.skip(`beside bare BullMQ (${missing})`, () => {});

test.run();
