import {
  cancel,
  EventLoop,
  fromCallback,
  fromPromise,
  now,
  run,
  sleep,
  spawn,
  timeout,
  TimeoutError,
  toPromise,
  yieldNow,
} from 'treadle';
import type { Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, rejection, thrown } from '../support/errors.ts';
import { delay, eventually } from '../support/host.ts';
import { virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('promises and callbacks');

test('fromPromise gives the value, a rejection is thrown', async () => {
  const error = new Error('no');
  await run(
    (function* () {
      assert.is(yield* fromPromise(delay(2, 'value')), 'value');
      assert.is(yield* fromPromise(() => delay(2, 'value')), 'value');
      assert.is(yield* caught(fromPromise(Promise.reject(error))), error);
      assert.is(yield* caught(fromPromise(() => Promise.reject(error))), error);
    })(),
  );
});

test('a bare yield of a promise, and a promise in call, are the same', async () => {
  await run(
    (function* (): Coroutine<void> {
      assert.is(yield delay(2, 'value'), 'value');
      assert.is(yield* caught(Promise.reject('no')), 'no');
    })(),
  );
});

test('thenables that are no promises do, also one that answers at once, twice, or throws', async () => {
  const thenable = (then: (resolve: (value: string) => void, reject: (error: unknown) => void) => void) =>
    ({ then }) as never as PromiseLike<string>;
  await run(
    (function* () {
      assert.is(yield* fromPromise(thenable((resolve) => resolve('at once'))), 'at once');
      assert.is(
        yield* fromPromise(
          thenable((resolve, reject) => {
            resolve('first');
            reject('second');
            resolve('third');
          }),
        ),
        'first',
      );
      assert.is(
        yield* caught(
          fromPromise(
            thenable(() => {
              throw 'broken';
            }),
          ),
        ),
        'broken',
      );
      assert.is(yield* fromPromise(thenable((resolve) => setTimeout(resolve, 1, 'late'))), 'late');
    })(),
  );
});

test('the function is called when it is yielded, each time', async () => {
  let calls = 0;
  const effect = fromPromise(() => Promise.resolve(++calls));
  assert.is(calls, 0);
  await run(
    (function* () {
      assert.equal([yield* effect, yield* effect], [1, 2]);
    })(),
  );
});

test('the function gets a signal that is aborted when the wait is cancelled, once', async () => {
  const log: unknown[] = [];
  await run(
    (function* () {
      const task = yield* spawn(
        fromPromise((signal) => {
          signal.addEventListener('abort', () => log.push('aborted'));
          return new Promise(() => {});
        }),
      );
      yield* sleep(2);
      assert.equal(log, []);
      yield* cancel(task);
      assert.equal(log, ['aborted']);
      yield* sleep(2);
    })(),
  );
  assert.equal(log, ['aborted']);
});

test('the signal is not aborted when the promise is settled', async () => {
  let signal: AbortSignal | undefined;
  await run(
    fromPromise((s) => {
      signal = s;
      return delay(2, 'x');
    }),
  );
  await delay(2);
  assert.is(signal?.aborted, false);
});

test('a promise that rejects because it was aborted disturbs nobody', async () => {
  await run(
    (function* () {
      const task = yield* spawn(
        fromPromise(
          (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
        ),
      );
      yield* sleep(2);
      yield* cancel(task);
      assert.is(task.state, 'cancelled');
      yield* sleep(5);
    })(),
  );
});

test('a promise itself is left alone by cancellation, and may be waited for again', async () => {
  await run(
    (function* () {
      const promise = delay(20, 'value');
      const error = yield* caught(timeout(2, fromPromise(promise)));
      assert.instance(error, TimeoutError);
      assert.is(yield* fromPromise(promise), 'value');
    })(),
  );
});

test('what the function throws is thrown at the yield', async () => {
  const error = new Error('no');
  await run(
    (function* () {
      assert.is(
        yield* caught(
          fromPromise(() => {
            throw error;
          }),
        ),
        error,
      );
    })(),
  );
});

test('after a function that threw, or a thenable that did, a virtual clock goes on', async () => {
  const thenable = {
    then: () => {
      throw new Error('no');
    },
  } as never as PromiseLike<void>;
  const time = await Promise.race([
    delay(200, 'time stands still'),
    run(
      (function* () {
        yield* caught(
          fromPromise(() => {
            throw new Error('no');
          }),
        );
        yield* caught(thenable);
        yield* sleep(1000);
        return yield* now();
      })(),
      { clock: new VirtualClock() },
    ),
  ]);
  assert.is(time, 1000);
});

test('a function that returns no promise is a TypeError that says so', async () => {
  await run(
    (function* () {
      const error = yield* caught(fromPromise((() => 5) as never));
      assert.instance(error, TypeError);
      assert.match(error.message, /fromPromise/);
      assert.match(error.message, /5/);
    })(),
  );
});

test('on a virtual clock time stands still until the promise is settled', async () => {
  const time = await run(
    (function* () {
      yield* fromPromise(delay(10, 'x'));
      const before = yield* now();
      yield* sleep(1000);
      return [before, yield* now()];
    })(),
    { clock: new VirtualClock() },
  );
  assert.equal(time, [0, 1000]);
});

test('under runSync a promise is an error that says so, and the function is not called', () => {
  let called = false;
  const error = thrown(() =>
    virtually(function* () {
      yield* fromPromise(() => {
        called = true;
        return delay(2, 1);
      });
    }),
  );
  assert.match(error.message, /runSync/);
  assert.not(called);
  assert.match(
    thrown(() =>
      virtually(function* () {
        yield delay(2, 1);
      }),
    ).message,
    /runSync/,
  );
});

for (const [what, wrong] of [
  ['undefined', undefined],
  ['5', 5],
  ['{}', {}],
  ['an effect', sleep(1)],
] as const) {
  test(`fromPromise(${what}) is a TypeError at the call that says what it takes`, () =>
    refuses(() => fromPromise(wrong as never), /fromPromise/, /promise/));
}

// ---- callbacks

test('fromCallback gives the value, an error is thrown', async () => {
  await run(
    (function* () {
      assert.is(yield* fromCallback<string>((callback) => setTimeout(callback, 2, null, 'value')), 'value');
      assert.is(yield* fromCallback<string>((callback) => callback(undefined, 'at once')), 'at once');
      assert.is(yield* caught(fromCallback((callback) => setTimeout(callback, 2, 'no'))), 'no');
      assert.is(yield* caught(fromCallback((callback) => callback('at once', undefined))), 'at once');
    })(),
  );
});

test('fromCallback: falsy errors other than null and undefined are errors', () => {
  virtually(function* () {
    for (const error of [0, '', false])
      assert.is(yield* caught(fromCallback((callback) => callback(error, undefined))), error);
  });
});

test('fromCallback: a function that is returned is the clean-up; anything else is ignored', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const tasks = [
      yield* spawn(fromCallback(() => () => log.push('undone'))),
      yield* spawn(fromCallback(() => ({ not: 'a function' }))),
    ];
    yield* turns(2);
    for (const task of tasks) yield* cancel(task);
    yield* fromCallback((callback) => {
      callback(null, undefined);
      return () => log.push('never');
    });
  });
  assert.equal(log, ['undone']);
});

