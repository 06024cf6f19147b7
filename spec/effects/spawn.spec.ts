import {
  all,
  cancel,
  CancelledError,
  coroutine,
  currentTask,
  join,
  now,
  run,
  sleep,
  spawn,
  Task,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, rejection, thrown } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { after, failing, lasting, turns } from '../support/work.ts';

const test = suite('spawn');

test('gives the task at once and never starts it inline', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        log.push('child');
      })(),
    );
    assert.instance(task, Task);
    assert.is(task.state, 'ready');
    log.push('main');
    yield* join(task);
  });
  assert.equal(log, ['main', 'child']);
});

test('tasks start in the order in which they were spawned, behind what was ready', () => {
  const log: string[] = [];
  virtually(function* () {
    const say = function* (name: string): Coroutine<void> {
      log.push(name);
    };
    yield* spawn(
      (function* () {
        log.push('a');
        yield* spawn(say('a.1'));
      })(),
    );
    yield* spawn(say('b'));
    yield* spawn(say('c'));
  });
  assert.equal(log, ['a', 'b', 'c', 'a.1']);
});

test('a task has the name it is given, or that of its coroutine; its parent and children are known', () => {
  virtually(function* () {
    const me = yield* currentTask();
    const a = yield* spawn(sleep(1), { name: 'a' });
    const b = yield* spawn(after(1, 'x'));
    assert.equal([a.name, b.name], ['a', 'after']);
    assert.equal([a.parent, b.parent], [me, me]);
    assert.equal(me.children, [a, b]);
    yield* all([a, b]);
    assert.equal(me.children, []);
    assert.ok(a.id !== b.id && a.id > me.id);
  });
});

test('it prints as what it is doing', () => {
  virtually(function* () {
    const slow = yield* spawn(sleep(3000), { name: 'slow' });
    yield* yieldNow();
    assert.is(`${slow}`, `<Task #${slow.id} slow waiting on sleep(3000)>`);
    const value = yield* spawn(after(1, 'value'), { name: 'n1' });
    yield* join(value);
    assert.is(String(value), `<Task #${value.id} n1 succeeded: 'value'>`);
  });
});

test('a task is not over until its children are', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const parent = yield* spawn(
      (function* () {
        yield* spawn(
          (function* () {
            yield* sleep(50);
            log.push('child is over');
          })(),
        );
        log.push('body is over');
        return 'result';
      })(),
    );
    log.push(yield* join(parent), yield* now());
  });
  assert.equal(log, ['body is over', 'child is over', 'result', 50]);
});

test('a daemon is cancelled when its owner ends, and has cleaned up before the owner is over', () => {
  const log: unknown[] = [];
  virtually(function* () {
    yield* spawn(lasting(log, 'daemon', 30), { daemon: true });
    yield* sleep(5);
    log.push('main ends');
  });
  assert.equal(log, ['main ends', 'daemon cleans up', 'daemon is clean']);
});

test('a daemon serves as long as other children of its owner work', () => {
  const ticks: number[] = [];
  virtually(function* () {
    yield* spawn(
      (function* () {
        for (;;) {
          yield* sleep(10);
          ticks.push(yield* now());
        }
      })(),
      { daemon: true },
    );
    yield* spawn(sleep(35));
  });
  assert.equal(ticks, [10, 20, 30]);
});

test('a detached task outlives the one that spawned it, and is cancelled when main ends', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const spawner = yield* spawn(
      (function* () {
        return [yield* spawn(lasting(log, 'detached'), { detached: true })];
      })(),
    );
    const [detached] = yield* join(spawner);
    assert.is(yield* now(), 0);
    assert.is(detached!.state, 'waiting');
    yield* sleep(100);
    log.push('main ends');
  });
  assert.equal(log, ['main ends', 'detached cleans up', 'detached is clean']);
});

test('a failure that nobody joined makes the owner fail when it ends', () => {
  const error = new Error('unseen');
  const log: string[] = [];
  assert.is(
    thrown(() =>
      virtually(function* () {
        yield* spawn(failing(1, error));
        yield* sleep(100);
        log.push('main goes on');
      }),
    ),
    error,
  );
  assert.equal(log, ['main goes on']);
});

