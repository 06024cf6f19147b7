// The event loop: order, turns, and its life from making to closing.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EventLoop, InvalidStateError, join, run, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { rejection, thrown } from '../support/errors.ts';
import { delay, eventually, hostTurns } from '../support/host.ts';
import { program } from '../support/programs.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';

const test = suite('event loop');

test('gives its callbacks their arguments', async () => {
  const it = virtualLoop();
  const got: unknown[] = [];
  it.callSoon((...args: unknown[]) => got.push(args), 1, 'two');
  it.callLater(1, (a: string) => got.push(a), 'later');
  it.callAt(it.now() + 5, (a: string) => got.push(a), 'at');
  await it.runUntilComplete(sleep(10));
  assert.equal(got, [[1, 'two'], 'later', 'at']);
});

test('does not call what was cancelled by its handle', async () => {
  const it = new EventLoop();
  const log: string[] = [];
  const handles = [
    it.callSoon(() => log.push('soon')),
    it.callLater(1, () => log.push('later')),
    it.callAt(2, () => log.push('at')),
  ];
  for (const handle of handles) handle.cancel();
  handles[0]?.cancel();
  const late = it.callSoon(() => log.push('called'));
  it.callSoon(() => second.cancel());
  const second = it.callSoon(() => log.push('CANCELLED IN THE SAME PASS'));
  await it.runUntilComplete(sleep(5));
  late.cancel();
  assert.equal(log, ['called']);
});

test('runs callbacks by their time, not by the order of calls', async () => {
  const it = virtualLoop();
  const log: string[] = [];
  it.callLater(20, () => log.push(`20 at ${it.now()}`));
  it.callLater(10, () => log.push(`10 at ${it.now()}`));
  it.callAt(15, () => log.push(`15 at ${it.now()}`));
  it.callAt(-1, () => log.push(`past at ${it.now()}`));
  await it.runUntilComplete(sleep(30));
  assert.equal(log, ['past at 0', '10 at 10', '15 at 15', '20 at 20']);
});

test('refuses delays that are no number, NaN or negative, at the call', () => {
  const it = new EventLoop();
  const nothing = () => {};
  for (const wrong of [NaN, '10', undefined, null, true, {}, 10n]) {
    assert.throws(
      () => it.callLater(wrong as number, nothing),
      (error: unknown) => error instanceof TypeError,
      `callLater(${String(wrong)})`,
    );
    assert.instance(
      thrown(() => it.callAt(wrong as number, nothing)),
      TypeError,
      `callAt(${String(wrong)})`,
    );
  }
});

test('refuses a negative delay for callLater with a RangeError, as sleep does', () => {
  const it = new EventLoop();
  assert.instance(
    thrown(() => it.callLater(-1, () => {})),
    RangeError,
  );
  assert.instance(
    thrown(() => it.callLater(-Infinity, () => {})),
    RangeError,
  );
});

test('refuses what is no function', () => {
  const it = new EventLoop();
  assert.instance(
    thrown(() => it.callSoon('text' as never)),
    TypeError,
  );
  assert.instance(
    thrown(() => it.callLater(1, undefined as never)),
    TypeError,
  );
});

test('goes on after a callback that throws, and reports that through onError', async () => {
  const reports: [unknown, string][] = [];
  const it = new EventLoop({ onError: (error, where) => reports.push([error, where]) });
  const log: string[] = [];
  const oops = new Error('oops');
  it.callSoon(function broken() {
    throw oops;
  });
  it.callSoon(() => log.push('next'));
  it.callLater(1, () => {
    throw undefined;
  });
  it.callLater(2, () => log.push('timer'));
  await it.runUntilComplete(sleep(10));
  assert.equal(log, ['next', 'timer']);
  assert.is(reports.length, 2);
  assert.is(reports[0]?.[0], oops);
  assert.match(String(reports[0]?.[1]), /broken/);
  assert.is(reports[1]?.[0], undefined);
});

test('counts milliseconds from its making; a virtual clock starts at 0', async () => {
  const it = new EventLoop();
  assert.ok(it.now() >= 0 && it.now() < 10_000);
  const before = it.now();
  await delay(20);
  assert.ok(it.now() - before >= 19);
  assert.is(virtualLoop().now(), 0);
});

test('steps nothing before runUntilComplete returns', async () => {
  const it = new EventLoop();
  const log: string[] = [];
  const task = it.runUntilComplete(
    (function* () {
      log.push('stepped');
      return 'result';
    })(),
  );
  assert.equal(log, []);
  assert.is(task.state, 'ready');
  assert.is(await task, 'result');
  assert.equal(log, ['stepped']);
});

