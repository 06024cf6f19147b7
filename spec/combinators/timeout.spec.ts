import { all, cancel, EventLoop, join, now, Queue, sleep, spawn, timeout, TimeoutError, yieldNow } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';
import { after, breaking, failing, lasting, turns } from '../support/work.ts';

const test = suite('timeout');

test('gives the result of work that is quick enough', () => {
  virtually(function* () {
    assert.is(yield* timeout(20, after(10, 'result')), 'result');
    assert.is(yield* now(), 10);
  });
});

test('throws the error of work that fails in time', () => {
  const error = new Error('no');
  virtually(function* () {
    assert.is(yield* caught(timeout(20, failing(10, error))), error);
  });
});

test('throws a TimeoutError after the work was cancelled and has cleaned up', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const error = yield* caught(timeout(10, lasting(log, 'work', 50)));
    assert.instance(error, TimeoutError);
    assert.is(error.name, 'TimeoutError');
    assert.match(error.message, /10 ms/);
    assert.is(yield* now(), 60);
  });
  assert.equal(log, ['work cleans up', 'work is clean']);
});

test('the message names the work', () => {
  virtually(function* () {
    assert.match((yield* caught(timeout(10, sleep(20)))).message, /sleep\(20\)/);
  });
});

test('the error of a clean-up is thrown instead of the TimeoutError', () => {
  const error = new Error('clean-up');
  virtually(function* () {
    assert.is(yield* caught(timeout(10, breaking(error))), error);
  });
});

test('a limit that did not expire takes no time at the end', async () => {
  const clock = new VirtualClock();
  const loop = new EventLoop({ clock });
  assert.is(await loop.runUntilComplete(timeout(1e6, after(5, 'x'))), 'x');
  assert.is(clock.now(), 5);
});

test('timeout(0) lets the work run to its first suspension: what needs none succeeds', () => {
  const log: unknown[] = [];
  virtually(function* () {
    assert.is(
      yield* timeout(
        0,
        (function* () {
          log.push('runs');
          yield* now();
          return 'result';
        })(),
      ),
      'result',
    );
    assert.instance(
      yield* caught(
        timeout(
          0,
          (function* () {
            log.push('begins');
            yield* sleep(1);
            log.push('goes on');
          })(),
        ),
      ),
      TimeoutError,
    );
    assert.instance(yield* caught(timeout(0, sleep(Infinity))), TimeoutError);
    assert.is(yield* now(), 0);
  });
  assert.equal(log, ['runs', 'begins']);
});

test('timeout(0) takes an item that is there, and leaves one that is not', () => {
  virtually(function* () {
    const queue = new Queue<string>();
    queue.putNowait('item');
    assert.is(yield* timeout(0, queue.get()), 'item');
    assert.instance(yield* caught(timeout(0, queue.get())), TimeoutError);
    queue.putNowait('next');
    assert.is(queue.size, 1);
  });
});

test('timeout(Infinity) never expires', () => {
  virtually(function* () {
    assert.is(yield* timeout(Infinity, after(1e12, 'result')), 'result');
    assert.is(yield* now(), 1e12);
  });
});

test('of nested limits only the one that expired turns into a TimeoutError: the inner one', () => {
  virtually(function* () {
    const log: unknown[] = [];
    assert.is(
      yield* timeout(
        100,
        (function* () {
          const error = yield* caught(timeout(10, sleep(50)));
          log.push(error instanceof TimeoutError, yield* now());
          return yield* after(20, 'goes on');
        })(),
      ),
      'goes on',
    );
    assert.equal(log, [true, 10]);
  });
});

test('of nested limits only the one that expired turns into a TimeoutError: the outer one', () => {
  virtually(function* () {
    const log: unknown[] = [];
    const error = yield* caught(
      timeout(
        10,
        (function* () {
          try {
            yield* timeout(100, lasting(log, 'work', 20));
          } catch (error) {
            log.push(error);
          } finally {
            log.push('between');
          }
        })(),
      ),
    );
    assert.instance(error, TimeoutError);
    assert.match(error.message, /10 ms/);
    assert.equal(log, ['work cleans up', 'work is clean', 'between']);
    assert.is(yield* now(), 30);
  });
});

test('of equal nested limits the outer one, which was set first, expires', () => {
  virtually(function* () {
    const log: unknown[] = [];
    assert.instance(
      yield* caught(
        timeout(
          10,
          (function* () {
            log.push(yield* caught(timeout(10, lasting(log, 'work', 5))));
          })(),
        ),
      ),
      TimeoutError,
    );
    assert.equal(log, ['work cleans up', 'work is clean']);
  });
});

test('the inner limit expires while the outer one cancels: the clean-up is whole', () => {
  virtually(function* () {
    const log: unknown[] = [];
    assert.instance(yield* caught(timeout(10, timeout(15, lasting(log, 'work', 20)))), TimeoutError);
    assert.equal(log, ['work cleans up', 'work is clean']);
    assert.is(yield* now(), 30);
  });
});

