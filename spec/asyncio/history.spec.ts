// What went wrong in asyncio over the years, told again as small programs; where a name begins with bpo- or gh-, that
// is the issue of CPython. None of it may happen here.
import {
  all,
  allSettled,
  cancel,
  CancelledError,
  Condition,
  coroutine,
  Event,
  Lock,
  now,
  PriorityQueue,
  Queue,
  race,
  Semaphore,
  shield,
  sleep,
  spawn,
  taskGroup,
  timeout,
  TimeoutError,
  wait,
  yieldNow,
} from 'treadle';
import type { Coroutine, Effect, Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { after, failing, turns } from '../support/work.ts';

const test = suite('history of asyncio');

/** Acquires, holds for so many turns, releases. */
const holder = coroutine('holder', function* (guard: Lock | Semaphore, log: unknown[], name: string, held: number = 1) {
  yield* guard.acquire();
  try {
    log.push(name);
    yield* turns(held);
  } finally {
    guard.release();
  }
});

function* started(works: Record<string, Effect<unknown> | Coroutine<unknown>>): Coroutine<Task[]> {
  const tasks: Task[] = [];
  for (const [name, work] of Object.entries(works)) tasks.push((yield* spawn(work, { name })) as Task);
  return tasks;
}

// ---- locks

test('bpo-27585: a lock whose next owner is cancelled in the turn of the release goes to the one after', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const lock = new Lock();
    yield* lock.acquire();
    const [b] = yield* started({ b: holder(lock, log, 'b'), c: holder(lock, log, 'c') });
    yield* turns(2);
    lock.release();
    b!.cancel();
    yield* sleep(1);
    assert.equal(log, ['c']);
    assert.not(lock.locked);
  });
});

test('bpo-32734: nor is it lost when the one who is woken was cancelled just before the release', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const lock = new Lock();
    yield* lock.acquire();
    const [b] = yield* started({ b: holder(lock, log, 'b'), c: holder(lock, log, 'c') });
    yield* turns(2);
    b!.cancel();
    lock.release();
    yield* sleep(1);
    assert.equal(log, ['c']);
    assert.not(lock.locked);
    yield* timeout(1, lock.acquire());
  });
});

test('bpo-32734: one who is cancelled while the lock is free and others stand in line does not hold them up', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const lock = new Lock();
    const tasks = yield* started({
      a: holder(lock, log, 'a', 2),
      b: holder(lock, log, 'b'),
      c: holder(lock, log, 'c'),
    });
    yield* turns(1);
    tasks[0]!.cancel(); // in its critical part: its clean-up releases
    tasks[1]!.cancel();
    yield* sleep(1);
    assert.equal(log, ['a', 'c']);
    assert.not(lock.locked);
  });
});

// ---- semaphores

test('gh-90155: who waits for a permit gets it before one who comes when it is released', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const semaphore = new Semaphore(1);
    const again = coroutine('again', function* (name: string) {
      for (let i = 0; i < 3; i++) {
        yield* semaphore.acquire();
        log.push(name + i);
        yield* sleep(1);
        semaphore.release();
      }
    });
    yield* all(['a', 'b', 'c'].map(again));
  });
  assert.equal(log, ['a0', 'b0', 'c0', 'a1', 'b1', 'c1', 'a2', 'b2', 'c2']);
});

test('gh-90155: one who is cancelled in line takes no permit along, and those behind get theirs', () => {
  virtually(function* () {
    const semaphore = new Semaphore(0);
    const [a, b] = yield* started({ a: semaphore.acquire(), b: semaphore.acquire() });
    yield* yieldNow();
    a!.cancel();
    semaphore.release();
    yield* turns(2);
    assert.equal([a!.state, b!.state], ['cancelled', 'succeeded']);
    assert.ok(semaphore.locked);
  });
});

test('gh-90155: the holder cancels the one who is next, releases, and the permit is free again', () => {
  virtually(function* () {
    const semaphore = new Semaphore(1);
    const other: { task?: Task } = {};
    const first = yield* spawn(
      semaphore.with(
        (function* () {
          yield* yieldNow();
          other.task!.cancel();
        })(),
      ),
    );
    other.task = (yield* spawn(
      semaphore.with(
        (function* () {
          assert.unreachable();
        })(),
      ),
    )) as Task;
    yield* wait([first, other.task]);
    assert.equal([first.state, other.task.state], ['succeeded', 'cancelled']);
    yield* timeout(1_000, semaphore.acquire());
    assert.is(yield* now(), 0);
  });
});