test('creates tasks that run as soon as it does', async () => {
  const it = new EventLoop();
  const log: string[] = [];
  const early = it.createTask(
    (function* () {
      log.push('early');
      yield* sleep(1);
      return 'e';
    })(),
    { name: 'early' },
  );
  assert.is(early.name, 'early');
  await hostTurns();
  assert.equal(log, []);
  assert.is(
    await it.runUntilComplete(
      (function* () {
        log.push('main');
        return yield* early;
      })(),
    ),
    'e',
  );
  assert.equal(log, ['early', 'main']);
});

test('runs until a coroutine, an effect, a task, a future or a promise is complete', async () => {
  const it = new EventLoop();
  assert.is(
    await it.runUntilComplete(
      (function* () {
        return 1;
      })(),
    ),
    1,
  );
  assert.is(await it.runUntilComplete(sleep(1)), undefined);
  const task = it.createTask(
    (function* () {
      yield* sleep(1);
      return 2;
    })(),
  );
  assert.is(await it.runUntilComplete(task), 2);
  assert.is(await it.runUntilComplete(Promise.resolve(3)), 3);
  const future = it.createFuture<number>();
  setTimeout(() => future.setResult(4), 5);
  assert.is(await it.runUntilComplete(future), 4);
});

test('runs until a task is complete that was complete before', async () => {
  const it = new EventLoop();
  const task = it.createTask(
    (function* () {
      return 2;
    })(),
  );
  await it.runUntilComplete(sleep(1));
  assert.ok(task.done);
  assert.is(await it.runUntilComplete(task), 2);
  it.close();
});

test('can be run again, and what was left over goes on', async () => {
  const it = virtualLoop();
  const log: string[] = [];
  it.createTask(
    (function* () {
      for (const i of [1, 2, 3, 4]) {
        yield* sleep(10);
        log.push(`${i}`);
      }
    })(),
  );
  await it.runUntilComplete(sleep(25));
  assert.equal(log, ['1', '2']);
  await hostTurns();
  assert.equal(log, ['1', '2']);
  await it.runUntilComplete(sleep(100));
  assert.equal(log, ['1', '2', '3', '4']);
});

test('can be run again from the very callback of its end', async () => {
  const it = new EventLoop();
  await it.runUntilComplete(sleep(1));
  const second = it.runUntilComplete(
    (function* () {
      yield* sleep(1);
      return 'again';
    })(),
  );
  assert.is(await second, 'again');
});

test('finishes the pass in which it is stopped, and keeps the rest for the next run', async () => {
  const it = new EventLoop();
  const log: string[] = [];
  it.callSoon(() => {
    log.push('a');
    it.stop();
    it.callSoon(() => log.push('next pass'));
  });
  it.callSoon(() => log.push('b'));
  it.callSoon(() => log.push('c'));
  it.runForever();
  await hostTurns();
  assert.equal(log, ['a', 'b', 'c']);
  it.callSoon(() => it.stop());
  it.runForever();
  await hostTurns();
  assert.equal(log, ['a', 'b', 'c', 'next pass']);
  it.close();
});

test('stopped before it is run it makes one pass, as asyncio does: what is ready by then, and timers that are due', async () => {
  const it = new EventLoop();
  const log: string[] = [];
  it.stop();
  it.callSoon(() => {
    log.push('ready');
    it.callSoon(() => log.push('next pass'));
  });
  it.callLater(1, () => log.push('due'));
  it.callLater(60_000, () => log.push('not due'));
  await delay(5);
  it.runForever();
  await hostTurns();
  assert.equal(log, ['ready', 'due']);
  it.stop();
  it.stop();
  it.runForever();
  await hostTurns();
  assert.equal(log, ['ready', 'due', 'next pass']);
  it.close();
});

test('stopped before it is run until a task is complete, it makes one pass of that, too', async () => {
  const it = new EventLoop();
  const steps: number[] = [];
  it.stop();
  const task = it.runUntilComplete(
    (function* () {
      for (const step of [1, 2, 3]) {
        steps.push(step);
        yield* yieldNow();
      }
      return 'complete';
    })(),
  );
  await hostTurns();
  assert.equal([steps, task.state], [[1], 'ready']);
  assert.is(await it.runUntilComplete(task), 'complete');
  it.close();
});

test('that was stopped before is disposed of all the same', async () => {
  const it = new EventLoop();
  const log: string[] = [];
  it.createTask(
    (function* () {
      try {
        yield* sleep(Infinity);
      } finally {
        yield* sleep(2);
        log.push('clean');
      }
    })(),
  );
  await it.runUntilComplete(sleep(1));
  it.stop();
  await it[Symbol.asyncDispose]();
  assert.equal(log, ['clean']);
});

