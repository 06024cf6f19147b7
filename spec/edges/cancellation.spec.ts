// The edges of cancellation: programs that once ran code behind a cancelled `yield*`, cut a clean-up, or lost what they
// had acquired. every-moment.spec.ts goes through the whole family; here each edge is told by itself.
// The numbers are those of issue 8, part 2.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  abortSignal,
  all,
  allSettled,
  any,
  cancel,
  Channel,
  coroutine,
  currentTask,
  ensure,
  InvalidStateError,
  join,
  Lock,
  map,
  Queue,
  race,
  retry,
  run,
  runSync,
  shield,
  sleep,
  spawn,
  suspend,
  taskGroup,
  timeout,
  use,
  wait,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine, Task } from 'treadle';
import { caught, rejection } from '../support/errors.ts';
import { program } from '../support/programs.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('edges of cancellation');

/** Waits in the work; behind it and around it stands what must not run, or must run whole. */
function* around(work: Awaitable<unknown>, log: unknown[], lock: Lock): Coroutine<void> {
  yield* lock.acquire();
  try {
    yield work;
    log.push('behind');
  } finally {
    yield* sleep(5);
    lock.release();
  }
}

/** Its clean-up takes a second. */
const slowLoser = coroutine('slowLoser', function* () {
  try {
    yield* sleep(Infinity);
  } finally {
    yield* sleep(1000);
  }
});

/** What decides some of them. It is in flight while the others clean up, and must not be lost. */
const mistake = new Error('this cancels the others');

const whileLosersCleanUp: Record<string, () => Awaitable<unknown>> = {
  race: () => race([sleep(10), slowLoser()]),
  any: () => any([sleep(10), slowLoser()]),
  taskGroup: () =>
    taskGroup(function* (group) {
      yield* group.spawn(slowLoser());
      yield* sleep(10);
      throw mistake;
    }),
  all: () =>
    all([
      (function* () {
        yield* sleep(10);
        throw mistake;
      })(),
      slowLoser(),
    ]),
  timeout: () => timeout(10, slowLoser()),
  map: () =>
    map([0, 1], function* (index) {
      if (index === 0) yield* slowLoser();
      yield* sleep(10);
      throw mistake;
    }),
};

// 1
for (const [name, work] of Object.entries(whileLosersCleanUp)) {
  test(`code behind ${name} does not run when its task is cancelled while others clean up, and a finally is whole`, () => {
    const log: unknown[] = [];
    const lock = new Lock();
    const state = virtually(function* () {
      const task = yield* spawn(
        (function* () {
          try {
            yield* around(work(), log, lock);
          } catch {
            log.push('catch');
          }
        })(),
      );
      yield* sleep(500);
      task.cancel();
      const error = yield* caught(task);
      return error === mistake ? 'failed' : task.state;
    });
    assert.equal(log, []);
    assert.is(state, ['race', 'any', 'timeout'].includes(name) ? 'cancelled' : 'failed');
    assert.not(lock.locked, 'the lock was released behind a wait');
  });
}

const inTheirLastTurn: Record<string, () => Awaitable<unknown>> = {
  race: () => race([sleep(10), sleep(20)]),
  any: () => any([sleep(10), sleep(20)]),
  all: () => all([sleep(10), sleep(5)]),
  allSettled: () => allSettled([sleep(10), sleep(5)]),
  taskGroup: () =>
    taskGroup(function* (group) {
      yield* group.spawn(sleep(10));
    }),
  timeout: () => timeout(20, sleep(10)),
  map: () => map([10, 5], (ms) => sleep(ms)),
  shield: () => shield(sleep(10)),
};

for (const [name, work] of Object.entries(inTheirLastTurn)) {
  test(`a cancellation in the turn in which ${name} ends is delivered there, or after what stands behind it has begun`, () => {
    for (const first of [true, false]) {
      for (let turn = 0; turn < 6; turn++) {
        let asked = false;
        let behind = false;
        let whole = false;
        virtually(function* () {
          const canceller = function* (): Coroutine<void> {
            yield* sleep(10);
            for (let i = 0; i < turn; i++) yield* yieldNow();
            asked = true;
            task?.cancel();
          };
          let task: Task | undefined;
          if (first) yield* spawn(canceller());
          task = yield* spawn(
            (function* () {
              try {
                yield work();
                behind ||= asked;
                yield* sleep(Infinity);
              } finally {
                yield* sleep(5);
                whole = true;
              }
            })(),
          );
          if (!first) yield* spawn(canceller());
          yield* wait([task]);
        });
        assert.not(behind, `code behind it runs, ${turn} turns later`);
        assert.ok(whole, `the finally is cut, ${turn} turns later`);
      }
    }
  });
}

