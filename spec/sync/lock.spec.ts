import { deepStrictEqual } from 'node:assert';
import { cancel, coroutine, currentTask, InvalidStateError, Lock, now, sleep, spawn, timeout, yieldNow } from 'treadle';
import type { Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { after, failing, turns } from '../support/work.ts';

const test = suite('Lock');

test('one task at a time, in the order in which they asked', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const lock = new Lock();
    const worker = function* (name: string) {
      yield* lock.acquire();
      try {
        log.push(`${name} has it at ${yield* now()}`);
        yield* sleep(10);
      } finally {
        lock.release();
      }
    };
    for (const name of ['a', 'b', 'c']) yield* spawn(worker(name));
  });
  assert.equal(log, ['a has it at 0', 'b has it at 10', 'c has it at 20']);
});

test('a free lock is taken at once: no turn passes', () => {
  const log: string[] = [];
  virtually(function* () {
    const lock = new Lock();
    yield* spawn(
      (function* () {
        log.push('other');
      })(),
    );
    assert.not(lock.locked);
    yield* lock.acquire();
    assert.ok(lock.locked);
    log.push('main');
    lock.release();
    assert.not(lock.locked);
  });
  assert.equal(log, ['main', 'other']);
});

test('the one that is handed the lock owns it at once: nobody slips in before it runs', () => {
  const log: string[] = [];
  virtually(function* () {
    const lock = new Lock();
    yield* lock.acquire();
    yield* spawn(
      (function* () {
        yield* lock.acquire();
        log.push('waiter');
        lock.release();
      })(),
    );
    yield* yieldNow();
    lock.release();
    assert.ok(lock.locked, 'it was handed over, not opened');
    yield* lock.acquire();
    log.push('main again');
    lock.release();
  });
  assert.equal(log, ['waiter', 'main again']);
});

test('one that is handed the lock and cancelled in the same turn passes it on', () => {
  const log: string[] = [];
  virtually(function* () {
    const lock = new Lock();
    yield* lock.acquire();
    const tasks: Task[] = [];
    for (const name of ['a', 'b', 'c'])
      tasks.push(
        (yield* spawn(
          (function* () {
            yield* lock.acquire();
            log.push(name);
            lock.release();
          })(),
        )) as Task,
      );
    yield* yieldNow();
    lock.release();
    tasks[0]!.cancel();
    yield* sleep(1);
    assert.not(lock.locked);
  });
  assert.equal(log, ['b', 'c']);
});

test('all who were handed it one after the other in one turn are cancelled: it is free', () => {
  virtually(function* () {
    const lock = new Lock();
    yield* lock.acquire();
    const tasks = [yield* spawn(lock.acquire()), yield* spawn(lock.acquire()), yield* spawn(lock.acquire())];
    yield* yieldNow();
    lock.release();
    for (const task of tasks) task.cancel();
    assert.not(lock.locked);
    yield* sleep(1);
    assert.not(lock.locked);
    yield* lock.acquire();
  });
});

test('one that is cancelled while it waits leaves the line', () => {
  const log: string[] = [];
  virtually(function* () {
    const lock = new Lock();
    yield* lock.acquire();
    const tasks = [];
    for (const name of ['a', 'b', 'c'])
      tasks.push(
        yield* spawn(
          lock.with(
            (function* () {
              log.push(name);
            })(),
          ),
        ),
      );
    yield* yieldNow();
    yield* cancel(tasks[1]!);
    lock.release();
    yield* sleep(1);
    assert.not(lock.locked);
  });
  assert.equal(log, ['a', 'c']);
});

test('a lock is lost in no turn: cancelling one of the workers at any moment leaves it free at the end', () => {
  for (let victim = 0; victim < 3; victim++) {
    for (let turn = 0; turn < 25; turn++) {
      virtually(function* () {
        const lock = new Lock();
        let inside = 0;
        let done = 0;
        const tasks: Task[] = [];
        for (let i = 0; i < 3; i++)
          tasks.push(
            (yield* spawn(
              (function* () {
                for (let round = 0; round < 2; round++) {
                  yield* lock.with(
                    (function* () {
                      assert.is(++inside, 1);
                      try {
                        yield* turns(2);
                        done++;
                      } finally {
                        inside--;
                      }
                    })(),
                  );
                }
              })(),
            )) as Task,
          );
        yield* turns(turn);
        tasks[victim]!.cancel();
        yield* sleep(1);
        assert.not(lock.locked, `worker ${victim} cancelled in turn ${turn}`);
        assert.ok(done >= 4);
      });
    }
  }
});

