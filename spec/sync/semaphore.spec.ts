import { all, cancel, coroutine, now, Semaphore, sleep, spawn, timeout, TimeoutError, yieldNow } from 'treadle';
import type { Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { after, failing, turns } from '../support/work.ts';

const test = suite('Semaphore');

test('so many at a time, and no more', () => {
  virtually(function* () {
    const semaphore = new Semaphore(3);
    let running = 0;
    let most = 0;
    for (let i = 0; i < 10; i++)
      yield* spawn(
        semaphore.with(
          (function* () {
            most = Math.max(most, ++running);
            yield* sleep(10);
            running--;
          })(),
        ),
      );
    yield* sleep(1);
    assert.is(semaphore.free, 0);
    assert.ok(semaphore.locked);
    yield* sleep(100);
    assert.is(most, 3);
    assert.is(semaphore.free, 3);
    assert.not(semaphore.locked);
  });
});

test('permits go to those who wait in the order in which they asked', () => {
  const log: number[] = [];
  virtually(function* () {
    const semaphore = new Semaphore(1);
    for (let i = 0; i < 5; i++)
      yield* spawn(
        semaphore.with(
          (function* () {
            log.push(i);
            yield* yieldNow();
          })(),
        ),
      );
  });
  assert.equal(log, [0, 1, 2, 3, 4]);
});

test('a free permit is taken at once: no turn passes', () => {
  const log: string[] = [];
  virtually(function* () {
    yield* spawn(
      (function* () {
        log.push('other');
      })(),
    );
    yield* new Semaphore(1).acquire();
    log.push('main');
  });
  assert.equal(log, ['main', 'other']);
});

test('nobody overtakes one who waits: a task that releases and acquires again goes to the end of the line', () => {
  const log: string[] = [];
  virtually(function* () {
    const semaphore = new Semaphore(1);
    yield* semaphore.acquire();
    yield* spawn(
      (function* () {
        yield* semaphore.acquire();
        log.push('waiter');
        semaphore.release();
      })(),
    );
    yield* yieldNow();
    semaphore.release();
    assert.is(semaphore.free, 0);
    yield* semaphore.acquire();
    log.push('main');
    semaphore.release();
  });
  assert.equal(log, ['waiter', 'main']);
});

test('two releases in one turn wake two, also if the first of them is cancelled at once', () => {
  const log: string[] = [];
  virtually(function* () {
    const semaphore = new Semaphore(0);
    const tasks: Task[] = [];
    for (const name of ['a', 'b', 'c'])
      tasks.push(
        (yield* spawn(
          (function* () {
            yield* semaphore.acquire();
            log.push(name);
          })(),
        )) as Task,
      );
    yield* yieldNow();
    semaphore.release();
    semaphore.release();
    tasks[0]!.cancel();
    yield* sleep(1);
    assert.equal(log, ['b', 'c']);
    assert.is(semaphore.free, 0);
  });
});

test('one that is cancelled while it waits does not block those behind it', () => {
  const log: string[] = [];
  virtually(function* () {
    const semaphore = new Semaphore(1);
    yield* semaphore.acquire();
    const tasks = [];
    for (const name of ['a', 'b', 'c'])
      tasks.push(
        yield* spawn(
          semaphore.with(
            (function* () {
              log.push(name);
            })(),
          ),
        ),
      );
    yield* yieldNow();
    tasks[0]!.cancel();
    semaphore.release();
    tasks[1]!.cancel();
    yield* sleep(1);
    assert.equal(log, ['c']);
    assert.is(semaphore.free, 1);
  });
});

test('permits that are handed over and given back in one turn go on to those who came meanwhile', () => {
  const log: string[] = [];
  virtually(function* () {
    const semaphore = new Semaphore(1);
    yield* semaphore.acquire();
    const first = yield* spawn(semaphore.acquire());
    yield* yieldNow();
    semaphore.release();
    yield* spawn(
      (function* () {
        yield* semaphore.acquire();
        log.push('second');
        semaphore.release();
      })(),
    );
    first.cancel();
    yield* sleep(1);
    assert.equal(log, ['second']);
    assert.is(semaphore.free, 1);
  });
});

test('no permit is lost, whichever worker is cancelled in whichever turn', () => {
  for (let victim = 0; victim < 4; victim++) {
    for (let turn = 0; turn < 25; turn++) {
      virtually(function* () {
        const semaphore = new Semaphore(2);
        const tasks: Task[] = [];
        for (let i = 0; i < 4; i++)
          tasks.push(
            (yield* spawn(
              (function* () {
                for (let round = 0; round < 2; round++) yield* semaphore.with(turns(2));
              })(),
            )) as Task,
          );
        yield* turns(turn);
        tasks[victim]!.cancel();
        yield* sleep(1);
        assert.is(semaphore.free, 2, `worker ${victim} cancelled in turn ${turn}`);
      });
    }
  }
});

test('no permit is lost with time limits around the wait', () => {
  for (let ms = 0; ms < 12; ms++) {
    virtually(function* () {
      const semaphore = new Semaphore(1);
      const holder = yield* spawn(semaphore.with(sleep(5)));
      yield* yieldNow();
      const error = yield* spawn(
        (function* () {
          try {
            return yield* timeout(ms, semaphore.with(after(5, 'result')));
          } catch (error) {
            assert.instance(error, TimeoutError);
            return undefined;
          }
        })(),
      );
      yield* error;
      yield* holder;
      assert.is(semaphore.free, 1, `limit ${ms}`);
    });
  }
});

test('with gives the result and releases on failure and on cancellation', () => {
  virtually(function* () {
    const semaphore = new Semaphore(1);
    assert.is(yield* semaphore.with(after(1, 'x')), 'x');
    assert.is(yield* caught(semaphore.with(failing(1, 'no'))), 'no');
    const task = yield* spawn(semaphore.with(sleep(Infinity)));
    yield* sleep(1);
    assert.is(semaphore.free, 0);
    yield* cancel(task);
    assert.is(semaphore.free, 1);
  });
});

test('a semaphore of 0 opens with the first release, and may grow beyond its start', () => {
  virtually(function* () {
    const semaphore = new Semaphore(0);
    const task = yield* spawn(
      (function* () {
        yield* semaphore.acquire();
        return yield* now();
      })(),
    );
    yield* sleep(10);
    semaphore.release();
    assert.is(yield* task, 10);
    semaphore.release();
    semaphore.release();
    assert.is(semaphore.free, 2);
  });
});

test('one permit by default; a name that its effects show', () => {
  const semaphore = new Semaphore(undefined, { name: 'connections' });
  assert.is(semaphore.free, 1);
  assert.equal(
    [semaphore.name, String(semaphore.acquire()), new Semaphore().name],
    ['connections', 'connections.acquire()', 'semaphore'],
  );
});

for (const wrong of [-1, 1.5, NaN, Infinity, '2', null, {}]) {
  test(`new Semaphore(${typeof wrong === 'string' ? `'${wrong}'` : String(wrong)}) is an error that says what is wanted`, () =>
    refuses(() => new Semaphore(wrong as never), /Semaphore/, /permits/));
}

test('may be given more permits, which go to those that wait', () => {
  virtually(function* () {
    const semaphore = new Semaphore(1);
    const log: number[] = [];
    const user = coroutine('user', function* (n: number) {
      yield* semaphore.with(
        (function* () {
          log.push(n);
          yield* sleep(10);
        })(),
      );
    });
    const users = [];
    for (let n = 1; n <= 5; n++) users.push(yield* spawn(user(n)));
    yield* sleep(1);
    assert.equal(log, [1]);
    semaphore.resize(3);
    assert.is(semaphore.permits, 3);
    yield* sleep(1);
    assert.equal(log, [1, 2, 3]);
    yield* all(users);
    assert.is(semaphore.free, 3);
  });
});

test('permits are taken away from the free ones, and then from those that are released: nobody loses one', () => {
  virtually(function* () {
    const semaphore = new Semaphore(3);
    yield* semaphore.acquire();
    yield* semaphore.acquire();
    semaphore.resize(1);
    assert.is(semaphore.free, 0);
    assert.ok(semaphore.locked);
    const waiting = yield* spawn(semaphore.acquire());
    semaphore.release(); // two are held, and only one may be
    yield* sleep(1);
    assert.not(waiting.done);
    semaphore.release();
    yield* waiting;
    semaphore.release();
    assert.is(semaphore.free, 1);
    semaphore.resize(0);
    assert.ok(semaphore.locked);
  });
});

test('a permit that was handed over and is taken back counts against those that were taken away', () => {
  virtually(function* () {
    const semaphore = new Semaphore(1);
    yield* semaphore.acquire();
    const waiting = yield* spawn(semaphore.acquire());
    yield* sleep(1);
    semaphore.release(); // handed over: it is ready
    semaphore.resize(0);
    yield* cancel(waiting);
    assert.is(semaphore.free, 0);
    semaphore.resize(1);
    assert.is(semaphore.free, 1);
    refuses(() => semaphore.resize(1.5), /resize takes a number of permits of 0 or more, not 1.5/);
  });
});

test('statistics: how many permits there are, how many are free, and how many tasks wait', () => {
  virtually(function* () {
    const semaphore = new Semaphore(2);
    yield* semaphore.acquire();
    assert.equal(semaphore.statistics(), { permits: 2, free: 1, waiting: 0 });
    yield* semaphore.acquire();
    const waiting = yield* spawn(semaphore.acquire());
    yield* sleep(1);
    assert.equal(semaphore.statistics(), { permits: 2, free: 0, waiting: 1 });
    semaphore.release();
    yield* waiting;
    assert.equal(semaphore.statistics(), { permits: 2, free: 0, waiting: 0 });
  });
});

test.run();