test('a lock that was acquired within a time limit is not lost when its task is cancelled in that turn', () => {
  for (let turn = 0; turn < 6; turn++) {
    const lock = new Lock();
    virtually(function* () {
      yield* spawn(lock.with(sleep(10)));
      const task = yield* spawn(
        (function* () {
          yield* timeout(100, lock.acquire());
          try {
            yield* sleep(Infinity);
          } finally {
            lock.release();
          }
        })(),
      );
      yield* sleep(10);
      for (let i = 0; i < turn; i++) yield* yieldNow();
      yield* cancel(task);
    });
    assert.not(lock.locked, `cancelled ${turn} turns later`);
  }
});

test('an item that a race has taken comes next again when its task is cancelled', () => {
  for (let turn = 0; turn < 6; turn++) {
    const jobs = new Queue<string>();
    const got: unknown[] = [];
    virtually(function* () {
      const task = yield* spawn(
        (function* () {
          got.push(yield* race([jobs.get(), slowLoser()]));
          yield* sleep(Infinity);
        })(),
      );
      yield* sleep(10);
      jobs.putNowait('job');
      for (let i = 0; i < turn; i++) yield* yieldNow();
      yield* cancel(task);
    });
    while (!jobs.empty) got.push(jobs.getNowait());
    assert.equal(got, ['job'], `cancelled ${turn} turns later`);
  }
});

test('items that all has taken go back in the order in which they were', () => {
  const jobs = new Queue<number>();
  for (const item of [1, 2, 3]) jobs.putNowait(item);
  virtually(function* () {
    const task = yield* spawn(all([jobs.get(), sleep(10), jobs.get()]));
    yield* sleep(5);
    assert.is(jobs.size, 1);
    yield* cancel(task);
  });
  assert.equal([jobs.getNowait(), jobs.getNowait(), jobs.getNowait()], [1, 2, 3]);
});

const nested: Record<string, (jobs: Queue<number>) => Awaitable<unknown>> = {
  retry: (jobs) => retry(() => jobs.get()),
  'retry of all': (jobs) => retry(() => all([jobs.get(), sleep(1)])),
  map: (jobs) => map([0, 1], (index) => (index === 0 ? jobs.get() : sleep(1))),
  'map of all': (jobs) => map([0], () => all([jobs.get(), sleep(1)])),
  ensure: (jobs) => ensure(jobs.get(), sleep(1)),
  use: (jobs) => use({ acquire: () => sleep(1), release: () => sleep(1) }, () => jobs.get()),
  'lock.with': (jobs) => new Lock().with(jobs.get()),
};

for (const [name, work] of Object.entries(nested)) {
  test(`an item that ${name} within all has taken is given back when all is cancelled, and when it fails`, () => {
    const jobs = new Queue<number>();
    for (const item of [1, 2]) jobs.putNowait(item);
    virtually(function* () {
      const task = yield* spawn(all([work(jobs), sleep(10)]));
      yield* sleep(5);
      assert.is(jobs.size, 1, 'it was taken');
      yield* cancel(task);
      assert.is(jobs.size, 2, 'after the cancellation');
      const failure = (function* () {
        yield* sleep(5);
        throw new Error('no');
      })();
      yield* caught(all([work(jobs), failure]));
    });
    assert.equal([jobs.getNowait(), jobs.getNowait()], [1, 2]);
  });
}

test('an item that was taken before a clean-up failed is given back', () => {
  const jobs = new Queue<number>();
  jobs.putNowait(1);
  virtually(function* () {
    const failed = ensure(jobs.get(), () => {
      throw new Error('clean-up');
    });
    assert.is((yield* caught(failed)).message, 'clean-up');
  });
  assert.is(jobs.size, 1);
});

