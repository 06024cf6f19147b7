// Futures: set once, from outside; those who wait, and their callbacks.
import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CancelledError, EventLoop, Future, InvalidStateError, join, run, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { rejection, thrown } from '../support/errors.ts';
import { hostTurns } from '../support/host.ts';
import { virtualLoop } from '../support/virtual.ts';

const test = suite('future');

test('waits, then has a result', () => {
  const it = virtualLoop().createFuture<number>();
  assert.instance(it, Future);
  assert.is(it.state, 'waiting');
  assert.is(it.done, false);
  assert.instance(
    thrown(() => it.result()),
    InvalidStateError,
  );
  assert.instance(
    thrown(() => it.error()),
    InvalidStateError,
  );
  it.setResult(42);
  assert.is(it.state, 'succeeded');
  assert.is(it.done, true);
  assert.is(it.result(), 42);
  assert.is(it.error(), undefined);
});

test('waits, then has an error, whatever it is', () => {
  for (const wrong of [new Error('wrong'), 'text', undefined, null, 0]) {
    const it = virtualLoop().createFuture<number>();
    it.setError(wrong);
    assert.is(it.state, 'failed');
    assert.is(
      thrown(() => it.result()),
      wrong,
    );
    assert.is(it.error(), wrong);
  }
});

test('waits, then is cancelled', () => {
  const it = virtualLoop().createFuture<number>();
  assert.is(it.cancel('why'), true);
  assert.is(it.state, 'cancelled');
  for (const error of [thrown(() => it.result()), it.error() as CancelledError]) {
    assert.instance(error, CancelledError);
    assert.is(error.reason, 'why');
  }
  assert.is(it.cancel('again'), false);
  assert.is((it.error() as CancelledError).reason, 'why');
});

test('is set once: afterwards it says so, and stays as it is', () => {
  const ends: ((it: Future<number>) => unknown)[] = [
    (it) => it.setResult(1),
    (it) => it.setError(new Error('x')),
    (it) => it.cancel(),
  ];
  for (const end of ends) {
    const it = virtualLoop().createFuture<number>();
    end(it);
    const { state } = it;
    assert.instance(
      thrown(() => it.setResult(2)),
      InvalidStateError,
    );
    assert.instance(
      thrown(() => it.setError(new Error('y'))),
      InvalidStateError,
    );
    assert.is(it.cancel(), false);
    assert.is(it.state, state);
  }
});

test('keeps a value that is a generator or a thenable as it is', async () => {
  const loop = virtualLoop();
  const generator = (function* () {
    yield 1;
  })();
  const promise = Promise.resolve(1);
  await loop.runUntilComplete(
    (function* () {
      for (const value of [generator, promise, sleep(1)]) {
        const it = loop.createFuture<unknown>();
        it.setResult(value);
        assert.is(yield* it, value);
        assert.is(it.result(), value);
      }
    })(),
  );
});

test('gives its result to all who wait, in the order in which they came, and to those who come later', async () => {
  const loop = virtualLoop();
  const it = loop.createFuture<number>();
  const log: string[] = [];
  await loop.runUntilComplete(
    (function* () {
      for (const name of ['a', 'b', 'c'])
        yield* spawn(
          (function* () {
            log.push(`${name}${yield* it}`);
          })(),
        );
      yield* sleep(1);
      assert.equal(log, []);
      it.setResult(1);
      assert.equal(log, [], 'nobody runs inside setResult');
      yield* yieldNow();
      assert.equal(log, ['a1', 'b1', 'c1']);
      assert.is(yield* it, 1);
      assert.is(yield* join(it), 1);
      assert.is((yield it) as unknown, 1);
    })(),
  );
});

test('throws its error into all who wait', async () => {
  const loop = virtualLoop();
  const it = loop.createFuture<number>();
  const wrong = new Error('wrong');
  await loop.runUntilComplete(
    (function* () {
      const waiters = [];
      for (let i = 0; i < 3; i++) {
        waiters.push(
          yield* spawn(
            (function* (): Coroutine<unknown> {
              try {
                yield* it;
              } catch (error) {
                return error;
              }
              return undefined;
            })(),
          ),
        );
      }
      yield* sleep(1);
      it.setError(wrong);
      for (const waiter of waiters) assert.is(yield* waiter, wrong);
    })(),
  );
});