test('its timers keep the process alive only while it runs', async () => {
  const { code, out, err } = await program(`import { EventLoop, sleep } from 'treadle';
    const never = new EventLoop();
    never.callLater(600_000, () => console.log('never'));
    never.createTask(sleep(600_000));
    const stopped = new EventLoop();
    stopped.callLater(600_000, () => console.log('later'));
    stopped.callLater(1, () => { console.log('soon'); stopped.stop(); });
    stopped.runForever();`);
  assert.equal([code, out, err], [0, 'soon\n', '']);
});

test('its timers that were due while it did not run fire when it does, in the order of their deadlines', async () => {
  const it = new EventLoop();
  const log: string[] = [];
  for (const ms of [7, 1, 4]) it.callLater(ms, () => log.push(`${ms}`));
  const cancelled = it.callLater(2, () => log.push('CANCELLED'));
  cancelled.cancel();
  await delay(15);
  assert.equal(log, []);
  await it.runUntilComplete(yieldNow());
  assert.equal(log, ['1', '4', '7']);
  it.callLater(1, () => log.push('after the stop'));
  await delay(5);
  assert.is(log.length, 3);
  await it.runUntilComplete(yieldNow());
  assert.equal(log.slice(3), ['after the stop']);
});

test('runs for ever until it is stopped, also from outside', async () => {
  const it = new EventLoop();
  let ticks = 0;
  it.createTask(
    (function* () {
      for (;;) {
        yield* sleep(2);
        ticks++;
      }
    })(),
  );
  it.runForever();
  await eventually(() => ticks > 3);
  it.stop();
  await hostTurns();
  const then = ticks;
  await delay(20);
  assert.is(ticks, then);
  it.close();
});

test('says that it is already running, that it must be stopped first, or that it is closed: distinct errors', async () => {
  const it = new EventLoop();
  const errors: any[] = [];
  await it.runUntilComplete(
    (function* () {
      errors.push(thrown(() => it.runUntilComplete(sleep(1))));
      errors.push(thrown(() => it.runForever()));
      errors.push(thrown(() => it.close()));
      yield* sleep(1);
    })(),
  );
  it.close();
  it.close();
  errors.push(thrown(() => it.createTask(sleep(1))));
  errors.push(thrown(() => it.callSoon(() => {})));
  errors.push(thrown(() => it.callLater(1, () => {})));
  errors.push(thrown(() => it.callAt(1, () => {})));
  errors.push(thrown(() => it.runUntilComplete(sleep(1))));
  errors.push(thrown(() => it.runForever()));
  for (const error of errors) assert.instance(error, InvalidStateError);
  const messages = errors.map((error) => error.message as string);
  for (const message of messages.slice(0, 2)) assert.match(message, /already running/);
  assert.match(messages[2] as string, /running.*stop/);
  for (const message of messages.slice(3)) assert.match(message, /closed/);
  assert.is(new Set(messages).size >= 3, true);
});

test('does not run on what was refused: a nested run leaves nothing behind', async () => {
  const it = new EventLoop();
  const log: string[] = [];
  await it.runUntilComplete(
    (function* () {
      thrown(() =>
        it.runUntilComplete(
          (function* () {
            log.push('NESTED');
          })(),
        ),
      );
      yield* sleep(5);
    })(),
  );
  assert.equal(log, []);
  assert.equal(it.tasks(), []);
});

test('can be closed as soon as its task is awaited', async () => {
  const it = new EventLoop();
  await it.runUntilComplete(sleep(1));
  it.close();
  const other = new EventLoop();
  await rejection(
    other.runUntilComplete(
      (function* () {
        yield* sleep(1);
        throw new Error('x');
      })(),
    ),
  );
  other.close();
});

test('lists its tasks with their descendants, as long as they are not over', async () => {
  const it = virtualLoop();
  const names = () =>
    it
      .tasks()
      .map((task) => task.name)
      .sort();
  it.createTask(
    (function* () {
      yield* spawn(sleep(10), { name: 'child' });
      yield* sleep(20);
    })(),
    { name: 'owner' },
  );
  await it.runUntilComplete(
    (function* () {
      assert.equal(names(), ['child', 'main', 'owner']);
      yield* sleep(5);
      assert.equal(names(), ['child', 'main', 'owner']);
      yield* sleep(10);
      assert.equal(names(), ['main', 'owner']);
      yield* sleep(10);
      assert.equal(names(), ['main']);
    })(),
    { name: 'main' },
  );
  assert.equal(it.tasks(), []);
});

test('does not disturb another: two run at once, each with its own time and its own counting of tasks', async () => {
  const log: string[] = [];
  const body = function* (name: string): Coroutine<string> {
    for (let i = 0; i < 3; i++) {
      yield* sleep(1000);
      log.push(name);
    }
    return name;
  };
  const first = run(body('first'), { clock: new VirtualClock() });
  const second = run(body('second'), { clock: new VirtualClock() });
  assert.is(first.id, 1);
  assert.is(second.id, 1);
  assert.equal(await Promise.all([first, second]), ['first', 'second']);
  assert.is(log.length, 6);
});

