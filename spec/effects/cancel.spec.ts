import {
  all,
  cancel,
  CancelledError,
  coroutine,
  currentTask,
  DeadlockError,
  Event,
  EventLoop,
  fromPromise,
  join,
  Lock,
  now,
  Queue,
  run,
  sleep,
  spawn,
  suspend,
  Task,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, rejection, thrown } from '../support/errors.ts';
import { same } from '../support/lists.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';
import { after, breaking, failing, lasting, turns } from '../support/work.ts';

const test = suite('cancel');

test('returns when the clean-up of the task is over, with true', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(lasting(log, 'task', 50));
    yield* sleep(5);
    assert.is(yield* cancel(task, 'enough'), true);
    assert.is(task.state, 'cancelled');
    assert.is(yield* now(), 55);
  });
  assert.equal(log, ['task cleans up', 'task is clean']);
});

test('waits for the children of the task, too', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        yield* spawn(lasting(log, 'child', 50));
        yield* sleep(Infinity);
      })(),
    );
    yield* sleep(5);
    yield* cancel(task);
    assert.is(yield* now(), 55);
  });
  assert.equal(log, ['child cleans up', 'child is clean']);
});

test('returns false when the task was over, however it ended', () => {
  virtually(function* () {
    const good = yield* spawn(after(1, 'x'));
    const bad = yield* spawn(failing(1, new Error('no')));
    yield* sleep(5);
    assert.is(yield* cancel(good), false);
    assert.is(yield* cancel(bad), false);
    assert.equal([good.state, bad.state], ['succeeded', 'failed']);
    yield* caught(bad);
  });
});

test('a failure that was there before is not thrown by cancel, and is not lost by it', () => {
  const error = new Error('before');
  assert.is(
    thrown(() =>
      virtually(function* () {
        const task = yield* spawn(failing(1, error));
        yield* sleep(5);
        assert.is(yield* cancel(task), false);
      }),
    ),
    error,
  );
});

test('throws the error of a clean-up that fails', () => {
  const error = new Error('clean-up');
  virtually(function* () {
    const task = yield* spawn(breaking(error));
    yield* sleep(5);
    assert.is(yield* caught(cancel(task)), error);
    assert.is(task.state, 'failed');
  });
});

test('the reason reaches those who join', () => {
  virtually(function* () {
    const task = yield* spawn(sleep(Infinity));
    const joiner = yield* spawn(caught(join(task)));
    yield* yieldNow();
    yield* cancel(task, { why: 'because' });
    const error = yield* joiner;
    assert.instance(error, CancelledError);
    assert.equal(error.reason, { why: 'because' });
  });
});

test('catch does not see it, so that no retry loop can swallow it', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        for (;;) {
          try {
            yield* sleep(10);
            log.push('tick');
          } catch {
            log.push('caught');
          }
        }
      })(),
    );
    yield* sleep(25);
    yield* cancel(task);
  });
  assert.equal(log, ['tick', 'tick']);
});

test('before its first step a task runs nothing, not even its finally', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(lasting(log, 'task'));
    assert.is(yield* cancel(task), true);
    assert.is(task.state, 'cancelled');
  });
  assert.equal(log, []);
});

test('two who cancel the same task both wait; the first reason counts', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(lasting(log, 'task', 50));
    yield* sleep(1);
    const canceller = function* (reason: string) {
      yield* cancel(task, reason);
      log.push(`${reason} returns at ${yield* now()}`);
    };
    yield* all([canceller('first'), canceller('second')]);
    assert.is((yield* caught(task)).reason, 'first');
  });
  assert.equal(log, ['task cleans up', 'task is clean', 'first returns at 51', 'second returns at 51']);
});

test('a clean-up is not cut short by a second cancellation', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(lasting(log, 'task', 50));
    yield* sleep(1);
    const first = yield* spawn(cancel(task));
    yield* sleep(10);
    assert.is(task.cancel(), false);
    yield* cancel(task);
    assert.is(yield* now(), 51);
    assert.ok(first.done);
  });
  assert.equal(log, ['task cleans up', 'task is clean']);
});

test('a task that cancels itself is closed at that very yield, and cleans up', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          yield* cancel(yield* currentTask(), 'me');
          log.push('goes on');
        } catch {
          log.push('catches');
        } finally {
          yield* sleep(5);
          log.push('clean');
        }
      })(),
    );
    assert.is((yield* caught(task)).reason, 'me');
  });
  assert.equal(log, ['clean']);
});

test('task.cancel() of oneself is delivered at the next yield, whatever that is', () => {
  const log: unknown[] = [];
  const lock = new Lock();
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        (yield* currentTask()).cancel();
        log.push('up to the next yield');
        yield* lock.acquire();
        log.push('goes on');
      })(),
    );
    yield* caught(task);
  });
  assert.equal(log, ['up to the next yield']);
  assert.not(lock.locked);
});

test('a task may cancel itself in its own clean-up: that does not hang', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          yield* sleep(Infinity);
        } finally {
          yield* cancel(yield* currentTask());
          log.push('the clean-up goes on');
        }
      })(),
    );
    yield* sleep(1);
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
  });
  assert.equal(log, ['the clean-up goes on']);
});

test('a child may cancel its parent: both clean up', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const parent = yield* spawn(
      (function* () {
        const me = yield* currentTask();
        yield* spawn(
          (function* () {
            try {
              yield* sleep(5);
              yield* cancel(me, 'by the child');
              log.push('child goes on');
            } finally {
              yield* sleep(5);
              log.push('child is clean');
            }
          })(),
        );
        yield* lasting(log, 'parent', 20);
      })(),
    );
    assert.is((yield* caught(parent)).reason, 'by the child');
    assert.is(yield* now(), 30);
  });
  assert.equal(log, ['parent cleans up', 'parent is clean', 'child is clean']);
});

