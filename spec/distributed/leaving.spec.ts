// A server that is gone, or stands still, while somebody uses it: a program that ends does not wait for it, nor does a
// host, and a call that waits for it has an error in the end.
import { spawn } from 'treadle';
import { MachinesError } from 'treadle/distributed';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh, lines, untilLine } from '../support/files.ts';
import { eventually } from '../support/host.ts';
import { end, hosts, machinesOf, startProgram, version } from '../support/hosts.ts';
import type { Ended, Running } from '../support/programs.ts';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import type { RedisServer } from '../support/redis.ts';
import { coroutines, jobs, within } from '../support/workers.ts';

const test = suite('a server that does not answer any more');
const missing = whyNoRedis();
const withRedis = missing === undefined ? test : () => {};
if (missing !== undefined) test.skip(`nobody waits for it at the end (${missing})`, () => {});

/** So long is a server given to answer. A program that waits for its lease, or for ever, takes far longer. */
const SHORT = { connectTimeout: 5_000, lease: 200_000 };
/** A busy machine needs some seconds, too. */
const SOON = 80_000;

/** What is ended when the specs are over, however that came. */
const ends: (() => unknown)[] = [];
test.after(async () => {
  for (const end of ends.reverse()) await end();
});

/** A server, and a host that serves. */
async function served(): Promise<[RedisServer, Running]> {
  const redis = await redisServer();
  ends.push(() => redis.stop('SIGKILL'));
  const [host] = (await hosts(redis, 1)) as [Running];
  ends.push(() => end(host, 'SIGKILL'));
  return [redis, host];
}

/** A program that has called something, and may have something under way. */
async function leaver(redis: RedisServer, busy: boolean): Promise<Running> {
  const files = busy ? [fresh()] : [];
  const running = startProgram('leaver', { url: redis.url, version, ...SHORT, files });
  ends.push(() => end(running, 'SIGKILL'));
  await running.seen(/has called/);
  await eventually(() => files.every((file) => lines(file).length === 1));
  return running;
}

/** Ends it by a word or by a signal, and gives how it ended, with the milliseconds that it took. */
async function endBy(running: Running, how: 'return' | 'throw' | 'SIGINT'): Promise<Ended> {
  const begin = performance.now();
  if (how === 'SIGINT') running.child.kill(how);
  else running.child.stdin!.write(`${how}\n`);
  return { ...(await running.ended), ms: performance.now() - begin };
}

const seconds = (all: readonly Ended[]) => all.map(({ ms }) => (ms / 1_000).toFixed(1)).join(', ');

withRedis('programs end soon although it was killed: by return, error and Ctrl-C, and so does a host', async () => {
  const [redis, host] = await served();
  const programs = await Promise.all([false, true, true].map((busy) => leaver(redis, busy)));
  await redis.stop('SIGKILL');
  const [idle, thrown, cancelled, hosting] = (await Promise.all([
    endBy(programs[0]!, 'return'),
    endBy(programs[1]!, 'throw'),
    endBy(programs[2]!, 'SIGINT'),
    endBy(host, 'SIGINT'),
  ])) as [Ended, Ended, Ended, Ended];
  const all = [idle, thrown, cancelled, hosting];
  console.log(`note: without a server, three programs and a host end after ${seconds(all)} s`);
  assert.equal(
    all.map(({ code }) => code),
    [0, 1, 130, 130],
  );
  assert.match(thrown.err, 'as it was told');
  assert.equal([idle.err, cancelled.err, hosting.err], ['', '', '']);
  assert.ok(
    all.every(({ ms }) => ms < SOON),
    seconds(all),
  );
});

/** It stands still, goes on, and stands still again. */
let both: [RedisServer, Running];
withRedis('a call waits for it, for its lease at most', async () => {
  both = await served();
  const [redis] = both;
  await within(function* () {
    const pool = machinesOf(redis, { connectTimeout: 5_000, lease: 1_000 });
    const patient = machinesOf(redis, SHORT);
    for (const one of [pool, patient]) assert.is(yield* one.apply(jobs, 'square', [3]), 9);
    const file = fresh();
    const waiting = yield* spawn(caught(pool.apply(coroutines, 'patient', [file])));
    yield* untilLine(file, 'started');
    redis.freeze();
    const later = yield* spawn(patient.apply<number>(jobs, 'square', [4]));
    const error = yield* waiting;
    assert.instance(error, MachinesError);
    assert.is(error.code, 'no-server');
    assert.match(error.message, /the connection to the Redis server at .*:\d+ was lost for 5000 ms/);
    // It has accepted the connection, and says nothing.
    const first = yield* caught(machinesOf(redis, { connectTimeout: 300 }).apply(jobs, 'square', [5]));
    assert.match(first.message, /no Redis server has answered/);
    assert.is(later.done, false);
    redis.thaw();
    assert.is(yield* later, 16, 'nothing of it is lost');
    assert.is(yield* pool.apply(jobs, 'square', [6]), 36);
  });
});

withRedis('programs and hosts end soon when it stands still, too, which nothing tells them', async () => {
  const [redis, host] = both;
  const programs = await Promise.all([false, true].map((busy) => leaver(redis, busy)));
  redis.freeze();
  const all = await Promise.all([endBy(programs[0]!, 'return'), endBy(programs[1]!, 'SIGINT'), endBy(host, 'SIGINT')]);
  console.log(`note: when the server stands still, two programs and a host end after ${seconds(all)} s`);
  assert.equal(
    all.map(({ code, err }) => [code, err]),
    [
      [0, ''],
      [130, ''],
      [130, ''],
    ],
  );
  assert.ok(
    all.every(({ ms }) => ms < SOON),
    seconds(all),
  );
});

test.run();
