// What an engine meets once in a while and must survive: errors that are no strings, clean-ups that wait for
// each other and are woken after all, hundreds of thousands of stuck tasks, a host that is late, a loop that
// is stopped and started again.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  all,
  any,
  DeadlockError,
  Event,
  EventLoop,
  join,
  run,
  runSync,
  shield,
  sleep,
  sleepUntil,
  spawn,
  yieldNow,
} from 'treadle';
import type { Coroutine, Task } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { rejection, thrown } from '../support/errors.ts';
import { delay, eventually } from '../support/host.ts';
import { program } from '../support/programs.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('adversity');

test('errors that cannot be made a string are thrown together like any others', () => {
  const symbol = Symbol('wrong');
  const bare = Object.create(null) as object;
  const throwing = function* (value: unknown): Coroutine<never> {
    throw value;
  };
  const error = thrown(() =>
    virtually(function* () {
      yield* spawn(throwing(symbol));
      yield* spawn(throwing(bare));
    }),
  );
  assert.instance(error, AggregateError);
  assert.equal(error.errors.length, 2);
  assert.ok(error.errors.includes(symbol) && error.errors.includes(bare));
  assert.instance(
    thrown(() => runSync(any([throwing(symbol), throwing(bare)]))),
    AggregateError,
  );
});

test('a program that was given up because its clean-up hangs stays over when that is woken after all', async () => {
  const event = new Event();
  const task = run(
    (function* () {
      try {
        yield* sleep(Infinity);
      } finally {
        yield* event.wait();
      }
    })(),
    { clock: new VirtualClock() },
  );
  assert.instance(await rejection(task), DeadlockError);
  event.set();
  await delay(5);
  assert.is(task.state, 'failed');
});

test('a deadlock of 200,000 tasks is reported like any other', () => {
  const error = thrown(() =>
    virtually(function* () {
      for (let i = 0; i < 200_000; i++) yield* spawn(sleep(Infinity));
    }),
  );
  assert.instance(error, DeadlockError);
});

test('timers one millisecond apart fire in their order, also when the host is late', async () => {
  const log: number[] = [];
  await run(
    (function* () {
      for (let i = 0; i < 20; i++) {
        yield* spawn(
          (function* () {
            yield* sleepUntil(100 + i); // far enough that all are set before the first is due, on a busy machine, too
            log.push(i);
          })(),
        );
      }
      yield* yieldNow();
      const start = performance.now();
      while (performance.now() - start < 140);
    })(),
  );
  assert.equal(
    log,
    [...log].sort((a, b) => a - b),
  );
  assert.is(log.length, 20);
});

test('a sleep whose time is over before the host could be asked for a timer ends all the same', async () => {
  const { now } = performance;
  try {
    for (const step of [0.3, 0.6, 0.7, 0.8, 0.9, 0.95, 1.5]) {
      let time = 0;
      performance.now = () => (time += step); // as if the machine stood still between any two looks at the clock
      const task = run(
        (function* () {
          yield* all([sleep(1), sleep(2), sleepUntil(7), sleep(1)]);
          return 'over';
        })(),
      );
      assert.is(await Promise.race([task, delay(1000)]), 'over', `${step} ms`);
    }
  } finally {
    performance.now = now;
  }
});

test('a loop that was stopped and runs for ever is not stopped by the end of what it ran before', async () => {
  const loop = new EventLoop();
  const log: string[] = [];
  const task = loop.runUntilComplete(
    (function* () {
      yield* sleep(5);
      log.push('task');
    })(),
  );
  loop.callSoon(() => loop.stop());
  await delay(2);
  loop.callLater(15, () => log.push('later'));
  loop.callLater(20, () => {
    log.push('stops');
    loop.stop();
  });
  loop.runForever();
  await eventually(() => log.includes('stops'));
  assert.is(task.state, 'succeeded');
  assert.equal(log, ['task', 'later', 'stops']);
  loop.close();
});

test('a loop refuses what is no awaitable when it is given, and says what was probably meant', () => {
  const loop = new EventLoop();
  assert.throws(() => loop.createTask(function* () {} as never), /did you mean to call it/);
  assert.throws(() => loop.createTask(5 as never), TypeError);
});

test('a closed loop refuses to run a task that it had', () => {
  const loop = new EventLoop();
  const task = loop.createTask(sleep(1));
  loop.close();
  assert.throws(() => loop.runUntilComplete(task), /closed/);
});

test('timers of a loop that was stopped or closed do not keep the process alive', async () => {
  const { code } = await program(`
    import { EventLoop } from 'treadle';
    const before = new EventLoop();
    before.callLater(600_000, () => {});
    before.close();
    const stopped = new EventLoop();
    stopped.callLater(600_000, () => {});
    stopped.callSoon(() => stopped.stop());
    stopped.runForever();
  `);
  assert.is(code, 0);
});

test('a task on a loop of its own may fail and be caught by one on another loop that waits for nothing else', async () => {
  const stuck = run(
    (function* () {
      yield* new Event().wait();
    })(),
    { clock: new VirtualClock() },
  );
  const other = run(
    (function* () {
      try {
        yield* join(stuck);
        return 'no';
      } catch (error) {
        return error;
      }
    })(),
  );
  assert.instance(await other, DeadlockError);
});

test('a shield holds from the moment in which its work is started', () => {
  for (let n = 80; n < 260; n += 3) {
    const log: string[] = [];
    virtually(function* () {
      const tasks: Task[] = [];
      const work = function* (): Coroutine<void> {
        log.push('started');
        yield* sleep(5);
        log.push('whole');
      };
      tasks.push(
        yield* spawn(
          (function* () {
            for (let i = 0; i < n; i++) yield* spawn(sleep(0));
            yield* shield(work());
          })(),
        ),
      );
      yield* spawn(
        (function* () {
          tasks[0]!.cancel();
        })(),
      );
      yield* all([]);
    });
    assert.is(log.includes('started'), log.includes('whole'), `${n}: ${log}`);
  }
});

test.run();