test('of two tasks that cancel each other the first one wins', () => {
  virtually(function* () {
    const tasks: Task[] = [];
    for (const i of [0, 1])
      tasks.push(
        (yield* spawn(
          (function* () {
            yield* sleep(5);
            yield* cancel(tasks[1 - i]!);
          })(),
        )) as Task,
      );
    yield* sleep(50);
    assert.equal(
      tasks.map(({ state }) => state),
      ['succeeded', 'cancelled'],
    );
  });
});

test('two tasks that cancel each other in their clean-ups wait for each other: a deadlock that is reported', () => {
  const tasks: Task[] = [];
  const error = thrown(() =>
    virtually(function* () {
      for (const i of [0, 1])
        tasks.push(
          (yield* spawn(
            (function* () {
              try {
                yield* sleep(Infinity);
              } finally {
                yield* cancel(tasks[1 - i]!);
              }
            })(),
          )) as Task,
        );
      yield* sleep(1);
      yield* cancel(tasks[0]!);
    }),
  );
  assert.instance(error, DeadlockError);
});

test('one who is cancelled while it cancels leaves the cancelled task to its clean-up', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(lasting(log, 'task', 50));
    yield* sleep(1);
    const canceller = yield* spawn(
      (function* () {
        yield* cancel(task);
        log.push('canceller goes on');
      })(),
    );
    yield* sleep(10);
    yield* cancel(canceller);
    assert.is(yield* now(), 11);
    assert.not(task.done);
    yield* caught(task);
    assert.is(yield* now(), 51);
  });
  assert.equal(log, ['task cleans up', 'task is clean']);
});

test('what is cancelled after its result is set keeps the result', () => {
  virtually(function* () {
    const task = yield* spawn(after(5, 'result'));
    yield* sleep(6);
    task.cancel();
    assert.is(yield* task, 'result');
  });
});

const waits: Record<string, (loop: EventLoop) => Awaitable<unknown>> = {
  'a timer': () => sleep(1000),
  'a turn': () => turns(1000),
  'a queue to fill': () => new Queue().get(),
  'a queue to empty': () => {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    return queue.put(2);
  },
  'a lock': () => {
    const lock = new Lock();
    return coroutine(function* () {
      yield* lock.acquire();
      yield* lock.acquire();
    })();
  },
  'an event': () => new Event().wait(),
  'a future': (loop) => loop.createFuture(),
  'a promise': () => new Promise(() => {}),
  fromPromise: () => fromPromise(() => new Promise(() => {})),
  'a callback': () => suspend(() => {}),
  'another task': (loop) => join(loop.createTask(sleep(1000))),
};
for (const [name, wait] of Object.entries(waits)) {
  test(`ends a wait for ${name}, and what the wait was for does not disturb the clean-up`, async () => {
    const log: unknown[] = [];
    const it = virtualLoop();
    const task = it.createTask(
      (function* () {
        try {
          yield wait(it);
          log.push('goes on');
        } catch (error) {
          log.push(error);
        } finally {
          yield* sleep(2000);
          log.push('clean');
        }
      })(),
    );
    const end = it.runUntilComplete(
      (function* () {
        yield* turns(3);
        assert.is(task.state, name === 'a turn' ? 'ready' : 'waiting');
        assert.is(yield* cancel(task), true);
        return yield* now();
      })(),
    );
    assert.is(await end, 2000);
    assert.equal(log, ['clean']);
  });
}

test('a return in a finally does not swallow it', () => {
  virtually(function* () {
    const task = yield* spawn(
      (function* (): Coroutine<string> {
        try {
          yield* sleep(Infinity);
        } finally {
          return 'swallowed';
        }
      })(),
    );
    yield* sleep(1);
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
  });
});

test('an endless loop whose finally continues it is still closed', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        for (let i = 0; i < 3; i++) {
          try {
            yield* sleep(10);
          } finally {
            log.push(i);
            continue;
          }
        }
      })(),
    );
    yield* sleep(1);
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
  });
  assert.is(log[0], 0);
});

test('an error of an inner clean-up is kept, and the outer frames still close', () => {
  const [inner, outer] = [new Error('inner'), new Error('outer')];
  const log: unknown[] = [];
  const work = coroutine('work', function* () {
    try {
      yield* sleep(Infinity);
    } finally {
      throw inner;
    }
  });
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          yield* work();
          log.push('goes on');
        } catch {
          log.push('catches');
        } finally {
          log.push('outer frame closes');
          throw outer;
        }
      })(),
    );
    yield* sleep(1);
    const error = yield* caught(cancel(task));
    assert.instance(error, AggregateError);
    same(error.errors, [inner, outer]);
  });
  assert.equal(log, ['outer frame closes']);
});

test('a main that was cancelled rejects with a CancelledError and the reason', async () => {
  const task = run(sleep(Infinity), { clock: new VirtualClock() });
  task.cancel('stop');
  const error = await rejection(task);
  assert.instance(error, CancelledError);
  assert.is(error.reason, 'stop');
});

for (const wrong of [undefined, null, 5, 'text', {}, (function* () {})(), Promise.resolve(), sleep(1)]) {
  test(`cancel(${String(wrong)}) is a TypeError at the call that says it takes a task`, () =>
    refuses(() => cancel(wrong as never), /cancel/, /task/));
}

test.run();