test('that is cancelled throws a CancelledError into those who wait: they are not cancelled themselves', async () => {
  const loop = virtualLoop();
  const it = loop.createFuture<number>();
  await loop.runUntilComplete(
    (function* () {
      const waiter = yield* spawn(
        (function* (): Coroutine<unknown> {
          try {
            return yield* it;
          } catch (error) {
            yield* sleep(1);
            return error;
          }
        })(),
      );
      yield* sleep(1);
      it.cancel('why');
      const error = (yield* waiter) as CancelledError;
      assert.instance(error, CancelledError);
      assert.is(error.reason, 'why');
      assert.is(waiter.state, 'succeeded');
    })(),
  );
});

test('is left alone when one who waits is cancelled', async () => {
  const loop = virtualLoop();
  const it = loop.createFuture<number>();
  await loop.runUntilComplete(
    (function* () {
      const waiter = yield* spawn(join(it));
      yield* sleep(1);
      waiter.cancel();
      yield* sleep(1);
      assert.is(it.state, 'waiting');
      it.setResult(1);
    })(),
  );
});

test('that is set from outside wakes the loop', async () => {
  const loop = new EventLoop();
  const it = loop.createFuture<string>();
  setTimeout(() => it.setResult('outside'), 20);
  assert.is(await loop.runUntilComplete(it), 'outside');
});

// ---- callbacks, of futures and tasks alike

test('calls its callbacks in the order of registration, through the loop, with itself', async () => {
  const loop = virtualLoop();
  const it = loop.createFuture<number>();
  const log: unknown[] = [];
  it.addDoneCallback((me) => log.push(['first', me === it]));
  it.addDoneCallback(() => log.push('second'));
  await loop.runUntilComplete(
    (function* () {
      it.setResult(1);
      it.addDoneCallback(() => log.push('late'));
      log.push('not inside');
      yield* yieldNow();
      yield* yieldNow();
    })(),
  );
  assert.equal(log, ['not inside', ['first', true], 'second', 'late']);
});

test('serves joiners and callbacks in the order in which they came', async () => {
  const loop = virtualLoop();
  const it = loop.createFuture<number>();
  const log: string[] = [];
  await loop.runUntilComplete(
    (function* () {
      it.addDoneCallback(() => log.push('callback 1'));
      yield* spawn(
        (function* () {
          yield* it;
          log.push('joiner');
        })(),
      );
      yield* yieldNow();
      it.addDoneCallback(() => log.push('callback 2'));
      it.setResult(1);
      yield* sleep(1);
    })(),
  );
  assert.equal(log, ['callback 1', 'joiner', 'callback 2']);
});

test('calls a callback that comes late soon, not at once', async () => {
  const loop = virtualLoop();
  const it = loop.createFuture<number>();
  const log: string[] = [];
  await loop.runUntilComplete(
    (function* () {
      it.setResult(1);
      yield* sleep(10);
      it.addDoneCallback(() => log.push('callback'));
      log.push('after');
      yield* yieldNow();
      yield* yieldNow();
    })(),
  );
  assert.equal(log, ['after', 'callback']);
});

test('calls a callback as often as it was added, and takes all of them back by removeDoneCallback', async () => {
  const loop = virtualLoop();
  let calls = 0;
  const count = () => {
    calls++;
  };
  const it = loop.createFuture<number>();
  it.addDoneCallback(count);
  it.addDoneCallback(count);
  const other = loop.createFuture<number>();
  other.addDoneCallback(count);
  other.addDoneCallback(() => {
    calls += 100;
  });
  other.addDoneCallback(count);
  assert.is(other.removeDoneCallback(count), 2);
  assert.is(other.removeDoneCallback(count), 0);
  assert.is(
    other.removeDoneCallback(() => {}),
    0,
  );
  await loop.runUntilComplete(
    (function* () {
      it.setResult(1);
      other.setResult(1);
      yield* sleep(1);
    })(),
  );
  assert.is(calls, 102);
});

