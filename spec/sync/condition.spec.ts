import {
  cancel,
  Condition,
  coroutine,
  InvalidStateError,
  Lock,
  now,
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
import { virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('Condition');

/** Waits once, while it holds the lock, and tells the log. */
const waiter = coroutine('waiter', function* (condition: Condition, log: unknown[], name: unknown) {
  yield* condition.acquire();
  try {
    yield* condition.wait();
    log.push(name);
  } finally {
    assert.ok(condition.locked, `${name} holds the lock when its wait is over`);
    condition.release();
  }
});

function* waiters(condition: Condition, log: unknown[], names: string): Generator<any, Task[], any> {
  const tasks = [];
  for (const name of names) tasks.push(yield* spawn(waiter(condition, log, name), { name }));
  yield* turns(2);
  return tasks as Task[];
}

const notifying = coroutine('notifying', function* (condition: Condition, n?: number) {
  yield* condition.acquire();
  if (n === Infinity) condition.notifyAll();
  else condition.notify(n);
  condition.release();
});

test('wait gives the lock up, and has it again when it is notified', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const condition = new Condition();
    yield* waiters(condition, log, 'a');
    assert.not(condition.locked);
    yield* condition.acquire();
    condition.notify();
    yield* sleep(10);
    assert.equal(log, [], 'not before the lock is free');
    condition.release();
    yield* sleep(1);
    assert.equal(log, ['a']);
    assert.not(condition.locked);
  });
});

test('notify wakes those who have waited longest, as many as it is told, one by default', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const condition = new Condition();
    yield* waiters(condition, log, 'abcdef');
    yield* notifying(condition);
    yield* turns(9);
    assert.equal(log, ['a']);
    yield* notifying(condition, 2);
    yield* turns(9);
    assert.equal(log, ['a', 'b', 'c']);
    yield* notifying(condition, 0);
    yield* turns(9);
    assert.equal(log, ['a', 'b', 'c']);
    yield* notifying(condition, Infinity);
    yield* turns(9);
    assert.equal(log, ['a', 'b', 'c', 'd', 'e', 'f']);
  });
});

test('those who are woken together go on one after the other', () => {
  let inside = 0;
  virtually(function* () {
    const condition = new Condition();
    for (let i = 0; i < 3; i++)
      yield* spawn(
        condition.with(
          (function* () {
            yield* condition.wait();
            assert.is(++inside, 1);
            yield* sleep(10);
            inside--;
          })(),
        ),
      );
    yield* turns(2);
    yield* notifying(condition, Infinity);
    yield* sleep(25);
    assert.is(inside, 1);
  });
});

test('a notify that nobody waits for is forgotten', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const condition = new Condition();
    yield* notifying(condition);
    const [task] = yield* waiters(condition, log, 'a');
    yield* sleep(1);
    assert.equal(log, []);
    yield* cancel(task!);
  });
});

test('waitFor goes on when the predicate holds, whoever notified for whatever reason, and gives its value', () => {
  virtually(function* () {
    const condition = new Condition();
    const items: string[] = [];
    const taker = yield* spawn(condition.with(condition.waitFor(() => items.at(-1))));
    for (let i = 0; i < 3; i++) {
      yield* sleep(10);
      yield* notifying(condition);
    }
    assert.not(taker.done);
    items.push('item');
    yield* notifying(condition);
    assert.is(yield* taker, 'item');
    assert.is(yield* condition.with(condition.waitFor(() => 7)), 7, 'not at all when it holds');
  });
});

test('a predicate that throws throws at waitFor, which holds the lock', () => {
  const error = new Error('no');
  virtually(function* () {
    const condition = new Condition();
    yield* condition.acquire();
    assert.is(
      yield* caught(
        condition.waitFor(() => {
          throw error;
        }),
      ),
      error,
    );
    assert.ok(condition.locked);
  });
});

test('without the lock, wait and notify are an InvalidStateError with the name of the condition', () => {
  virtually(function* () {
    const condition = new Condition(undefined, { name: 'changed' });
    for (const error of [
      yield* caught(condition.wait()),
      thrown(() => condition.notify()),
      thrown(() => condition.notifyAll()),
    ]) {
      assert.instance(error, InvalidStateError);
      assert.match(error.message, /changed\.\w+\(\) needs its lock/);
    }
    assert.instance(
      thrown(() => condition.release()),
      InvalidStateError,
    );
    assert.not(condition.locked);
  });
});

test('several conditions share one lock', () => {
  const log: string[] = [];
  virtually(function* () {
    const lock = new Lock();
    const [full, empty] = [new Condition(lock), new Condition(lock)];
    let item: number | undefined;
    yield* spawn(
      (function* () {
        for (let i = 0; i < 3; i++)
          yield* lock.with(
            (function* () {
              yield* empty.waitFor(() => item === undefined);
              item = i;
              full.notify();
            })(),
          );
      })(),
    );
    for (let i = 0; i < 3; i++)
      yield* lock.with(
        (function* () {
          yield* full.waitFor(() => item !== undefined);
          log.push(`${item} ${full.locked} ${empty.locked}`);
          item = undefined;
          empty.notify();
        })(),
      );
  });
  assert.equal(log, ['0 true true', '1 true true', '2 true true']);
});