test('gh-90155: permits that are released while those who were woken are cancelled all come back', () => {
  virtually(function* () {
    const semaphore = new Semaphore(3);
    const log: unknown[] = [];
    const names = 'abcdefgh'.split('');
    const tasks = yield* started(Object.fromEntries(names.map((name) => [name, holder(semaphore, log, name, 3)])));
    yield* turns(4); // a, b and c have released, d, e and f have been woken
    for (const i of [3, 4, 6]) tasks[i]!.cancel();
    yield* sleep(1);
    assert.equal(log, ['a', 'b', 'c', 'f', 'h'].sort(), String(log));
    assert.is(semaphore.free, 3);
  });
});

test('a clean-up that waits for a permit, of a task that is cancelled once more meanwhile, gets it', () => {
  virtually(function* () {
    const semaphore = new Semaphore(1);
    const task = yield* spawn(
      (function* () {
        try {
          yield* sleep(Infinity);
        } finally {
          yield* semaphore.with(sleep(5));
        }
      })(),
    );
    yield* semaphore.acquire();
    yield* yieldNow();
    task.cancel('first');
    yield* sleep(1);
    task.cancel('second');
    yield* sleep(1);
    semaphore.release();
    assert.is((yield* caught(task)).reason, 'first', 'and the reason is the one it was given');
    assert.is(semaphore.free, 1);
  });
});

// ---- conditions

test('gh-112202: a notify whose receiver is cancelled before it runs goes to another one', () => {
  virtually(function* () {
    const condition = new Condition();
    const woken: string[] = [];
    const waiter = (name: string) =>
      condition.with(
        (function* () {
          yield* condition.wait();
          woken.push(name);
        })(),
      );
    const [a, , c] = yield* started({ a: waiter('a'), b: waiter('b'), c: waiter('c') });
    yield* turns(2);
    yield* condition.with(
      (function* () {
        condition.notify();
      })(),
    );
    a!.cancel();
    yield* sleep(1);
    assert.equal(woken, ['b']);
    assert.equal([a!.state, c!.state], ['cancelled', 'waiting']);
    c!.cancel();
  });
});

test('gh-112202: and one whose receiver is cancelled while it waits for the lock, too', () => {
  virtually(function* () {
    const condition = new Condition();
    const woken: string[] = [];
    const waiter = (name: string) =>
      condition.with(
        (function* () {
          yield* condition.wait();
          woken.push(name);
        })(),
      );
    const [a, b] = yield* started({ a: waiter('a'), b: waiter('b') });
    yield* turns(2);
    yield* condition.acquire();
    condition.notify();
    yield* turns(3); // a was notified, and stands in line for the lock
    a!.cancel();
    yield* turns(3);
    condition.release();
    yield* b!;
    assert.equal(woken, ['b']);
    assert.is(a!.state, 'cancelled');
    assert.not(condition.locked);
  });
});

test('bpo-22970: a wait that is cancelled has the lock again before its block is left', () => {
  virtually(function* () {
    const condition = new Condition();
    let held: boolean | undefined;
    const task = yield* spawn(
      (function* () {
        yield* condition.acquire();
        try {
          yield* condition.wait();
        } finally {
          held = condition.locked;
          condition.release();
        }
      })(),
    );
    yield* turns(2);
    yield* cancel(task);
    assert.is(held, true);
    assert.not(condition.locked);
  });
});

test('bpo-32841: a cancellation that comes while a notified wait takes the lock again is not ignored', () => {
  virtually(function* () {
    const condition = new Condition();
    const log: unknown[] = [];
    const task = yield* spawn(
      condition.with(
        (function* () {
          try {
            yield* condition.wait();
            log.push('went on');
          } finally {
            log.push(`locked: ${condition.locked}`);
          }
        })(),
      ),
    );
    yield* turns(2);
    yield* condition.acquire();
    condition.notify();
    yield* turns(2);
    task.cancel();
    yield* turns(2);
    assert.equal(log, []);
    condition.release();
    assert.instance(yield* caught(task), CancelledError);
    assert.equal(log, ['locked: true']);
    assert.not(condition.locked);
  });
});

test('gh-111693: of several cancellations of a wait the first reason is the one that is told, and the lock is taken', () => {
  virtually(function* () {
    const condition = new Condition();
    const task = yield* spawn(condition.with(condition.wait()));
    yield* turns(2);
    yield* condition.acquire();
    for (const reason of ['first', 'second', 'third']) {
      task.cancel(reason);
      yield* turns(2);
    }
    assert.not(task.done);
    condition.release();
    assert.is((yield* caught(task)).reason, 'first');
    assert.not(condition.locked);
  });
});

