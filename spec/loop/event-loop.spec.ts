// The event loop: order, turns, and its life from making to closing.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  Event,
  EventLoop,
  InvalidStateError,
  join,
  Lock,
  now,
  Queue,
  run,
  runSync,
  sleep,
  sleepUntil,
  spawn,
  yieldNow,
} from 'treadle';
import type { Coroutine, Effect } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { rejection, thrown } from '../support/errors.ts';
import { delay, hostTurns } from '../support/host.ts';
import { virtualLoop } from '../support/virtual.ts';

const order = suite('order');

order('the ready queue is first in, first out', () => {
  const log: string[] = [];
  const steps = function* (name: string): Coroutine<void> {
    for (let i = 1; i <= 3; i++) {
      log.push(`${name}${i}`);
      yield* yieldNow();
    }
  };
  runSync(
    (function* () {
      for (const name of ['a', 'b', 'c']) yield* spawn(steps(name));
    })(),
  );
  assert.equal(log, ['a1', 'b1', 'c1', 'a2', 'b2', 'c2', 'a3', 'b3', 'c3']);
});

order('stays first in, first out with any number of tasks, whatever they yield first, on both clocks', async () => {
  const firsts: Record<string, () => Effect<unknown>> = {
    'yieldNow()': () => yieldNow(),
    'sleep(0)': () => sleep(0),
    'sleep(10)': () => sleep(10),
    'now(), which is answered inline': () => now(),
  };
  for (const [what, first] of Object.entries(firsts)) {
    for (const clock of ['virtual', 'system']) {
      const log: number[] = [];
      const body = function* (): Coroutine<void> {
        for (let i = 0; i < 5000; i++) {
          yield* spawn(
            (function* () {
              yield first();
              log.push(i);
            })(),
          );
        }
      };
      if (clock === 'virtual') runSync(body());
      // The deadlines of the 5,000 are not the same there.
      else if (what === 'sleep(10)') continue;
      else await run(body());
      assert.ok(
        log.every((value, i) => value === i),
        `${what}, ${clock}: ${log.findIndex((value, i) => value !== i)} is out of order`,
      );
      assert.is(log.length, 5000);
    }
  }
});

order('items put by a thousand tasks come in the order in which the tasks were started, on both clocks', async () => {
  const queue = new Queue<number>();
  const body = function* (): Coroutine<void> {
    for (let i = 0; i < 1000; i++) yield* spawn(queue.put(i));
  };
  runSync(body());
  for (let i = 0; i < 1000; i++) assert.is(queue.getNowait(), i);
  await run(body());
  for (let i = 0; i < 1000; i++) assert.is(queue.getNowait(), i);
});

order('a lock is handed to a thousand waiters in the order in which they asked', () => {
  const lock = new Lock();
  const log: number[] = [];
  runSync(
    (function* () {
      yield* lock.acquire();
      for (let i = 0; i < 1000; i++) {
        yield* spawn(
          lock.with(
            (function* () {
              log.push(i);
              yield* yieldNow();
            })(),
          ),
        );
      }
      yield* yieldNow();
      lock.release();
    })(),
  );
  assert.equal(
    log,
    Array.from({ length: 1000 }, (_, i) => i),
  );
});

order('joiners of one task go on in the order in which they came', () => {
  const log: number[] = [];
  runSync(
    (function* () {
      const work = yield* spawn(sleep(5));
      for (let i = 0; i < 1000; i++)
        yield* spawn(
          (function* () {
            yield* join(work);
            log.push(i);
          })(),
        );
    })(),
  );
  assert.equal(
    log,
    Array.from({ length: 1000 }, (_, i) => i),
  );
});

order('what is queued during a pass runs in the next one: nested callSoon', async () => {
  const log: string[] = [];
  const loop = new EventLoop();
  loop.callSoon(() => {
    log.push('a');
    loop.callSoon(() => {
      log.push('a2');
      loop.callSoon(() => log.push('a3'));
    });
  });
  loop.callSoon(() => {
    log.push('b');
    loop.callSoon(() => log.push('b2'));
  });
  await loop.runUntilComplete(sleep(30));
  assert.equal(log, ['a', 'b', 'a2', 'b2', 'a3']);
});

