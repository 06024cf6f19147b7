import {
  cancel,
  InvalidStateError,
  now,
  Queue,
  QueueClosedError,
  QueueEmptyError,
  QueueFullError,
  race,
  sleep,
  spawn,
  timeout,
  TimeoutError,
  yieldNow,
} from 'treadle';
import type { Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { processorTime } from '../support/host.ts';
import { virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('Queue');

test('items come out in the order in which they went in', () => {
  virtually(function* () {
    const queue = new Queue<number>();
    for (let i = 0; i < 100; i++) yield* queue.put(i);
    for (let i = 0; i < 100; i++) assert.is(yield* queue.get(), i);
  });
});

test('any value is an item, also undefined', () => {
  virtually(function* () {
    const queue = new Queue<unknown>();
    const items = [undefined, null, 0, false, '', NaN, [1], queue, (function* () {})()];
    const taker = yield* spawn(
      (function* () {
        const taken = [];
        while (taken.length < items.length) taken.push(yield* queue.get());
        return taken;
      })(),
    );
    yield* yieldNow();
    for (const item of items) yield* queue.put(item);
    const taken = yield* taker;
    items.forEach((item, i) => assert.ok(Object.is(taken[i], item), `item ${i}`));
  });
});

test('get waits until there is an item; those who wait are served in order', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const queue = new Queue<number>();
    for (const name of ['a', 'b', 'c'])
      yield* spawn(
        (function* () {
          log.push(`${name}${yield* queue.get()} at ${yield* now()}`);
        })(),
      );
    for (let i = 1; i <= 3; i++) {
      yield* sleep(10);
      queue.putNowait(i);
    }
  });
  assert.equal(log, ['a1 at 10', 'b2 at 20', 'c3 at 30']);
});

test('put waits while the queue is full; those who wait put in order', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const queue = new Queue<string>(1);
    yield* queue.put('first');
    assert.ok(queue.full);
    for (const name of ['a', 'b'])
      yield* spawn(
        (function* () {
          yield* queue.put(name);
          log.push(`${name} was put at ${yield* now()}`);
        })(),
      );
    for (let i = 0; i < 3; i++) {
      yield* sleep(10);
      assert.is(queue.size, 1);
      log.push(`${yield* queue.get()} was taken`);
    }
  });
  assert.equal(log, ['first was taken', 'a was put at 10', 'a was taken', 'b was put at 20', 'b was taken']);
});

test('nobody overtakes a producer that waits', () => {
  virtually(function* () {
    const queue = new Queue<string>(1);
    queue.putNowait('first');
    yield* spawn(queue.put('waiting'));
    yield* yieldNow();
    assert.is(queue.getNowait(), 'first');
    assert.ok(queue.full, 'the room is for the one who waits');
    assert.instance(
      thrown(() => queue.putNowait('barging')),
      QueueFullError,
    );
    const later = yield* spawn(queue.put('later'));
    yield* yieldNow();
    assert.is(queue.getNowait(), 'waiting');
    yield* later;
    assert.is(queue.getNowait(), 'later');
  });
});

test('there is never more in it than its capacity', () => {
  virtually(function* () {
    const queue = new Queue<number>(3);
    for (let p = 0; p < 5; p++)
      yield* spawn(
        (function* () {
          for (let i = 0; i < 10; i++) {
            yield* queue.put(i);
            assert.ok(queue.size <= 3);
          }
        })(),
      );
    for (let i = 0; i < 50; i++) {
      yield* turns(i % 3);
      yield* queue.get();
      assert.ok(queue.size <= 3);
    }
  });
});

test('what can be answered at once is: no turn passes', () => {
  const log: string[] = [];
  virtually(function* () {
    const queue = new Queue<number>(1);
    yield* spawn(
      (function* () {
        log.push('other');
      })(),
    );
    yield* queue.put(1);
    yield* queue.get();
    queue.taskDone();
    yield* queue.join();
    log.push('main');
  });
  assert.equal(log, ['main', 'other']);
});

test('size, empty and full tell what is in it', () => {
  const queue = new Queue<number>(2);
  assert.equal([queue.size, queue.empty, queue.full, queue.capacity], [0, true, false, 2]);
  queue.putNowait(1);
  assert.equal([queue.size, queue.empty, queue.full], [1, false, false]);
  queue.putNowait(2);
  assert.equal([queue.size, queue.empty, queue.full], [2, false, true]);
  const endless = new Queue<number>();
  for (let i = 0; i < 1000; i++) endless.putNowait(i);
  assert.equal([endless.size, endless.full, endless.capacity], [1000, false, Infinity]);
});