test('an event that is set and cleared in one turn wakes those who wait', () => {
  virtually(function* () {
    const event = new Event();
    const tasks = yield* started({ a: event.wait(), b: event.wait() });
    yield* yieldNow();
    event.set();
    event.clear();
    for (const task of tasks) yield* task;
    assert.not(event.isSet);
  });
});

// ---- queues

test('consumers that were cancelled by a time limit do not swallow what is put later', () => {
  virtually(function* () {
    const queue = new Queue<number>(1);
    for (let i = 0; i < 100; i++) assert.instance(yield* caught(timeout(1, queue.get())), TimeoutError);
    const consumer = yield* spawn(queue.get());
    yield* queue.put(7);
    assert.is(yield* consumer, 7);
  });
});

test('bpo-31620: consumers and producers that gave up do not collect in the queue', () => {
  virtually(function* () {
    const queue = new Queue<number>(1);
    for (let i = 0; i < 100; i++) yield* caught(timeout(0, queue.get()));
    queue.putNowait(1);
    for (let i = 0; i < 100; i++) yield* caught(timeout(0, queue.put(i)));
    assert.equal([queue._takers._first, queue._putters._first, queue.size], [undefined, undefined, 1]);
  });
});

test('bpo-23812: a get that is cancelled when its item has come leaves the item to the next one', () => {
  virtually(function* () {
    const queue = new Queue<string>();
    const [a, b] = yield* started({ a: queue.get(), b: queue.get() });
    yield* yieldNow();
    queue.putNowait('item');
    a!.cancel();
    assert.is(yield* b!, 'item');
    assert.is(a!.state, 'cancelled');
    const c = yield* spawn(queue.get());
    yield* yieldNow();
    queue.putNowait('another');
    yield* cancel(c);
    assert.is(queue.getNowait(), 'another');
  });
});

test('a put that is cancelled when there is room leaves the room to the next one', () => {
  virtually(function* () {
    const queue = new Queue<string>(1);
    queue.putNowait('first');
    const [a, b, c] = yield* started({ a: queue.put('a'), b: queue.put('b'), c: queue.put('c') });
    yield* yieldNow();
    assert.is(queue.getNowait(), 'first');
    a!.cancel();
    yield* turns(3);
    assert.equal([a!.state, b!.state, c!.state], ['cancelled', 'succeeded', 'waiting']);
    assert.is(queue.getNowait(), 'b');
    yield* c!;
    assert.equal([queue.getNowait(), queue.empty], ['c', true]);
  });
});

test('a get that loses a race in the turn in which its item comes takes nothing', () => {
  virtually(function* () {
    const [left, right] = [new Queue<string>(), new Queue<string>()];
    const racing = yield* spawn(race([left.get(), right.get()]));
    yield* turns(2);
    left.putNowait('left');
    right.putNowait('right');
    assert.is(yield* racing, 'left');
    assert.equal([left.size, right.size], [0, 1]);
    assert.is(right.getNowait(), 'right');
  });
});

test('who waits to put, or to get, comes before one who comes when there is room, or an item', () => {
  const log: string[] = [];
  virtually(function* () {
    const queue = new Queue<string>(1);
    const producer = coroutine('producer', function* (item: string) {
      yield* queue.put(item);
      log.push(`put ${item}`);
    });
    queue.putNowait('first');
    yield* started({ a: producer('a'), b: producer('b') });
    yield* yieldNow();
    assert.is(queue.getNowait(), 'first'); // room for a, who has not had its turn
    yield* started({
      taker: (function* () {
        for (let i = 0; i < 3; i++) {
          yield* sleep(1);
          yield* queue.get();
        }
      })(),
    });
    yield* producer('c');
  });
  assert.equal(log, ['put a', 'put b', 'put c']);
  log.length = 0;
  virtually(function* () {
    const queue = new Queue<string>();
    const consumer = coroutine('consumer', function* (name: string) {
      log.push(`${name} got ${yield* queue.get()}`);
    });
    yield* started({ a: consumer('a') });
    yield* yieldNow();
    queue.putNowait('x'); // for a, who has not had its turn
    yield* started({
      c: (function* () {
        yield* sleep(1);
        queue.putNowait('y');
      })(),
    });
    yield* consumer('b');
  });
  assert.equal(log, ['a got x', 'b got y']);
});

test('two of one priority come as they went in, and are not compared', () => {
  virtually(function* () {
    const queue = new PriorityQueue(([priority]: [number, object]) => priority);
    const [a, b] = [
      {
        valueOf() {
          throw new Error('compared');
        },
      },
      {
        valueOf() {
          throw new Error('compared');
        },
      },
    ];
    yield* queue.put([1, b]);
    yield* queue.put([1, a]);
    assert.is((yield* queue.get())[1], b);
    assert.is((yield* queue.get())[1], a);
  });
});