order('timers that are due run after what was already ready', async () => {
  const loop = new EventLoop();
  const log: string[] = [];
  loop.callLater(10, () => log.push('timer'));
  loop.callSoon(() => {
    log.push('a');
    const end = performance.now() + 20;
    while (performance.now() < end);
    loop.callSoon(() => log.push('ready before it was due'));
  });
  loop.callSoon(() => log.push('b'));
  await loop.runUntilComplete(sleep(40));
  assert.equal(log, ['a', 'b', 'ready before it was due', 'timer']);
});

order('all timers of one time are ready before any task that they wake spawns another', () => {
  const log: string[] = [];
  runSync(
    (function* () {
      yield* spawn(
        (function* () {
          yield* sleep(10);
          log.push('second');
        })(),
      );
      yield* sleep(10);
      yield* spawn(
        (function* () {
          log.push('third');
        })(),
      );
      log.push('first');
    })(),
  );
  assert.equal(log, ['first', 'second', 'third']);
});

order('equal deadlines fire in the order in which they were set, however they were set', () => {
  const log: string[] = [];
  runSync(
    (function* () {
      const at = (name: string, wait: Effect<void>) =>
        spawn(
          (function* () {
            yield* wait;
            log.push(name);
          })(),
        );
      yield* at('set first', sleep(20));
      yield* at('set second', sleepUntil(20));
      yield* sleep(10);
      yield* at('set third', sleep(10));
      yield* at('set fourth', sleepUntil(20));
      yield* at('earlier', sleep(5));
    })(),
  );
  assert.equal(log, ['earlier', 'set first', 'set second', 'set third', 'set fourth']);
});

order('deadlines within one millisecond count as equal', () => {
  const log: string[] = [];
  runSync(
    (function* () {
      for (const ms of [0.9, 0.2, 1, 0.5])
        yield* spawn(
          (function* () {
            yield* sleep(ms);
            log.push(`${ms} at ${yield* now()}`);
          })(),
        );
    })(),
  );
  assert.equal(log, ['0.9 at 1', '0.2 at 1', '1 at 1', '0.5 at 1']);
});

order('yieldNow and sleep(0) are one turn, and no timer', () => {
  for (const turn of [yieldNow, () => sleep(0), () => sleepUntil(0), () => sleepUntil(-5)]) {
    const log: string[] = [];
    runSync(
      (function* () {
        const a = yield* spawn(
          (function* () {
            for (const i of [1, 2, 3]) {
              log.push(`a${i}`);
              yield* turn();
            }
          })(),
        );
        const b = yield* spawn(
          (function* () {
            for (const i of [1, 2, 3]) {
              log.push(`b${i}`);
              yield* yieldNow();
            }
          })(),
        );
        yield* spawn(
          (function* () {
            yield* sleep(1);
            log.push('timer');
          })(),
        );
        yield* a;
        yield* b;
        assert.is(yield* now(), 0);
      })(),
    );
    assert.equal(log, ['a1', 'b1', 'a2', 'b2', 'a3', 'b3', 'timer']);
  }
});

order('an effect whose answer is ready continues inline', () => {
  const log: string[] = [];
  runSync(
    (function* () {
      const lock = new Lock();
      const queue = new Queue<number>();
      const event = new Event();
      event.set();
      const finished = yield* spawn(
        (function* () {
          return 1;
        })(),
      );
      yield* yieldNow();
      yield* spawn(
        (function* () {
          log.push('other');
        })(),
      );
      yield* lock.acquire();
      yield* queue.put(1);
      yield* queue.get();
      yield* event.wait();
      yield* join(finished);
      yield* finished;
      yield* now();
      log.push('all at once');
      yield* yieldNow();
    })(),
  );
  assert.equal(log, ['all at once', 'other']);
});

order.run();

const loop = suite('event loop');