test('getNowait of an empty queue is a QueueEmptyError with its name, putNowait to a full one a QueueFullError', () => {
  const queue = new Queue<number>(1, { name: 'jobs' });
  const empty = thrown(() => queue.getNowait());
  assert.instance(empty, QueueEmptyError);
  assert.match(empty.message, /jobs.*empty/);
  queue.putNowait(1);
  const full = thrown(() => queue.putNowait(2));
  assert.instance(full, QueueFullError);
  assert.match(full.message, /jobs.*full.*1/);
  assert.equal([empty.name, full.name], ['QueueEmptyError', 'QueueFullError']);
  assert.is(queue.getNowait(), 1);
});

test('a producer that was let in by getNowait goes on', () => {
  virtually(function* () {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    const producer = yield* spawn(queue.put(2));
    yield* yieldNow();
    assert.is(queue.getNowait(), 1);
    yield* producer;
    assert.is(queue.getNowait(), 2);
  });
});

// ---- nothing is lost

test('a consumer that is handed an item and cancelled in the same turn gives it to the next one', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const queue = new Queue<string>();
    const consumers = [];
    for (const name of ['a', 'b'])
      consumers.push(
        yield* spawn(
          (function* () {
            log.push(`${name} ${yield* queue.get()}`);
          })(),
        ),
      );
    yield* yieldNow();
    queue.putNowait('item');
    consumers[0]!.cancel();
    yield* sleep(1);
    consumers[1]!.cancel();
  });
  assert.equal(log, ['b item']);
});

test('or back to the front of the queue when nobody waits', () => {
  virtually(function* () {
    const queue = new Queue<string>();
    const consumer = yield* spawn(queue.get());
    yield* yieldNow();
    queue.putNowait('first');
    queue.putNowait('second');
    consumer.cancel();
    assert.equal([queue.getNowait(), queue.getNowait()], ['first', 'second']);
  });
});

test('several that are handed items and cancelled in one turn give them back in order', () => {
  virtually(function* () {
    const queue = new Queue<number>();
    const consumers = [yield* spawn(queue.get()), yield* spawn(queue.get()), yield* spawn(queue.get())];
    yield* yieldNow();
    for (const i of [1, 2, 3]) queue.putNowait(i);
    for (const consumer of consumers) consumer.cancel();
    yield* sleep(1);
    const left = [];
    while (!queue.empty) left.push(queue.getNowait());
    assert.equal(left, [1, 2, 3]);
  });
});

test('an item that a consumer was woken for is in the queue until that one takes it, and nobody else gets it', () => {
  virtually(function* () {
    const queue = new Queue<number>(1);
    const consumer = yield* spawn(queue.get());
    yield* yieldNow();
    queue.putNowait(1);
    assert.equal([queue.size, queue.full, queue.empty], [1, true, true]);
    assert.instance(
      thrown(() => queue.getNowait()),
      QueueEmptyError,
    );
    assert.instance(
      thrown(() => queue.putNowait(2)),
      QueueFullError,
    );
    const second = yield* spawn(queue.get());
    assert.is(yield* consumer, 1);
    assert.is(queue.size, 0);
    queue.putNowait(2);
    assert.is(yield* second, 2);
  });
});

test('a producer that is cancelled while it waits takes its item along', () => {
  virtually(function* () {
    const queue = new Queue<string>(1);
    queue.putNowait('first');
    const gone = yield* spawn(queue.put('gone'));
    yield* spawn(queue.put('stays'));
    yield* yieldNow();
    yield* cancel(gone);
    const left = [yield* queue.get(), yield* queue.get()];
    assert.equal([...left, queue.empty], ['first', 'stays', true]);
  });
});

test('a producer for whom there is room and that is cancelled in the same turn has not put: the next one does', () => {
  virtually(function* () {
    const queue = new Queue<string>(1);
    queue.putNowait('first');
    const [a, b] = [yield* spawn(queue.put('a')), yield* spawn(queue.put('b'))];
    yield* yieldNow();
    assert.is(queue.getNowait(), 'first');
    a.cancel();
    yield* b;
    assert.equal([queue.getNowait(), queue.empty], ['b', true]);
  });
});

