// What a call costs beside what it costs with BullMQ alone, in the same run: one after another, and many at once. A busy
// neighbour can only make some rounds worse, so the best of a few counts.
import { map } from 'treadle';
import type { Awaitable, Coroutine } from 'treadle';
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
const ROUNDS = 10;

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

const items = Array.from({ length: MANY }, (_, x) => x);

type Call = (x: number) => Awaitable<unknown>;

/** The median milliseconds of a call, of each kind of call in turn: so they have the same neighbours. */
function* medians(kinds: readonly Call[]): Coroutine<number[]> {
  const times = kinds.map((): number[] => []);
  for (let x = 0; x < ONE_BY_ONE; x++)
    for (const [i, call] of kinds.entries()) {
      const begin = performance.now();
      assert.is(yield call(x), x * x);
      times[i]!.push(performance.now() - begin);
    }
  return times.map((list) => list.sort((a, b) => a - b)[Math.floor(ONE_BY_ONE / 2)]!);
}

/** Calls a second, with many on their way. */
function* rate(work: Awaitable<unknown>): Coroutine<number> {
  const begin = performance.now();
  yield work;
  return (MANY * 1_000) / (performance.now() - begin);
}

/** What is ended when the spec is over, however that came. */
const ends: (() => unknown)[] = [];
test.after(async () => {
  for (const end of ends.reverse()) await end();
});

if (missing === undefined)
  test('at least 60 % of the calls a second of bare BullMQ, and a median of at most one and a half times its own', async () => {
    const redis = await redisServer();
    ends.push(() => redis.stop());
    const connection = { path: redis.socket, maxRetriesPerRequest: null };
    const path = fileURLToPath(new URL('./programs/bare.js', import.meta.url));
    const args = [...flags, path, redis.socket, `${IN_FLIGHT}`];
    const worker = start(process.execPath, args, { stdin: 'pipe', limit: 400_000 });
    ends.push(() => end(worker, 'SIGKILL'));
    const pool = { kind: 'process' as const, workers: 1, concurrency: IN_FLIGHT };
    const [[host]] = await Promise.all([hosts(redis, 1, { pool }), worker.seen(/ready/)]);
    ends.push(() => end(host!));
    const { Queue, QueueEvents } = await peer<Bull>('bullmq');
    const queue = new Queue('bare', { connection });
    const events = new QueueEvents('bare', { connection });
    ends.push(() => Promise.all([queue.close(), events.close()]));
    for (const emitter of [queue, events]) emitter.setMaxListeners(0);
    await events.waitUntilReady();
    const bare = async (x: number) =>
      (await queue.add('square', x, { removeOnComplete: { age: 3600 } })).waitUntilFinished(events);
    await within(function* () {
      const executor = machinesOf(redis, { inFlight: IN_FLIGHT });
      let share = 0;
      let times = Infinity;
      for (let round = 1; round <= ROUNDS && (share < 0.6 || times > 1.5); round++) {
        const [ours, theirs] = yield* medians([(x) => executor.apply(jobs, 'square', [x]), bare]);
        const theirRate = yield* rate(map(items, bare, { concurrency: IN_FLIGHT }));
        const ourRate = yield* rate(executor.map(jobs, 'square', items));
        share = Math.max(share, ourRate / theirRate);
        times = Math.min(times, ours! / theirs!);
        console.log(
          `note: calls a second ${ourRate.toFixed()} beside ${theirRate.toFixed()} of bare BullMQ, ` +
            `the median of a call ${ours!.toFixed(2)} beside ${theirs!.toFixed(2)} ms`,
        );
      }
      assert.ok(share >= 0.6, `${share} of the calls a second`);
      assert.ok(times <= 1.5, `${times} times the median`);
    });
  });
else test.skip(`beside bare BullMQ (${missing})`, () => {});

test.run();