test('a failure that was joined and caught is dealt with', () => {
  assert.is(
    virtually(function* () {
      const child = yield* spawn(failing(1, new Error('seen')));
      yield* caught(join(child));
      return 'fine';
    }),
    'fine',
  );
});

test('several failures that nobody joined are thrown together', () => {
  const error = thrown(() =>
    virtually(function* () {
      yield* spawn(failing(1, new Error('a')));
      yield* spawn(failing(2, new Error('b')));
    }),
  );
  assert.instance(error, AggregateError);
  assert.equal(
    error.errors.map((one: Error) => one.message),
    ['a', 'b'],
  );
});

test('an owner that fails cancels its children and waits for their clean-up', () => {
  const log: unknown[] = [];
  const error = new Error('owner');
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(lasting(log, 'child', 30));
        yield* yieldNow();
        throw error;
      })(),
    );
    assert.is(yield* caught(join(owner)), error);
    assert.is(yield* now(), 30);
  });
  assert.equal(log, ['child cleans up', 'child is clean']);
});

test('an owner that is cancelled cancels its children and waits for their clean-up, and for theirs', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const owner = yield* spawn(
      (function* () {
        yield* spawn(
          (function* () {
            yield* spawn(lasting(log, 'grandchild', 30));
            yield* lasting(log, 'child', 10);
          })(),
        );
        yield* sleep(Infinity);
      })(),
    );
    yield* sleep(1);
    yield* cancel(owner);
    assert.is(owner.state, 'cancelled');
  });
  assert.equal(log, ['child cleans up', 'child is clean', 'grandchild cleans up', 'grandchild is clean']);
});

test('a child that was cancelled before its first step runs nothing, and its owner does not mind', () => {
  let ran = false;
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        ran = true;
      })(),
    );
    child.cancel('never mind');
    const error = yield* caught(child);
    assert.instance(error, CancelledError);
    assert.is(error.reason, 'never mind');
  });
  assert.not(ran);
});

test('whatever is awaitable can be spawned', async () => {
  const results = await run(
    (function* () {
      const tasks = [
        yield* spawn(after(1, 'effect')),
        yield* spawn(
          (function* () {
            return 'generator';
          })(),
        ),
        yield* spawn(Promise.resolve('promise')),
        yield* spawn(yield* spawn(after(2, 'task'))),
      ];
      return yield* all(tasks);
    })(),
    { clock: new VirtualClock() },
  );
  assert.equal(results, ['effect', 'generator', 'promise', 'task']);
});

test('spawned in a clean-up, a child still runs and is waited for', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          yield* sleep(Infinity);
        } finally {
          const child = yield* spawn(after(20, 'child of the clean-up'));
          log.push(yield* join(child));
        }
      })(),
    );
    yield* sleep(1);
    yield* cancel(task);
  });
  assert.equal(log, ['child of the clean-up']);
});

test('a thousand children end, and leave nothing behind', () => {
  virtually(function* () {
    const me = yield* currentTask();
    for (let i = 0; i < 1000; i++) yield* spawn(turns(i % 7));
    yield* sleep(1);
    assert.equal(me.children, []);
  });
});

test('the error has the path of tasks it crossed', () => {
  const page = coroutine('page', function* () {
    yield* sleep(1);
    throw new Error('no page');
  });
  const error = thrown(() =>
    virtually(function* () {
      yield* join(yield* spawn(page()));
    }),
  );
  assert.match(error.stack, /no page[^]*page[^]*spawned by main/);
});

for (const wrong of [undefined, null, 5, 'text', {}, [], function* work() {}]) {
  const name =
    typeof wrong === 'function' ? 'a function that was not called'
    : Array.isArray(wrong) ? '[]'
    : String(wrong);
  test(`spawn(${name}) is a TypeError at the call that says what it takes`, () =>
    refuses(() => spawn(wrong as never), /spawn/));
}

test('a promise that is rejected makes the task fail', async () => {
  const error = new Error('no');
  assert.is(
    await rejection(
      run(
        (function* () {
          yield* join(yield* spawn(Promise.reject(error)));
        })(),
      ),
    ),
    error,
  );
});

test.run();