test('a time limit on put that expires means that it is not in, so that it may be put again', () => {
  for (let ms = 0; ms < 6; ms++) {
    virtually(function* () {
      const queue = new Queue<string>(1);
      const taken: string[] = [];
      queue.putNowait('first');
      const consumer = yield* spawn(
        (function* () {
          for (let i = 0; i < 2; i++) {
            yield* sleep(3);
            taken.push(yield* queue.get());
          }
        })(),
      );
      for (let put = false; !put;) {
        try {
          yield* timeout(ms, queue.put('second'));
          put = true;
        } catch (error) {
          assert.instance(error, TimeoutError);
          yield* sleep(1);
        }
      }
      yield* consumer;
      assert.equal([taken, queue.size], [['first', 'second'], 0], `limit ${ms}`);
    });
  }
});

// A program of two producers and two consumers; one of them is cancelled in one turn. Whatever the turn,
// every item whose put was done is taken or in the queue, once.
for (const [name, get] of Object.entries({
  get: (queue: Queue<string>) => queue.get(),
  'get in a race': (queue: Queue<string>) => race([queue.get(), sleep(Infinity)]),
  'get with a time limit': (queue: Queue<string>) => timeout(1e6, queue.get()),
})) {
  test(`no item is lost or doubled, whoever is cancelled in whichever turn: ${name}`, () => {
    const lost: string[] = [];
    for (let victim = 0; victim < 4; victim++) {
      for (let turn = 0; turn < 40; turn++) {
        virtually(function* () {
          const queue = new Queue<string>(2);
          const put: string[] = [];
          const started: string[] = [];
          const taken: string[] = [];
          const tasks: Task[] = [];
          for (const p of ['a', 'b'])
            tasks.push(
              (yield* spawn(
                (function* () {
                  for (let i = 0; i < 4; i++) {
                    started.push(p + i);
                    yield* queue.put(p + i);
                    put.push(p + i);
                    yield* turns(i % 2);
                  }
                })(),
              )) as Task,
            );
          for (let c = 0; c < 2; c++)
            tasks.push(
              (yield* spawn(
                (function* () {
                  for (;;) {
                    taken.push((yield* get(queue)) as string);
                    yield* turns(c);
                  }
                })(),
                { daemon: true },
              )) as Task,
            );
          yield* turns(turn);
          tasks[victim]!.cancel();
          yield* sleep(1);
          while (!queue.empty) taken.push(queue.getNowait());
          const missing = put.filter((item) => !taken.includes(item));
          const doubled = taken.filter((item, i) => taken.indexOf(item) !== i);
          const strange = taken.filter((item) => !started.includes(item));
          for (const item of [...missing, ...doubled, ...strange])
            lost.push(`${item} (task ${victim} cancelled in turn ${turn})`);
        });
      }
    }
    assert.equal(lost, []);
  });
}

test('no item is lost when a time limit expires in any millisecond', () => {
  for (let ms = 0; ms < 10; ms++) {
    virtually(function* () {
      const queue = new Queue<number>(1);
      const taken: number[] = [];
      const producer = yield* spawn(
        (function* () {
          for (let i = 0; i < 5; i++) {
            yield* sleep(2);
            yield* queue.put(i);
          }
        })(),
      );
      for (let i = 0; i < 20; i++) {
        try {
          taken.push(yield* timeout(ms, queue.get()));
        } catch (error) {
          assert.instance(error, TimeoutError);
          yield* sleep(1);
        }
      }
      yield* producer;
      while (!queue.empty) taken.push(queue.getNowait());
      assert.equal(taken, [0, 1, 2, 3, 4], `limit ${ms}`);
    });
  }
});

// ---- join and taskDone

test('join waits until taskDone was called for every item that was put in', () => {
  virtually(function* () {
    const queue = new Queue<number>(2);
    yield* spawn(
      (function* () {
        for (;;) {
          yield* queue.get();
          yield* sleep(10);
          queue.taskDone();
        }
      })(),
      { daemon: true },
    );
    for (let i = 0; i < 5; i++) yield* queue.put(i);
    yield* queue.join();
    assert.is(yield* now(), 50);
  });
});

test('join of a queue that never had an item does not wait, and may be used again', () => {
  virtually(function* () {
    const queue = new Queue<number>();
    yield* queue.join();
    queue.putNowait(1);
    const joiners = [yield* spawn(queue.join()), yield* spawn(queue.join())];
    yield* yieldNow();
    queue.getNowait();
    assert.equal(
      joiners.map(({ done }) => done),
      [false, false],
    );
    queue.taskDone();
    for (const joiner of joiners) yield* joiner;
    yield* queue.join();
  });
});

test('an item that a waiting producer puts counts, too; one that was cancelled does not', () => {
  virtually(function* () {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    yield* spawn(queue.put(2));
    const gone = yield* spawn(queue.put(3));
    yield* yieldNow();
    gone.cancel();
    for (let i = 0; i < 2; i++) {
      yield* queue.get();
      queue.taskDone();
    }
    yield* queue.join();
    assert.instance(
      thrown(() => queue.taskDone()),
      InvalidStateError,
    );
  });
});