test('what a coroutine within retry has taken for itself is not given back', () => {
  const jobs = new Queue<number>();
  for (const item of [1, 2]) jobs.putNowait(item);
  const done: unknown[] = [];
  virtually(function* () {
    const attempt = coroutine('attempt', function* () {
      done.push(yield* retry(() => jobs.get()));
      done.push(yield* all([jobs.get(), sleep(1)]));
    });
    const task = yield* spawn(all([retry(attempt), map([0], attempt2), sleep(10)]));
    yield* sleep(5);
    yield* cancel(task);
  });
  function* attempt2(): Coroutine<void> {}
  assert.equal(done, [1, [2, undefined]]);
  assert.is(jobs.size, 0);
});

// 2
test('an item is not lost when the host cancels after any number of answers that were there', async () => {
  const busy = () => {
    for (const start = performance.now(); performance.now() - start < 0.3;);
  };
  for (let answers = 60; answers < 160; answers++) {
    const jobs = new Queue<string>();
    jobs.putNowait('job');
    const got: unknown[] = [];
    const work = coroutine('work', function* () {
      // The host has its turn after this step, and directly after this answer.
      for (let i = 0; i < 40; i++) yield* currentTask();
      busy();
      setImmediate(() => task.cancel());
      return yield* jobs.get();
    });
    const task: Task<unknown> = run(
      (function* () {
        for (let i = 0; i < answers; i++) yield* currentTask();
        got.push(yield* timeout(1000, work()));
        yield* sleep(1000);
      })(),
    );
    await rejection(task);
    while (!jobs.empty) got.push(jobs.getNowait());
    assert.equal(got, ['job'], `after ${answers} answers`);
  }
});

// 3
test('map that is cancelled in the turn in which one item is over cancels the work on the others in that turn', () => {
  for (let later = 0; later < 5; later++) {
    for (let latest = 0; latest < 8; latest++) {
      let asked = false;
      let steps = 0;
      virtually(function* () {
        const task = yield* spawn(
          map(
            [0, 1, 2],
            function* (index) {
              for (let i = 0; index === 1 && i < latest; i++) yield* yieldNow();
              yield* sleep(10);
              if (index === 0) return;
              if (asked) steps++;
              yield* sleep(10);
            },
            { concurrency: 2 },
          ),
        );
        for (let i = 0; i < later; i++) yield* yieldNow();
        yield* sleep(10);
        asked = true;
        yield* cancel(task);
      });
      assert.is(steps, 0, `the canceller began ${later} turns later, the work on the second item ${latest}`);
    }
  }
});

// 4
test('a limit that expires in the turn of a cancellation is no error of the cancelled task', () => {
  for (const first of [true, false]) {
    for (let turn = 0; turn < 4; turn++) {
      virtually(function* () {
        let task: Task | undefined;
        function* canceller(): Coroutine<void> {
          yield* sleep(10);
          for (let i = 0; i < turn; i++) yield* yieldNow();
          task?.cancel();
        }
        if (first) yield* spawn(canceller());
        task = yield* spawn(
          (function* () {
            yield* caught(timeout(10, sleep(Infinity)));
            yield* sleep(Infinity);
          })(),
        );
        if (!first) yield* spawn(canceller());
        yield* wait([task]);
        assert.is(task.state, 'cancelled', `${turn} turns later`);
      });
    }
  }
});

// 5
test('the clean-up of ensure is whole when a cancellation comes while it waits', () => {
  const lock = new Lock();
  const state = virtually(function* () {
    const task = yield* spawn(
      (function* () {
        yield* lock.acquire();
        yield* ensure(sleep(10), function* () {
          yield* sleep(10);
          lock.release();
        });
      })(),
    );
    yield* sleep(15);
    yield* cancel(task);
    return task.state;
  });
  assert.not(lock.locked);
  assert.is(state, 'cancelled');
});

test('an error in flight is not lost when a cancellation comes during the clean-up of ensure', () => {
  const error = new Error('in flight');
  virtually(function* () {
    const task = yield* spawn(
      ensure(
        (function* () {
          yield* sleep(10);
          throw error;
        })(),
        () => sleep(10),
      ),
    );
    yield* sleep(15);
    task.cancel();
    assert.is(yield* caught(task), error);
  });
});