test('with holds the lock while the work runs, and gives its result', () => {
  virtually(function* () {
    const lock = new Lock();
    assert.is(
      yield* lock.with(
        (function* () {
          assert.ok(lock.locked);
          return yield* after(5, 'result');
        })(),
      ),
      'result',
    );
    assert.not(lock.locked);
  });
});

test('with releases the lock when the work fails or is cancelled, after its clean-up', () => {
  virtually(function* () {
    const lock = new Lock();
    assert.is(yield* caught(lock.with(failing(5, 'no'))), 'no');
    assert.not(lock.locked);
    const task = yield* spawn(
      lock.with(
        (function* () {
          try {
            yield* sleep(Infinity);
          } finally {
            yield* sleep(20);
            assert.ok(lock.locked);
          }
        })(),
      ),
    );
    yield* sleep(1);
    const cancelling = yield* spawn(cancel(task));
    yield* sleep(10);
    assert.ok(lock.locked);
    yield* cancelling;
    assert.not(lock.locked);
  });
});

test('with a work that cannot be yielded, the lock is free afterwards', () => {
  virtually(function* () {
    const lock = new Lock();
    try {
      yield* lock.with(5 as never);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, TypeError);
    }
    assert.not(lock.locked);
  });
});

test('with under a time limit', () => {
  virtually(function* () {
    const lock = new Lock();
    yield* lock.acquire();
    let ran = false;
    yield* caught(
      timeout(
        10,
        lock.with(
          (function* () {
            ran = true;
          })(),
        ),
      ),
    );
    lock.release();
    yield* sleep(1);
    assert.not(ran);
    assert.not(lock.locked);
  });
});

test('to release a lock that is free is an InvalidStateError with its name', () => {
  const error = thrown(() => new Lock({ name: 'door' }).release());
  assert.instance(error, InvalidStateError);
  assert.match(error.message, /door/);
});

test('it may be released by another task than the one that took it', () => {
  virtually(function* () {
    const lock = new Lock();
    yield* spawn(lock.acquire());
    yield* yieldNow();
    assert.ok(lock.locked);
    lock.release();
    assert.not(lock.locked);
  });
});

test('it is not re-entrant: who asks twice waits for itself, and the report says who holds it', () => {
  const error = thrown(() =>
    virtually(function* () {
      const lock = new Lock({ name: 'door' });
      yield* lock.acquire();
      yield* lock.acquire();
    }),
  );
  assert.is(error.name, 'DeadlockError');
  assert.match(error.message, /main.*door\.acquire\(\).*held by.*main/);
});

test('the report says who holds it, also when it was handed over', () => {
  const error = thrown(() =>
    virtually(function* () {
      const lock = new Lock({ name: 'door' });
      yield* lock.acquire();
      yield* spawn(
        (function* () {
          yield* lock.acquire();
          yield* sleep(Infinity);
        })(),
        { name: 'keeper' },
      );
      yield* yieldNow();
      lock.release();
      yield* lock.acquire();
    }),
  );
  assert.match(error.message, /main waiting on door\.acquire\(\)>, held by #2 keeper/);
});

test('a clean-up may acquire a lock', () => {
  const log: string[] = [];
  virtually(function* () {
    const lock = new Lock();
    yield* lock.acquire();
    const task = yield* spawn(
      (function* () {
        try {
          yield* sleep(Infinity);
        } finally {
          yield* lock.with(
            (function* () {
              log.push('has it');
            })(),
          );
        }
      })(),
    );
    yield* sleep(1);
    task.cancel();
    yield* sleep(1);
    lock.release();
    yield* caught(task);
    assert.not(lock.locked);
  });
  assert.equal(log, ['has it']);
});

test('cancelled by itself before it asks, a task does not take the lock', () => {
  virtually(function* () {
    const lock = new Lock();
    yield* caught(
      yield* spawn(
        coroutine(function* () {
          (yield* currentTask()).cancel();
          yield* lock.acquire();
        })(),
      ),
    );
    assert.not(lock.locked);
  });
});

test('has a name, which its effects show', () => {
  const lock = new Lock({ name: 'door' });
  assert.equal([lock.name, new Lock().name, String(lock.acquire()), String(lock.with(sleep(1)))].slice(0, 3), [
    'door',
    'lock',
    'door.acquire()',
  ]);
  assert.match(String(lock.with(sleep(1))), /^door\.with\(.*sleep\(1\)\)$/);
  deepStrictEqual(lock.acquire(), lock.acquire());
});

for (const wrong of [undefined, 5, function* work() {}]) {
  test(`with(${typeof wrong === 'function' ? 'a function that was not called' : wrong}) is a TypeError at the call`, () =>
    refuses(() => new Lock().with(wrong as never), /with/));
}

test.run();