test('an item that came back is still to be done', () => {
  virtually(function* () {
    const queue = new Queue<number>();
    const consumer = yield* spawn(queue.get());
    yield* yieldNow();
    queue.putNowait(1);
    consumer.cancel();
    queue.getNowait();
    queue.taskDone();
    assert.instance(
      thrown(() => queue.taskDone()),
      InvalidStateError,
    );
  });
});

test('taskDone once too often is an InvalidStateError with the name of the queue', () => {
  const queue = new Queue<number>(1, { name: 'jobs' });
  const error = thrown(() => queue.taskDone());
  assert.instance(error, InvalidStateError);
  assert.match(error.message, /jobs/);
});

// ---- close

test('a closed queue can be emptied, and then get throws a QueueClosedError with its name', () => {
  virtually(function* () {
    const queue = new Queue<number>(5, { name: 'jobs' });
    queue.putNowait(1);
    queue.putNowait(2);
    queue.close();
    assert.ok(queue.closed);
    assert.equal([yield* queue.get(), queue.getNowait()], [1, 2]);
    for (const error of [yield* caught(queue.get()), thrown(() => queue.getNowait())]) {
      assert.instance(error, QueueClosedError);
      assert.match(error.message, /jobs/);
    }
  });
});

test('put to a closed queue throws a QueueClosedError at once, also when it is full', () => {
  virtually(function* () {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    queue.close();
    assert.instance(yield* caught(queue.put(2)), QueueClosedError);
    assert.instance(
      thrown(() => queue.putNowait(2)),
      QueueClosedError,
    );
    assert.is(queue.size, 1);
  });
});

test('closing throws a QueueClosedError to all who wait, in order, never inline', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const [empty, full] = [new Queue<number>(), new Queue<number>(1)];
    full.putNowait(1);
    const waiter = function* (name: string, effect: ReturnType<typeof empty.get | typeof empty.put>) {
      const error = yield* caught(effect);
      log.push(`${name} ${error.name}`);
    };
    yield* spawn(waiter('get a', empty.get()));
    yield* spawn(waiter('get b', empty.get()));
    yield* spawn(waiter('put', full.put(2)));
    yield* yieldNow();
    yield* yieldNow();
    empty.close();
    full.close();
    log.push('closed');
    yield* sleep(1);
    assert.is(full.getNowait(), 1);
    assert.ok(full.empty, 'the item of the producer that was refused is not in it');
  });
  assert.equal(log, ['closed', 'get a QueueClosedError', 'get b QueueClosedError', 'put QueueClosedError']);
});

test('closed with an item on its way to a consumer: the consumer gets it; cancelled, the next one does', () => {
  for (const cancelled of [false, true]) {
    virtually(function* () {
      const queue = new Queue<string>();
      const consumer = yield* spawn(
        (function* () {
          return yield* queue.get();
        })(),
      );
      yield* yieldNow();
      queue.putNowait('item');
      queue.close();
      if (cancelled) {
        consumer.cancel();
        assert.is(yield* queue.get(), 'item');
      } else assert.is(yield* consumer, 'item');
    });
  }
});

test('closed with an item on its way, the others who wait are told when it was taken, and get it when it was not', () => {
  for (const cancelled of [false, true]) {
    const log: unknown[] = [];
    virtually(function* () {
      const queue = new Queue<string>(5, { name: 'jobs' });
      const consumer = function* (name: string) {
        try {
          log.push(`${name} ${yield* queue.get()}`);
        } catch (error) {
          log.push(`${name} ${(error as Error).message}`);
        }
      };
      const [a] = [yield* spawn(consumer('a')), yield* spawn(consumer('b')), yield* spawn(consumer('c'))];
      yield* yieldNow();
      queue.putNowait('item');
      queue.close();
      if (cancelled) a.cancel();
      yield* sleep(1);
      assert.equal([queue.size, queue.empty], [0, true]);
    });
    assert.equal(log, cancelled ? ['b item', 'c jobs is closed'] : ['a item', 'b jobs is closed', 'c jobs is closed']);
  }
});

test('closed with an item on its way, a task that comes then waits: the item may still become its own', () => {
  for (const cancelled of [false, true]) {
    virtually(function* () {
      const queue = new Queue<string>();
      const consumer = yield* spawn(queue.get());
      yield* yieldNow();
      if (cancelled)
        yield* spawn(
          (function* () {
            consumer.cancel();
          })(),
        );
      queue.putNowait('item');
      queue.close();
      if (cancelled) assert.is(yield* queue.get(), 'item');
      else assert.instance(yield* caught(queue.get()), QueueClosedError);
      assert.is(consumer.state, cancelled ? 'cancelled' : 'succeeded');
    });
  }
});