// ---- wait_for and timeout

test('bpo-37658: a result that comes in the turn in which the one who waits is cancelled is not lost', () => {
  virtually(function* () {
    const queue = new Queue<number>();
    const taken: number[] = [];
    for (const order of ['result first', 'cancellation first']) {
      const consumer = yield* spawn(
        (function* () {
          taken.push(yield* timeout(1_000, queue.get()));
        })(),
      );
      yield* turns(2);
      if (order === 'result first') {
        queue.putNowait(1);
        consumer.cancel();
      } else {
        consumer.cancel();
        queue.putNowait(2);
      }
      yield* turns(5);
      assert.is(consumer.state, 'cancelled');
      while (!queue.empty) taken.push(queue.getNowait());
    }
    assert.equal(taken, [1, 2]);
  });
});

test('gh-86296: a cancellation that comes when the work is over is not lost either', () => {
  for (let turn = 0; turn < 8; turn++) {
    virtually(function* () {
      const log: string[] = [];
      const done = new Event();
      const task = yield* spawn(
        (function* () {
          yield* timeout(1_000, done.wait());
          log.push('one more step');
          yield* sleep(1);
          log.push('and another one');
        })(),
      );
      yield* turns(3);
      done.set();
      yield* turns(turn);
      task.cancel();
      yield* sleep(0.5);
      assert.is(task.state, 'cancelled', `turn ${turn}`);
      assert.not(log.includes('and another one'));
    });
  }
});

test('bpo-32751: a time limit that expires ends when the work has cleaned up, not before', () => {
  virtually(function* () {
    const log: unknown[] = [];
    const error = yield* caught(
      timeout(
        10,
        (function* () {
          try {
            yield* sleep(Infinity);
          } finally {
            yield* sleep(50);
            log.push('clean');
          }
        })(),
      ),
    );
    assert.instance(error, TimeoutError);
    assert.equal([log, yield* now()], [['clean'], 60]);
  });
});

test('bpo-40607: the error of work that fails while the limit cancels it is thrown, not a TimeoutError', () => {
  const error = new Error('rolled back badly');
  virtually(function* () {
    assert.is(
      yield* caught(
        timeout(
          10,
          (function* () {
            try {
              yield* sleep(Infinity);
            } finally {
              yield* failing(5, error);
            }
          })(),
        ),
      ),
      error,
    );
  });
});

test('work that is over in the millisecond of the limit is over, or has timed out, but not both', () => {
  for (const ms of [9, 10, 11]) {
    virtually(function* () {
      let finished = false;
      const outcome = yield* spawn(
        (function* () {
          try {
            return yield* timeout(
              10,
              (function* () {
                yield* sleep(ms);
                finished = true;
                return 'result';
              })(),
            );
          } catch (error) {
            return error;
          }
        })(),
      );
      const result = yield* outcome;
      assert.is(finished, result === 'result', `work of ${ms} ms: ${result}`);
      if (ms !== 10) assert.is(result instanceof TimeoutError, ms > 10);
    });
  }
});

test('nested time limits: the one that expired is the one that is told, whichever it is', () => {
  virtually(function* () {
    for (const [outer, inner] of [
      [50, 10],
      [10, 50],
      [10, 10],
    ] as const) {
      const seen: string[] = [];
      const start = yield* now();
      try {
        yield* timeout(
          outer,
          (function* (): Coroutine<void> {
            try {
              yield* timeout(inner, sleep(100));
            } catch (error) {
              seen.push(`inner: ${(error as Error).name}`);
              throw error;
            }
          })(),
        );
      } catch (error) {
        seen.push(`outer: ${(error as Error).name}, ${/longer than (\d+) ms/.exec((error as Error).message)![1]}`);
      }
      assert.is((yield* now()) - start, 10);
      assert.equal(
        seen,
        outer <= inner ? ['outer: TimeoutError, 10'] : ['inner: TimeoutError', 'outer: TimeoutError, 10'],
        `${outer} around ${inner}`,
      );
    }
  });
});

test('nested time limits: work after the inner one has expired goes on under the outer one', () => {
  virtually(function* () {
    const error = yield* caught(
      timeout(
        30,
        (function* () {
          assert.instance(yield* caught(timeout(10, sleep(100))), TimeoutError);
          assert.is(yield* now(), 10);
          yield* sleep(100);
        })(),
      ),
    );
    assert.instance(error, TimeoutError);
    assert.is(yield* now(), 30);
  });
});