test('is safe when its callbacks change the list of callbacks while they are called', async () => {
  const loop = virtualLoop();
  const it = loop.createFuture<number>();
  const log: string[] = [];
  const self = () => {
    log.push('removes itself');
    it.removeDoneCallback(self);
    it.addDoneCallback(() => log.push('added meanwhile'));
  };
  const last = () => log.push('last');
  it.addDoneCallback(self);
  it.addDoneCallback(() => log.push('middle'));
  it.addDoneCallback(last);
  await loop.runUntilComplete(
    (function* () {
      it.setResult(1);
      yield* sleep(1);
    })(),
  );
  assert.equal(log, ['removes itself', 'middle', 'last', 'added meanwhile']);
});

test('calls the other callbacks when one throws, and the loop reports that', async () => {
  const reports: unknown[] = [];
  const loop = virtualLoop({ onError: (error) => reports.push(error) });
  const it = loop.createFuture<number>();
  const log: string[] = [];
  const oops = new Error('oops');
  it.addDoneCallback(() => log.push('before'));
  it.addDoneCallback(() => {
    throw oops;
  });
  it.addDoneCallback(() => log.push('after'));
  await loop.runUntilComplete(
    (function* () {
      it.setResult(1);
      yield* sleep(1);
      log.push('the loop goes on');
    })(),
  );
  assert.equal(log, ['before', 'after', 'the loop goes on']);
  assert.equal(reports, [oops]);
});

test('has no callback of a task called before the task is over with its children', async () => {
  const loop = virtualLoop();
  const log: string[] = [];
  await loop.runUntilComplete(
    (function* () {
      const task = yield* spawn(
        (function* () {
          yield* spawn(
            (function* () {
              yield* sleep(10);
              log.push('child');
            })(),
          );
          log.push('body');
          return 1;
        })(),
      );
      task.addDoneCallback((me) => log.push(`done ${me.result()}`));
      yield* sleep(20);
    })(),
  );
  assert.equal(log, ['body', 'child', 'done 1']);
});

test('calls the callbacks of a task whose program has ended', async () => {
  const task = run(
    (function* () {
      return 1;
    })(),
  );
  await task;
  await hostTurns();
  let called = 0;
  task.addDoneCallback(() => called++);
  await hostTurns();
  assert.is(called, 1);
});

test('prints its state', () => {
  const it = virtualLoop().createFuture<unknown>();
  assert.is(`${it}`, '<Future waiting>');
  it.setResult('text');
  assert.is(`${it}`, "<Future succeeded: 'text'>");
  assert.is(inspect(it), "<Future succeeded: 'text'>");
  const failed = virtualLoop().createFuture();
  failed.setError(new RangeError('wrong'));
  assert.is(`${failed}`, '<Future failed: RangeError: wrong>');
  const cancelled = virtualLoop().createFuture();
  cancelled.cancel('why');
  assert.is(`${cancelled}`, "<Future cancelled: 'why'>");
  assert.is(inspect({ in: [virtualLoop().createFuture()] }), '{ in: [ <Future waiting> ] }');
});

test('prints whatever its value is', () => {
  const hostile = {
    toString() {
      throw new Error('no');
    },
  };
  for (const value of [
    hostile,
    Object.create(null),
    Symbol('s'),
    1n,
    () => {},
    [1, [2]],
    { a: { b: 1 } },
    new Map(),
    undefined,
    null,
    new Proxy(
      {},
      {
        get() {
          throw new Error('no');
        },
      },
    ),
  ]) {
    const it = virtualLoop().createFuture<unknown>();
    it.setResult(value);
    assert.match(`${it}`, /^<Future succeeded: .+>$/s);
  }
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;
  const it = virtualLoop().createFuture<unknown>();
  it.setResult(circular);
  assert.match(`${it}`, /^<Future succeeded: .+>$/);
});

test('of a coroutine that fails rejects whoever awaits its task', async () => {
  const loop = virtualLoop();
  const it = loop.createFuture<number>();
  it.setError(new RangeError('wrong'));
  assert.instance(await rejection(loop.runUntilComplete(it)), RangeError);
});

test.run();