test('the outer limit expires while the inner one cancels: the clean-up is whole, and one of the two says so', () => {
  virtually(function* () {
    const log: unknown[] = [];
    const error = yield* caught(timeout(15, timeout(10, lasting(log, 'work', 20))));
    assert.instance(error, TimeoutError);
    assert.equal(log, ['work cleans up', 'work is clean']);
    assert.is(yield* now(), 30);
  });
});

test('a TimeoutError of the work itself is not that of the limit', () => {
  const error = new TimeoutError('own');
  virtually(function* () {
    assert.is(yield* caught(timeout(20, failing(10, error))), error);
  });
});

test('work that is over when the limit expires has its result, in the same millisecond, too', () => {
  virtually(function* () {
    const task = yield* spawn(after(10, 'result'));
    yield* sleep(10);
    yield* yieldNow();
    assert.is(yield* timeout(0, task), 'result');
    assert.is(yield* timeout(0, join(task)), 'result');
  });
});

test('work that takes exactly as long as its limit: the limit was set first, and expires', () => {
  virtually(function* () {
    assert.instance(yield* caught(timeout(10, sleep(10))), TimeoutError);
  });
});

test('no item is lost when the limit and the item come in the same turn, whichever is first', () => {
  for (const first of ['item', 'limit']) {
    virtually(function* () {
      const queue = new Queue<string>();
      const produce = function* () {
        yield* sleep(10);
        queue.putNowait('item');
      };
      if (first === 'item') yield* spawn(produce());
      yield* yieldNow();
      const taking = yield* spawn(
        (function* () {
          try {
            return yield* timeout(10, queue.get());
          } catch (error) {
            assert.instance(error, TimeoutError);
            return undefined;
          }
        })(),
      );
      yield* turns(2);
      if (first === 'limit') yield* spawn(produce());
      const taken = yield* taking;
      yield* sleep(1);
      assert.is((taken === undefined ? 0 : 1) + queue.size, 1, first);
    });
  }
});

test('a task, future or promise is only waited for, and goes on', async () => {
  const loop = virtualLoop();
  const future = loop.createFuture<string>();
  await loop.runUntilComplete(
    (function* () {
      const task = yield* spawn(after(100, 'task'));
      for (const work of [task, future, join(task)]) assert.instance(yield* caught(timeout(10, work)), TimeoutError);
      assert.equal([task.state, future.state], ['waiting', 'waiting']);
      future.setResult('future');
      assert.equal(
        [yield* timeout(1000, task), yield* timeout(1000, future), yield* timeout(1000, Promise.resolve('promise'))],
        ['task', 'future', 'promise'],
      );
    })(),
  );
});

test('a cancelled task inside is no time-out', () => {
  virtually(function* () {
    const task = yield* spawn(sleep(Infinity));
    const waiting = yield* spawn(caught(timeout(100, task)));
    yield* sleep(1);
    yield* cancel(task, 'gone');
    assert.is((yield* waiting).reason, 'gone');
  });
});

test('a limit over several, and a limit for each', () => {
  virtually(function* () {
    assert.equal(yield* timeout(50, all([timeout(20, after(10, 'a')), timeout(30, after(20, 'b'))])), ['a', 'b']);
  });
});

test('cancelled while the expired work cleans up, the clean-up is whole and nothing goes on after the next yield', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        yield* timeout(10, lasting(log, 'work', 50));
        log.push('goes on');
      })(),
    );
    yield* sleep(20);
    task.cancel();
    yield* caught(task);
    assert.is(yield* now(), 60);
  });
  assert.equal(log, ['work cleans up', 'work is clean']);
});

for (const ms of [NaN, undefined, null, '5', {}]) {
  test(`timeout(${String(ms)}, ...) is a TypeError at the call`, () => {
    refuses(() => timeout(ms as never, sleep(1)), /timeout/, /milliseconds/);
    assert.throws(
      () => timeout(ms as never, sleep(1)),
      (error: unknown) => error instanceof TypeError,
    );
  });
}
test('timeout(-1, ...) is a RangeError at the call', () =>
  assert.throws(
    () => timeout(-1, sleep(1)),
    (error: unknown) => error instanceof RangeError && /-1/.test(error.message),
  ));
for (const [name, wrong] of [
  ['undefined', undefined],
  ['5', 5],
  ['a function that was not called', function* work() {}],
  ['an array', [sleep(1)]],
] as const) {
  test(`timeout(5, ${name}) is a TypeError at the call that says what it takes`, () =>
    refuses(() => timeout(5, wrong as never), /timeout/));
}
test('arguments in the wrong order are an error at the call', () =>
  refuses(() => (timeout as (...args: unknown[]) => unknown)(sleep(1), 5), /timeout/, /milliseconds/));

test('prints as it was written', () => assert.is(String(timeout(5, sleep(10))), 'timeout(5, sleep(10))'));

test.run();