loop('gives its callbacks their arguments', async () => {
  const it = new EventLoop();
  const got: unknown[] = [];
  it.callSoon((...args: unknown[]) => got.push(args), 1, 'two');
  it.callLater(1, (a: string) => got.push(a), 'later');
  it.callAt(2, (a: string) => got.push(a), 'at');
  await it.runUntilComplete(sleep(10));
  assert.equal(got, [[1, 'two'], 'later', 'at']);
});

loop('does not call what was cancelled by its handle', async () => {
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

loop('runs callbacks by their time, not by the order of calls', async () => {
  const it = virtualLoop();
  const log: string[] = [];
  it.callLater(20, () => log.push(`20 at ${it.now()}`));
  it.callLater(10, () => log.push(`10 at ${it.now()}`));
  it.callAt(15, () => log.push(`15 at ${it.now()}`));
  it.callAt(-1, () => log.push(`past at ${it.now()}`));
  await it.runUntilComplete(sleep(30));
  assert.equal(log, ['past at 0', '10 at 10', '15 at 15', '20 at 20']);
});

loop('refuses delays that are no number, NaN or negative, at the call', () => {
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

loop('refuses a negative delay for callLater with a RangeError, as sleep does', () => {
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

loop('refuses what is no function', () => {
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

loop('goes on after a callback that throws, and reports that through onError', async () => {
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

loop('counts milliseconds from its making; a virtual clock starts at 0', async () => {
  const it = new EventLoop();
  assert.ok(it.now() >= 0 && it.now() < 100);
  const before = it.now();
  await delay(20);
  assert.ok(it.now() - before >= 19);
  assert.is(virtualLoop().now(), 0);
});

loop('steps nothing before runUntilComplete returns', async () => {
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

loop('creates tasks that run as soon as it does', async () => {
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

loop('runs until a coroutine, an effect, a task, a future or a promise is complete', async () => {
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

loop('runs until a task is complete that was complete before', async () => {
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

loop('can be run again, and what was left over goes on', async () => {
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

loop('can be run again from the very callback of its end', async () => {
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

loop('finishes the pass in which it is stopped, and keeps the rest for the next run', async () => {
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

loop('runs for ever until it is stopped, also from outside', async () => {
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
  await delay(40);
  assert.ok(ticks > 3);
  it.stop();
  await delay(5);
  const then = ticks;
  await delay(20);
  assert.is(ticks, then);
  it.close();
});

loop(
  'says that it is already running, that it must be stopped first, or that it is closed: distinct errors',
  async () => {
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
  },
);

loop('does not run on what was refused: a nested run leaves nothing behind', async () => {
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

loop('can be closed as soon as its task is awaited', async () => {
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

loop('lists its tasks with their descendants, as long as they are not over', async () => {
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

loop('does not disturb another: two run at once, each with its own time and its own counting of tasks', async () => {
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

loop('lets its tasks join those of another loop, and cancelling the joiner leaves them alone', async () => {
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

loop('can be run from a coroutine of another: runSync inside run, run inside runSync', async () => {
  const inner = () =>
    runSync(
      (function* () {
        yield* sleep(1000);
        return 'inner';
      })(),
    );
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
    runSync(
      (function* () {
        yield* sleep(1);
        return inner();
      })(),
    ),
    'inner',
  );
  let started!: PromiseLike<string>;
  runSync(
    (function* () {
      started = run(
        (function* () {
          yield* sleep(1);
          return 'outlives';
        })(),
      );
      yield* sleep(1);
    })(),
  );
  assert.is(await started, 'outlives');
});

loop('is disposed of with its block: tasks are cancelled and have cleaned up, the loop is closed', async () => {
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

loop('that runs is disposed of, too: for ever, or until a task is complete, which is cancelled', async () => {
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
    await delay(2);
    await loop[Symbol.asyncDispose]();
    assert.equal([log, slow.state], [['clean'], 'cancelled']);
    if (main) assert.is((await main).name, 'CancelledError');
    loop.close();
  }
});

loop('that is disposed of throws what fails then', async () => {
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

loop.run();