// ---- cancellation

test('a wait that is cancelled takes the lock again before anything else of the task is closed', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const condition = new Condition();
    const [task] = yield* waiters(condition, log, 'a');
    yield* condition.acquire();
    task!.cancel();
    yield* sleep(10);
    assert.not(task!.done, 'it cannot have the lock yet');
    task!.cancel();
    condition.release();
    yield* sleep(1);
    assert.is(task!.state, 'cancelled');
    assert.not(condition.locked);
  });
  assert.equal(log, []);
});

test('one that is notified and cancelled in the same turn passes the notify on', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const condition = new Condition();
    const [a, , c] = yield* waiters(condition, log, 'abc');
    yield* condition.acquire();
    condition.notify();
    a!.cancel();
    condition.release();
    yield* sleep(1);
    assert.equal(log, ['b']);
    assert.equal([a!.state, c!.state], ['cancelled', 'waiting']);
    yield* cancel(c!);
  });
});

test('one that is notified, waits for the lock and is cancelled there does, too', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const condition = new Condition();
    const [a, , c] = yield* waiters(condition, log, 'abc');
    yield* condition.acquire();
    condition.notify();
    yield* sleep(1);
    assert.match(String(a), /waiting on condition\.acquire\(\)/);
    a!.cancel();
    yield* sleep(1);
    condition.release();
    yield* sleep(1);
    assert.equal(log, ['b']);
    assert.equal([a!.state, c!.state], ['cancelled', 'waiting']);
    yield* cancel(c!);
    assert.not(condition.locked);
  });
});

test('one that is handed the lock and cancelled in the same turn does, too', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const condition = new Condition();
    const [a, , c] = yield* waiters(condition, log, 'abc');
    yield* condition.acquire();
    condition.notify();
    yield* sleep(1);
    condition.release();
    a!.cancel();
    yield* sleep(1);
    assert.equal(log, ['b']);
    assert.equal([a!.state, c!.state], ['cancelled', 'waiting']);
    yield* cancel(c!);
    assert.not(condition.locked);
  });
});

test('a cancelled wait that nobody had notified passes nothing on', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const condition = new Condition();
    const [a, b] = yield* waiters(condition, log, 'ab');
    yield* cancel(a!);
    yield* sleep(1);
    assert.equal(log, []);
    yield* cancel(b!);
  });
});

test('no code of the body runs after a wait that was cancelled after it had been notified', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const condition = new Condition();
    const task = yield* spawn(
      condition.with(
        (function* () {
          try {
            yield* condition.wait();
            log.push('went on');
          } catch {
            log.push('caught');
          } finally {
            log.push(`locked: ${condition.locked}`);
          }
        })(),
      ),
    );
    yield* turns(2);
    yield* condition.acquire();
    condition.notify();
    yield* sleep(1);
    task.cancel();
    condition.release();
    yield* sleep(1);
    assert.is(task.state, 'cancelled');
    assert.not(condition.locked);
  });
  assert.equal(log, ['locked: true']);
});

test('a time limit on a wait ends it with the lock held', () => {
  virtually(function* () {
    const condition = new Condition();
    yield* condition.acquire();
    assert.instance(yield* caught(timeout(10, condition.wait())), TimeoutError);
    assert.is(yield* now(), 10);
    assert.ok(condition.locked);
    condition.release();
  });
});

// ---- the rest

test('with holds the lock while the work runs, and gives its result', () => {
  virtually(function* () {
    const condition = new Condition();
    const error = new Error('no');
    assert.is(
      yield* condition.with(
        (function* () {
          yield* yieldNow();
          return condition.locked;
        })(),
      ),
      true,
    );
    assert.is(
      yield* caught(
        condition.with(
          (function* () {
            throw error;
          })(),
        ),
      ),
      error,
    );
    assert.not(condition.locked);
  });
});

test('a wait that nobody ends is a deadlock that names the condition', () => {
  const error = thrown(() =>
    virtually(function* () {
      const condition = new Condition(undefined, { name: 'changed' });
      yield* condition.with(condition.wait());
    }),
  );
  assert.is(error.name, 'DeadlockError');
  assert.match(error.message, /main waiting on changed\.wait\(\)/);
});

test('its effects show its name', () => {
  const condition = new Condition(undefined, { name: 'changed' });
  assert.equal(
    [
      condition.wait(),
      condition.waitFor(function ready() {
        return true;
      }),
      condition.acquire(),
    ].map(String),
    ['changed.wait()', 'changed.waitFor(ready)', 'changed.acquire()'],
  );
  assert.is(new Condition().name, 'condition');
  assert.is(String(new Condition(new Lock({ name: 'door' })).acquire()), 'door.acquire()');
});

for (const wrong of [{}, 5, null]) {
  test(`new Condition(${JSON.stringify(wrong)}) is an error that says what is wanted`, () =>
    refuses(() => new Condition(wrong as never), /Condition.*Lock/));
}

test('waitFor without a function is an error at the call', () => {
  refuses(() => new Condition().waitFor(true as never), /waitFor.*function/);
  refuses(() => new Condition().with(5 as never), /5/);
});

test.run();
