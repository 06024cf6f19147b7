import {
  currentTask,
  DeadlockError,
  fromPromise,
  now,
  Queue,
  sleep,
  spawn,
  suspend,
  TimeoutError,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { virtually } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { turns } from '../support/work.ts';

const test = suite('virtually');

/** The error that the test fails with. */
const failure = (run: () => Promise<void>): Promise<Error> =>
  run().then(
    () => assert.unreachable('it passed') as never,
    (error: Error) => error,
  );

test('gives a function without parameters, which gives a promise, and the body what the runner gives', async () => {
  let given: unknown[] = [];
  const one = virtually(function* (...args: unknown[]) {
    given = args;
    yield* sleep(86_400_000);
    given.push(yield* now());
  });
  assert.is(one.length, 0);
  const start = Date.now();
  assert.is(await one('context', 2), undefined);
  assert.equal(given, ['context', 2, 86_400_000]);
  assert.ok(Date.now() - start < 60_000);
  await one();
});

test('waits for the world outside, while the time stands still', () =>
  virtually(function* () {
    yield* fromPromise(new Promise((resolve) => setTimeout(resolve, 5)));
    assert.is(yield* now(), 0);
  })());

test('the body’s error is the test’s, with the tasks that were alive', async () => {
  let error = await failure(
    virtually(function* () {
      yield* spawn(sleep(5_000), { name: 'slow' });
      yield* spawn(sleep(Infinity), { name: 'server', daemon: true });
      yield* sleep(10);
      assert.is(1, 2, 'one is two');
    }),
  );
  assert.ok(error instanceof assert.Assertion);
  assert.match(
    error.message,
    /one is two\n\nTasks that were alive:\n  <Task #2 slow waiting on sleep\(5000\)>\n  <Task #3 server/,
  );
  assert.match(String(error.stack), /Tasks that were alive:\n  <Task #2 slow[^]*at /);
  const frozen = Object.freeze(new Error('frozen'));
  for (const thrown of [frozen, 'a text', undefined]) {
    error = await failure(
      virtually(function* () {
        yield* spawn(sleep(5), { name: 'slow' });
        throw thrown;
      }),
    );
    assert.is(error, thrown as never);
  }
  error = await failure(
    virtually(function* () {
      yield* yieldNow();
      throw new Error('alone');
    }),
  );
  assert.is(error.message, 'alone');
});

test('tasks that still wait when the body is over are a failure, and are cleaned up', async () => {
  const log: string[] = [];
  function* careless(): Coroutine<void> {
    try {
      yield* sleep(60_000);
    } finally {
      yield* sleep(5);
      log.push(`clean at ${yield* now()}`);
    }
  }
  const body = function* (): Coroutine<void> {
    yield* spawn(careless(), { name: 'careless' });
    yield* spawn(
      (function* () {
        yield* spawn(sleep(1), { name: 'grandchild' });
        yield* sleep(Infinity);
      })(),
      { name: 'served', daemon: true },
    );
    yield* yieldNow();
  };
  const error = await failure(virtually(body));
  assert.match(
    error.message,
    /^1 task was still alive when the test was over: join or cancel them, or make them daemons\n  <Task #2 careless waiting on sleep\(60000\)>$/,
  );
  assert.equal(log, ['clean at 5']);
  log.length = 0;
  await virtually(body, { leftovers: 'wait' })();
  assert.equal(log, ['clean at 60005']);
});

test('tasks that need no time to end may end', () =>
  virtually(function* () {
    yield* spawn(turns(20));
    yield* spawn(yieldNow(), { detached: true });
  })());

test('many tasks that are left over are counted, and the first ones shown', async () => {
  const error = await failure(
    virtually(function* () {
      for (let i = 0; i < 60; i++) yield* spawn(sleep(5), { name: `n${i}` });
    }),
  );
  assert.match(error.message, /^60 tasks were still alive[^]*n49 [^]*\n  and 10 more$/);
});

test('a deadlock is a failure that lists the tasks', async () => {
  const jobs = new Queue<number>(1, { name: 'jobs' });
  const error = await failure(
    virtually(function* () {
      yield* spawn(jobs.get(), { name: 'consumer' });
      yield* jobs.join();
      yield* jobs.get();
    }),
  );
  assert.ok(error instanceof DeadlockError);
  assert.match(error.message, /<Task #1 test waiting on jobs\.get\(\)>\n  <Task #2 consumer waiting on jobs\.get\(\)>/);
});

test('a test that takes too long is cancelled, and shows its tasks', async () => {
  let clean = false;
  const host = setInterval(() => {}, 5); // without it the process would end, and the test be a deadlock
  const error = await failure(
    virtually(
      function* () {
        yield* spawn(sleep(1_000), { name: 'other' });
        try {
          yield* suspend(() => {});
        } finally {
          clean = true;
        }
      },
      { limit: 20 },
    ),
  );
  assert.ok(error instanceof TimeoutError);
  assert.match(
    error.message,
    /took longer than 20 ms of real time[^]*alive:\n  <Task #1 test waiting on suspend[^]*#2 other/,
  );
  assert.ok(clean);
  clearInterval(host);
  function* endless(): Coroutine<void> {
    for (;;) yield* sleep(1_000);
  }
  assert.match((await failure(virtually(endless, { limit: 20 }))).message, /took longer than 20 ms/);
});

test('takes the options of run, and each run has a clock of its own', async () => {
  const seen: unknown[] = [];
  const one = virtually(
    function* () {
      seen.push((yield* currentTask()).name, yield* now());
      yield* sleep(5);
    },
    { name: 'mine', limit: Infinity },
  );
  await one();
  await one();
  assert.equal(seen, ['mine', 0, 'mine', 0]);
});

test('what is no function, or a wrong option, is refused at the call', () => {
  assert.throws(() => virtually(sleep(1) as never), /^virtually takes a coroutine function/);
  assert.throws(
    () => virtually(function* () {}, { leftovers: 'x' as never }),
    /the option leftovers of \w+ takes one of fail, wait, not 'x'/,
  );
  assert.throws(() => virtually(function* () {}, { limit: -1 }), /the limit of virtually takes 0 or more/);
});

test.run();