test('what was acquired by use is released whole, at whatever millisecond the cancellation comes', () => {
  for (let ms = 0; ms <= 40; ms++) {
    let open = 0;
    const connection = {
      *acquire() {
        yield* sleep(10);
        open++;
      },
      *release() {
        yield* sleep(10);
        open--;
      },
    };
    let behind = false;
    virtually(function* () {
      const task = yield* spawn(
        (function* () {
          yield* use(connection, () => sleep(10));
          behind = true;
          yield* sleep(100);
        })(),
      );
      yield* sleep(ms);
      yield* cancel(task);
    });
    assert.is(open, 0, `cancelled at ${ms}`);
    assert.is(behind, ms > 30, `cancelled at ${ms}`);
  }
});

test('a finally within shield is whole however it was entered, and the rest can be cancelled', () => {
  for (let ms = 1; ms <= 30; ms++) {
    const log: string[] = [];
    virtually(function* () {
      const task = yield* spawn(
        shield(function* (restore) {
          try {
            yield* restore(sleep(10));
            log.push('worked');
          } finally {
            yield* shield(sleep(5));
            yield* sleep(5);
            log.push('clean');
          }
        }),
      );
      yield* sleep(ms);
      yield* cancel(task);
    });
    assert.equal(log, ms <= 10 ? ['clean'] : ['worked', 'clean'], `cancelled at ${ms}`);
  }
});

// 6
test('what was sent through a channel without capacity is received, or was not sent', () => {
  for (let turn = 0; turn < 5; turn++) {
    const channel = new Channel<string>();
    let sent = false;
    const received: unknown[] = [];
    virtually(function* () {
      const receiver = yield* spawn(
        (function* () {
          received.push((yield* channel.receive()).value);
          yield* sleep(Infinity);
        })(),
      );
      const sender = yield* spawn(
        (function* () {
          yield* sleep(10);
          yield* channel.send('item');
          sent = true;
        })(),
      );
      yield* sleep(10);
      for (let i = 0; i < turn; i++) yield* yieldNow();
      yield* cancel(receiver);
      yield* sleep(10);
      yield* cancel(sender);
    });
    assert.is(received.length, sent ? 1 : 0, `the receiver was cancelled ${turn} turns later`);
  }
});

// 7
test('a finally that speaks through a daemon is heard, when its owner fails and when it is cancelled', () => {
  for (const fails of [true, false]) {
    const heard: string[] = [];
    virtually(function* () {
      const owner = yield* spawn(
        (function* () {
          const requests = new Channel<{ text: string; answer: () => void }>();
          yield* spawn(
            (function* () {
              for (;;) {
                const { value } = yield* requests.receive();
                yield* sleep(5);
                heard.push(value?.text ?? '');
                value?.answer();
              }
            })(),
            { daemon: true },
          );
          yield* spawn(
            (function* () {
              try {
                yield* sleep(Infinity);
              } finally {
                let answer = () => {};
                yield* requests.send({ text: 'ROLLBACK', answer: () => answer() });
                yield* suspend((resume) => {
                  answer = resume;
                });
                heard.push('rolled back');
              }
            })(),
          );
          yield* sleep(10);
          if (fails) throw new Error('no');
          yield* sleep(Infinity);
        })(),
      );
      yield* sleep(20);
      if (!fails) owner.cancel();
      yield* caught(join(owner));
    });
    assert.equal(heard, ['ROLLBACK', 'rolled back']);
  }
});

// 8
test('work that is given to a task group in the turn in which it ends is done, or refused', () => {
  for (let turn = 0; turn < 8; turn++) {
    let accepted = 0;
    let refused = 0;
    let done = 0;
    virtually(function* () {
      let spawnInGroup: ((work: Awaitable<void>) => Awaitable<unknown>) | undefined;
      yield* spawn(
        (function* () {
          yield* sleep(10);
          for (let i = 0; i < turn; i++) yield* yieldNow();
          try {
            yield spawnInGroup?.(
              (function* () {
                done++;
              })(),
            ) as Awaitable<unknown>;
            accepted++;
          } catch (error) {
            assert.instance(error, InvalidStateError);
            refused++;
          }
        })(),
      );
      yield* taskGroup(function* (group) {
        spawnInGroup = (work) => group.spawn(work);
        yield* sleep(10);
      });
    });
    assert.is(accepted + refused, 1);
    assert.is(done, accepted, `${turn} turns later`);
  }
});