test('nested time limits: work that outlasts both, because it is shielded, is told of once', () => {
  virtually(function* () {
    let thrown = 0;
    try {
      yield* timeout(
        5,
        timeout(
          10,
          (function* () {
            yield* shield(sleep(50));
          })(),
        ),
      );
    } catch (error) {
      assert.instance(error, TimeoutError);
      thrown++;
    }
    assert.is(thrown, 1);
    assert.is(yield* now(), 50);
  });
});

// ---- gather, TaskGroup, shield

test('bpo-32684: several that are waited for whatever becomes of them are cancelled when the one who waits is', () => {
  virtually(function* () {
    const log: unknown[] = [];
    const work = coroutine('work', function* (name: string) {
      try {
        yield* sleep(Infinity);
      } finally {
        yield* sleep(5);
        log.push(`${name} is clean`);
      }
    });
    const task = yield* spawn(
      (function* () {
        yield* allSettled([work('a'), after(1, 'over'), work('b')]);
        log.push('never');
      })(),
    );
    yield* sleep(10);
    yield* cancel(task, 'why');
    assert.equal([task.state, log], ['cancelled', ['a is clean', 'b is clean']]);
    const error = yield* caught(task);
    assert.instance(error, CancelledError);
    assert.is(error.reason, 'why');
  });
});

test('bpo-26923: cancelling it again after that changes nothing', () => {
  virtually(function* () {
    const task = yield* spawn(allSettled([shield(sleep(20)), sleep(Infinity)]));
    yield* sleep(1);
    task.cancel('first');
    yield* sleep(1);
    assert.not(task.cancel('second'));
    assert.is((yield* caught(task)).reason, 'first');
    assert.is(yield* now(), 20);
  });
});

test('gh-94398: in a group that is failing, what is spawned now is cancelled, too', () => {
  const error = new Error('no');
  virtually(function* () {
    const log: string[] = [];
    assert.is(
      yield* caught(
        taskGroup(function* (group) {
          yield* group.spawn(failing(10, error));
          try {
            yield* sleep(Infinity);
          } finally {
            yield* group.spawn(
              (function* () {
                log.push('started');
                yield* sleep(1_000);
                log.push('went on');
              })(),
            );
          }
        }),
      ),
      error,
    );
    assert.ok(!log.includes('went on'));
    assert.is(yield* now(), 10);
  });
});

test('a task group whose clean-ups fail loses none of the errors, and waits for all of them', () => {
  virtually(function* () {
    const errors = ['first', 'rollback a', 'rollback b', 'rollback of the body'].map((message) => new Error(message));
    const cleaning = coroutine('cleaning', function* (ms: number, error: unknown) {
      try {
        yield* sleep(Infinity);
      } finally {
        yield* failing(ms, error);
      }
    });
    const error = yield* caught(
      taskGroup(function* (group) {
        yield* group.spawn(failing(10, errors[0]));
        yield* group.spawn(cleaning(20, errors[1]));
        yield* group.spawn(cleaning(5, errors[2]));
        yield* cleaning(1, errors[3]);
      }),
    );
    assert.instance(error, AggregateError);
    assert.equal(error.errors.map(({ message }: Error) => message).sort(), errors.map(({ message }) => message).sort());
    assert.is(error.errors[0], errors[0], 'the first one is the first');
    assert.is(yield* now(), 30);
  });
});

test('a task group that is cancelled from outside and whose clean-up fails says so, and no error of it is swallowed', () => {
  const error = new Error('rollback');
  virtually(function* () {
    const task = yield* spawn(
      taskGroup(function* (group) {
        yield* group.spawn(
          (function* () {
            try {
              yield* sleep(Infinity);
            } finally {
              yield* failing(5, error);
            }
          })(),
        );
        yield* sleep(Infinity);
      }),
    );
    yield* sleep(1);
    assert.is(yield* caught(cancel(task)), error);
    assert.is(task.state, 'failed');
  });
});

test('what a shield runs is told when it fails after the one who waited was cancelled', () => {
  const error = new Error('commit failed');
  virtually(function* () {
    const task = yield* spawn(shield(failing(10, error)));
    yield* sleep(1);
    task.cancel();
    assert.is(yield* caught(task), error);
    assert.is(yield* now(), 10);
  });
});

test('a time limit of 0 gives the result of work that has one at once', () => {
  virtually(function* () {
    assert.is(
      yield* timeout(
        0,
        (function* () {
          return 'at once';
        })(),
      ),
      'at once',
    );
    const over = yield* spawn(after(1, 'over'));
    yield* over;
    assert.is(yield* timeout(0, over), 'over');
    assert.instance(yield* caught(timeout(0, sleep(1))), TimeoutError);
  });
});

test.run();