test('closed with room promised to a producer: its put is refused, nothing of it is in', () => {
  virtually(function* () {
    const queue = new Queue<string>(1);
    queue.putNowait('first');
    const producer = yield* spawn(caught(queue.put('second')));
    yield* turns(2);
    assert.is(queue.getNowait(), 'first');
    queue.close();
    assert.instance(yield* producer, QueueClosedError);
    assert.is(queue.size, 0);
    assert.instance(yield* caught(queue.get()), QueueClosedError);
  });
});

test('a closed queue that is emptied by getNowait tells those who wait', () => {
  virtually(function* () {
    const queue = new Queue<string>();
    const [a, b] = [yield* spawn(queue.get()), yield* spawn(caught(queue.get()))];
    yield* turns(2);
    queue.putNowait('item');
    queue.close();
    a.cancel();
    b.cancel();
    yield* yieldNow();
    const c = yield* spawn(caught(queue.get()));
    assert.is(queue.getNowait(), 'item');
    assert.instance(yield* c, QueueClosedError);
  });
});

test('closing twice is fine, and join still waits for what is not done', () => {
  virtually(function* () {
    const queue = new Queue<number>();
    queue.putNowait(1);
    queue.close();
    queue.close();
    const joiner = yield* spawn(queue.join());
    yield* sleep(1);
    assert.not(joiner.done);
    yield* queue.get();
    queue.taskDone();
    yield* joiner;
  });
});

test('cancelled in the turn of close, a waiter is cancelled', () => {
  virtually(function* () {
    const queue = new Queue<number>();
    const consumer = yield* spawn(queue.get());
    yield* yieldNow();
    queue.close();
    yield* cancel(consumer);
    assert.is(consumer.state, 'cancelled');
  });
});

test('waiting for an item that never comes is a deadlock that names the queue', () => {
  const error = thrown(() =>
    virtually(function* () {
      yield* new Queue<number>(1, { name: 'jobs' }).get();
    }),
  );
  assert.is(error.name, 'DeadlockError');
  assert.match(error.message, /jobs\.get\(\)/);
});

test('a hundred thousand items and as many waiting consumers and producers take no time', () => {
  const took = processorTime();
  virtually(function* () {
    const queue = new Queue<number>();
    for (let i = 0; i < 100_000; i++) queue.putNowait(i);
    for (let i = 0; i < 100_000; i++) assert.is(queue.getNowait(), i);
  });
  assert.ok(took() < 2_000);
});

for (const wrong of [0, -1, 1.5, NaN, '2', null, {}]) {
  test(`new Queue(${typeof wrong === 'string' ? `'${wrong}'` : String(wrong)}) is an error that says what is wanted`, () =>
    refuses(() => new Queue(wrong as never), /Queue/, /capacity/));
}

test('its effects show its name', () => {
  const queue = new Queue<unknown>(1, { name: 'jobs' });
  assert.equal([queue.get(), queue.put('a job'), queue.put([1, 2]), queue.join()].map(String), [
    'jobs.get()',
    "jobs.put('a job')",
    'jobs.put([1, 2])',
    'jobs.join()',
  ]);
  assert.is(new Queue().name, 'queue');
});

test('statistics: how many items there are, and how many tasks wait on either side', () => {
  virtually(function* () {
    const queue = new Queue<number>(1);
    assert.equal(queue.statistics(), { size: 0, capacity: 1, closed: false, waitingToPut: 0, waitingToTake: 0 });
    const takers = [yield* spawn(queue.get()), yield* spawn(queue.get())];
    yield* sleep(1);
    assert.is(queue.statistics().waitingToTake, 2);
    queue.putNowait(1); // promised to the first of them, which is ready now
    assert.equal(queue.statistics(), { size: 1, capacity: 1, closed: false, waitingToPut: 0, waitingToTake: 1 });
    yield* cancel(takers[1]!);
    yield* sleep(1);
    queue.putNowait(2);
    const putter = yield* spawn(queue.put(3));
    yield* sleep(1);
    assert.equal(queue.statistics(), { size: 1, capacity: 1, closed: false, waitingToPut: 1, waitingToTake: 0 });
    yield* queue.get();
    yield* putter;
    queue.close();
    assert.ok(queue.statistics().closed);
  });
});

test.run();
