// What has come of a call whose caller is gone: Redis has it for `keep`, by its own clock, and then no longer. And clocks
// that jump, of hosts and of callers: nothing is lost by it, and nothing ends early.
import { cancel, sleep, spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fresh, lines, untilLine } from '../support/files.ts';
import { end, farJobs, hosts, LEASE, machinesOf, startCaller, version } from '../support/hosts.ts';
import type { Running } from '../support/programs.ts';
import { redisServer, whyNoRedis } from '../support/redis.ts';
import type { RedisServer } from '../support/redis.ts';
import { coroutines, jobs, until, within } from '../support/workers.ts';

const test = suite('what is kept of calls, and clocks that jump');
const missing = whyNoRedis();
const withRedis = missing === undefined ? test : () => {};
if (missing !== undefined) test.skip(`results that are read late, or never (${missing})`, () => {});

const HOUR = 3_600_000;

/** Loaded before a program: each SIGUSR2 sets its clock to an hour later, or back, and is told. */
const jumps = `data:text/javascript,${encodeURIComponent(`
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now() + ahead;
  process.on('SIGUSR2', () => console.log('ahead by', (ahead = ahead ? 0 : ${HOUR})));`)}`;

const keyOf = (name: string) => `treadle:treadle@${version}:${name}`;
let redis: RedisServer;
let host: Running;
let jumped = 0;
if (missing === undefined) {
  test.before(async () => {
    redis = await redisServer();
    [host] = (await hosts(redis, 1, { lease: LEASE, env: { NODE_OPTIONS: `--import ${jumps}` } })) as [Running];
  });
  test.after(async () => {
    await end(host);
    await redis.stop();
  });
}

/** The clock of the host jumps. */
function* jump(): Coroutine<void> {
  host.child.kill('SIGUSR2');
  yield host.seen(new RegExp(`(ahead by[^]*){${++jumped}}`));
}

/** A call with a key whose caller is killed, and that is done all the same. Gives the id of its job. */
function* done(item: { file: string; x: number }, keep: number, lease = LEASE): Coroutine<string> {
  const before = (yield redis.command('ZCARD', keyOf('completed'))) as number;
  const caller = startCaller(redis, {
    name: 'step',
    items: [{ ...item, ms: 500 }],
    call: { key: item.file },
    orphans: 'finish',
    lease,
    keep,
  });
  yield* until(() => lines(item.file).length === 1);
  yield end(caller, 'SIGKILL');
  while (((yield redis.command('ZCARD', keyOf('completed'))) as number) <= before) yield* sleep(20);
  return ((yield redis.command('ZRANGE', keyOf('completed'), -1, -1)) as [string])[0];
}

/** Who comes late, with the same key. */
const late = (item: { file: string; x: number }) =>
  machinesOf(redis).apply<number>(farJobs, 'step', [{ ...item, ms: 0 }], { key: item.file });

withRedis(
  'a caller that comes late gets the result, although the clock of a host has jumped by an hour meanwhile',
  () =>
    within(function* () {
      const item = { file: fresh(), x: 7 };
      yield* done(item, HOUR);
      yield* jump();
      // What ends now would be taken for an hour younger.
      assert.equal(yield* machinesOf(redis).map(jobs, 'square', [1, 2, 3]), [1, 4, 9]);
      assert.is(yield* late(item), 49);
      assert.is(lines(item.file).length, 1, 'it did not run again');
      yield* jump();
    }),
);

withRedis('what nobody has read is gone when its time is over, and who comes then runs it again', () =>
  within(function* () {
    const item = { file: fresh(), x: 8 };
    // Its caller counts as one of those who share it for longer than the result is kept.
    const id = yield* done(item, 1_000, 2_600);
    while (((yield redis.command('EXISTS', keyOf(id))) as number) > 0) yield* sleep(20);
    assert.is(yield* late(item), 64);
    assert.is(lines(item.file).length, 2);
    // Nothing of it stays in the lists of the queue, either.
    yield* machinesOf(redis).apply(jobs, 'square', [1]);
    while ((yield redis.command('ZSCORE', keyOf('completed'), id)) !== null) yield* sleep(20);
  }),
);

withRedis('nothing is lost, runs twice or is cancelled while clocks jump forward and back', () =>
  within(function* () {
    const pool = machinesOf(redis, { lease: LEASE });
    const [file, patience] = [fresh(), fresh()];
    const patient = yield* spawn(pool.apply(coroutines, 'patient', [patience]));
    yield* untilLine(patience, 'started');
    const items = Array.from({ length: 200 }, (_, x) => ({ file, x, ms: 100 }));
    const task = yield* spawn(pool.map<number>(farJobs, 'step', items));
    const { now } = Date;
    try {
      for (const [i, ahead] of [HOUR, 0, -HOUR, 0].entries()) {
        yield* until(() => lines(file).length > 40 * (i + 1));
        Date.now = () => now() + ahead;
        yield* jump();
      }
      assert.equal(
        yield* task,
        items.map(({ x }) => x * x),
      );
    } finally {
      Date.now = now;
    }
    const ran = lines(file).map((line) => Number(line.split(' ')[0]));
    assert.equal([ran.length, new Set(ran).size], [200, 200], 'each of them once');
    assert.equal([patient.done, ...lines(patience)], [false, 'started']);
    yield* cancel(patient);
    assert.equal(lines(patience), ['started', 'clean']);
    assert.is(yield* pool.apply(jobs, 'square', [3]), 9);
  }),
);

test.run();