// 9
test('the signal of a task that a deadlock closes is aborted before its clean-up', () => {
  let aborted: boolean | undefined;
  assert.throws(
    () =>
      virtually(function* () {
        const signal = yield* abortSignal();
        try {
          yield* suspend(() => {});
        } finally {
          aborted = signal.aborted;
        }
      }),
    /every task waits/,
  );
  assert.is(aborted, true);
});

// 10
test('a coroutine that is given to two tasks is an error of the second one at once', () => {
  virtually(function* () {
    const log: string[] = [];
    const generator = (function* (): Coroutine<void> {
      for (const step of ['a', 'b', 'c']) {
        log.push(step);
        yield* sleep(1);
      }
    })();
    const first = yield* spawn(generator);
    assert.instance(yield* caught(spawn(generator)), InvalidStateError);
    yield* first;
    assert.equal(log, ['a', 'b', 'c']);
  });
});

test('retry of one and the same coroutine does not succeed with nothing', () => {
  virtually(function* () {
    const generator = (function* (): Coroutine<string> {
      yield* sleep(1);
      throw new Error('no');
    })();
    const error = yield* caught(retry(() => generator));
    assert.instance(error, InvalidStateError);
  });
});

// 11
const survives = async (source: string) => {
  const { code, out, err } = await program(source);
  assert.is(err, '');
  assert.equal([code, out.trim()], [0, 'alive']);
};

test('the rejection of a promise at a yield that a cancellation closes instead does not end the process', () =>
  survives(`
    import { currentTask, run, sleep } from 'treadle';
    const late = () => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 5));
    run((function* () {
      (yield* currentTask()).cancel();
      yield late();
    })()).then(() => {}, () => {});
    setTimeout(() => console.log('alive'), 50);
  `));

test('the rejection of a promise that runSync refuses does not end the process', () =>
  survives(`
    import { runSync } from 'treadle';
    const late = () => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 5));
    for (const work of [function* () { yield late(); }, () => late()]) {
      try { runSync(work()); } catch {}
    }
    setTimeout(() => console.log('alive'), 50);
  `));

test('promises that are rejected before their tasks have had a turn do not end the process', () =>
  survives(`
    import { all, run } from 'treadle';
    const busy = (ms) => { for (const start = performance.now(); performance.now() - start < ms;); };
    run((function* () {
      try {
        yield* all(Array.from({ length: 10_000 }, (_, i) => (i > 9_990 ? Promise.reject(new Error('no')) :
          (function* () { busy(0.01); })())));
      } catch (error) {
        if (error.message === 'no' || error instanceof AggregateError) console.log('alive');
      }
    })());
  `));

test('a promise that is put off because many answers were there is listened to meanwhile', () =>
  survives(`
    import { currentTask, run } from 'treadle';
    const busy = (ms) => { for (const start = performance.now(); performance.now() - start < ms;); };
    run((function* () {
      for (let count = 60; count < 240; count++) {
        busy(0.3);
        for (let i = 0; i < count; i++) yield* currentTask();
        try { yield Promise.reject(new Error('no')); } catch {}
      }
      console.log('alive');
    })());
  `));

test('a lock that somebody else has released is reported when it is to be given back, and the program goes on', () => {
  const lock = new Lock();
  const reports: string[] = [];
  function* main(): Coroutine<string> {
    const thief = (function* (): Coroutine<void> {
      yield* sleep(2);
      lock.release();
    })();
    yield* spawn(thief);
    try {
      yield* timeout(5, all([lock.acquire(), sleep(100)]));
    } catch (error) {
      yield* sleep(1);
      return (error as Error).name;
    }
    return 'no error';
  }
  const result = runSync(main(), { onError: (error, where) => reports.push(`${where}: ${String(error)}`) });
  assert.is(result, 'TimeoutError');
  assert.is(reports.length, 1);
  assert.match(reports[0]!, /^the give-back of .*acquire\(\): InvalidStateError/);
});

test.run();