test('fromCallback: only the first call counts, a late one is ignored, a throw is thrown', () => {
  virtually(function* () {
    assert.is(
      yield* fromCallback<number>((callback) => {
        callback(null, 1);
        callback(null, 2);
        callback('no', 3);
      }),
      1,
    );
    let call!: (error: unknown, value: void) => void;
    const task = yield* spawn(
      fromCallback((callback) => {
        call = callback;
      }),
    );
    yield* yieldNow();
    yield* cancel(task);
    call('late', undefined);
    assert.is(task.state, 'cancelled');
    assert.is(
      yield* caught(
        fromCallback(() => {
          throw 'cannot';
        }),
      ),
      'cannot',
    );
  });
});

for (const wrong of [undefined, 5, {}, Promise.resolve()]) {
  test(`fromCallback(${String(wrong)}) is a TypeError at the call that says what it takes`, () =>
    refuses(() => fromCallback(wrong as never), /fromCallback/, /function/));
}

// ---- toPromise, and awaiting a task

test('toPromise is a native promise of the outcome', async () => {
  const error = new Error('no');
  const good = toPromise(run(sleep(1)));
  assert.instance(good, Promise);
  assert.is(await good, undefined);
  assert.is(
    await rejection(
      toPromise(
        run(
          (function* () {
            throw error;
          })(),
        ),
      ),
    ),
    error,
  );
  const task = run(sleep(Infinity));
  task.cancel('why');
  assert.is((await rejection(toPromise(task))).reason, 'why');
});

test('a task that is over can still be awaited, at any time, on either clock', async () => {
  for (const options of [{}, { clock: new VirtualClock() }]) {
    const task = run(
      (function* () {
        return 'value';
      })(),
      options,
    );
    await eventually(() => task.done);
    assert.is(task.state, 'succeeded');
    const late = Promise.race([task.then((value) => value), delay(200, 'never told')]);
    assert.is(await late, 'value');
  }
});

test('a main that is over in its first step can be awaited, on either clock', async () => {
  for (const options of [{}, { clock: new VirtualClock() }]) {
    assert.is(
      await Promise.race([
        run(
          (function* () {
            return 'value';
          })(),
          options,
        ),
        delay(200, 'never told'),
      ]),
      'value',
    );
  }
});

test('a main that fails in its first step and is awaited is no unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const listen = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', listen);
  try {
    const error = new Error('at once');
    for (const options of [{}, { clock: new VirtualClock() }]) {
      assert.is(
        await Promise.race([
          rejection(
            run(
              (function* () {
                throw error;
              })(),
              options,
            ),
          ),
          delay(200, 'never told'),
        ]),
        error,
      );
    }
    await delay(20);
  } finally {
    process.off('unhandledRejection', listen);
  }
  assert.equal(unhandled, []);
});

test('Promise.all takes tasks', async () => {
  const loop = new EventLoop();
  const a = loop.createTask(
    (function* () {
      yield* sleep(2);
      return 'a';
    })(),
  );
  const b = loop.runUntilComplete(
    (function* () {
      yield* sleep(5);
      return 'b';
    })(),
  );
  assert.equal(await Promise.all([a, b, run(sleep(1))]), ['a', 'b', undefined]);
});

test.run();