test('lets its tasks join those of another loop, and cancelling the joiner leaves them alone', async () => {
  const a = new EventLoop();
  const b = new EventLoop();
  const there = b.createTask(
    (function* () {
      yield* sleep(20);
      return 'from b';
    })(),
  );
  const failing = b.createTask(
    (function* () {
      yield* sleep(5);
      throw new RangeError('from b');
    })(),
  );
  const main = a.runUntilComplete(
    (function* () {
      const cancelled = yield* spawn(join(there));
      yield* sleep(2);
      cancelled.cancel();
      const error = yield* (function* (): Coroutine<unknown> {
        try {
          yield* join(failing);
        } catch (e) {
          return e;
        }
        return undefined;
      })();
      assert.instance(error, RangeError);
      const late = yield* join(there);
      return [late, yield* join(there)];
    })(),
  );
  const other = b.runUntilComplete(sleep(50));
  assert.equal(await main, ['from b', 'from b']);
  await other;
  assert.is(there.state, 'succeeded');
});

test('can be run from a coroutine of another: runSync inside run, run inside runSync', async () => {
  const inner = () =>
    virtually(function* () {
      yield* sleep(1000);
      return 'inner';
    });
  assert.is(
    await run(
      (function* () {
        yield* sleep(1);
        return inner();
      })(),
    ),
    'inner',
  );
  assert.is(
    virtually(function* () {
      yield* sleep(1);
      return inner();
    }),
    'inner',
  );
  let started!: PromiseLike<string>;
  virtually(function* () {
    started = run(
      (function* () {
        yield* sleep(1);
        return 'outlives';
      })(),
    );
    yield* sleep(1);
  });
  assert.is(await started, 'outlives');
});

test('is disposed of with its block: tasks are cancelled and have cleaned up, the loop is closed', async () => {
  const log: string[] = [];
  let outer: EventLoop;
  {
    await using loop = new EventLoop();
    outer = loop;
    const task = loop.createTask(
      (function* () {
        try {
          yield* spawn(
            (function* () {
              try {
                yield* sleep(Infinity);
              } finally {
                yield* sleep(1);
                log.push('child is clean');
              }
            })(),
          );
          yield* sleep(Infinity);
        } finally {
          yield* sleep(2);
          log.push('clean');
        }
      })(),
    );
    await loop.runUntilComplete(sleep(5));
    assert.is(task.state, 'waiting');
    log.push('end of the block');
  }
  assert.equal(log, ['end of the block', 'clean', 'child is clean'], 'a task closes itself before its children');
  assert.match(thrown(() => outer.callSoon(() => {})).message, /closed/);
  await outer[Symbol.asyncDispose]();
});

test('that runs is disposed of, too: for ever, or until a task is complete, which is cancelled', async () => {
  for (const forever of [true, false]) {
    const loop = new EventLoop();
    const log: string[] = [];
    const slow = loop.createTask(
      (function* () {
        try {
          yield* sleep(Infinity);
        } finally {
          yield* sleep(5);
          log.push('clean');
        }
      })(),
    );
    const main = forever ? undefined : rejection(loop.runUntilComplete(sleep(Infinity)));
    if (forever) loop.runForever();
    await hostTurns();
    await loop[Symbol.asyncDispose]();
    assert.equal([log, slow.state], [['clean'], 'cancelled']);
    if (main) assert.is((await main).name, 'CancelledError');
    loop.close();
  }
});

test('that is disposed of throws what fails then', async () => {
  const errors = [new Error('one'), new Error('two')];
  const loop = new EventLoop();
  for (const error of errors)
    loop.createTask(
      (function* () {
        try {
          yield* sleep(Infinity);
        } finally {
          throw error;
        }
      })(),
    );
  loop.createTask(sleep(Infinity));
  await loop.runUntilComplete(sleep(2));
  assert.equal((await rejection(loop[Symbol.asyncDispose]())).errors, errors);
  const fine = virtualLoop();
  fine.createTask(sleep(1e9));
  await fine[Symbol.asyncDispose]();
});

test('statistics: how many tasks there are, and how many are ready', async () => {
  const loop = new EventLoop();
  assert.equal(loop.statistics(), { tasks: 0, ready: 0 });
  loop.callSoon(() => {});
  loop.createTask(sleep(1));
  assert.equal(loop.statistics(), { tasks: 1, ready: 2 });
  let within;
  await loop.runUntilComplete(
    (function* () {
      yield* sleep(5);
      within = loop.statistics();
    })(),
  );
  assert.equal(within, { tasks: 1, ready: 0 });
  loop.close();
});

test.run();
