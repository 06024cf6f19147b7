// Tasks: what they are, what their coroutines may yield, and how they look.
import nodeAssert from 'node:assert/strict';
import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  call,
  CancelledError,
  coroutine,
  currentTask,
  Event,
  EventLoop,
  fromPromise,
  InvalidStateError,
  join,
  Lock,
  now,
  Queue,
  run,
  runSync,
  sleep,
  spawn,
  Task,
  yieldNow,
} from 'treadle';
import type { Awaitable, Coroutine } from 'treadle';
import { rejection, thrown } from '../support/errors.ts';
import { delay, processorTime } from '../support/host.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';
import { after, breaking, failing, lasting } from '../support/work.ts';

const test = suite('task');

test('is queued by spawn, never started inline', () => {
  const log: string[] = [];
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        log.push('child');
      })(),
    );
    log.push('owner goes on');
    assert.is(child.state, 'ready');
    yield* now();
    log.push('and on');
    yield* yieldNow();
    log.push('after a turn');
  });
  assert.equal(log, ['owner goes on', 'and on', 'child', 'after a turn']);
});

test('runs nothing when a coroutine function is called', () => {
  let ran = false;
  const f = coroutine('f', function* () {
    ran = true;
  });
  const g = function* () {
    ran = true;
  };
  f();
  g();
  assert.is(ran, false);
});

test('goes from ready over running and waiting to succeeded', () => {
  const states: string[] = [];
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        const self = yield* currentTask();
        states.push(self.state);
        yield* sleep(10);
        states.push(self.state);
        return 'value';
      })(),
    );
    states.push(child.state);
    yield* sleep(5);
    states.push(child.state);
    assert.is(yield* child, 'value');
    states.push(child.state);
    assert.is(child.result(), 'value');
    assert.is(child.error(), undefined);
  });
  assert.equal(states, ['ready', 'running', 'waiting', 'running', 'succeeded']);
});

test('has no result before it is over', () => {
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        yield* sleep(1);
        return 1;
      })(),
    );
    assert.instance(
      thrown(() => child.result()),
      InvalidStateError,
    );
    assert.instance(
      thrown(() => child.error()),
      InvalidStateError,
    );
    assert.is(child.done, false);
    yield* child;
    assert.is(child.done, true);
  });
});

test('has an id, a name and an owner; children, as long as they are not over', () => {
  const page = coroutine('page', function* () {
    yield* sleep(5);
  });
  virtually(
    function* () {
      const main = yield* currentTask();
      assert.instance(main, Task);
      assert.is(main.id, 1);
      assert.is(main.name, 'the program');
      assert.is(main.parent, undefined);
      assert.equal(main.children, []);
      const a = yield* spawn(page());
      const b = yield* spawn(page(), { name: 'b' });
      const c = yield* spawn(
        (function* () {
          yield* sleep(10);
        })(),
      );
      assert.equal([a.id, b.id, c.id], [2, 3, 4]);
      assert.equal([a.name, b.name, c.name], ['page', 'b', 'task-4']);
      assert.ok([a, b, c].every((child) => child.parent === main));
      assert.equal(main.children, [a, b, c]);
      yield* a;
      yield* b;
      assert.equal(main.children, [c]);
      yield* c;
      assert.equal(main.children, []);
    },
    { name: 'the program' },
  );
});

test('is called main when run starts it, unless it was named', () => {
  assert.is(
    virtually(function* () {
      return (yield* currentTask()).name;
    }),
    'main',
  );
  assert.is(
    virtually(
      function* () {
        return (yield* currentTask()).name;
      },
      { name: 'mine' },
    ),
    'mine',
  );
});

test('says what it waits on', () => {
  virtually(function* () {
    const nap = sleep(10);
    const queue = new Queue<number>();
    const future = (yield* currentTask()).loop;
    assert.ok(future);
    const sleeper = yield* spawn(nap);
    const consumer = yield* spawn(queue.get());
    const joiner = yield* spawn(
      (function* () {
        yield sleeper;
      })(),
    );
    const owner = yield* spawn(
      (function* () {
        yield* spawn(sleep(5), { name: 'child' });
      })(),
    );
    assert.is(sleeper.waitingOn, undefined, 'it does not wait yet');
    yield* sleep(1);
    assert.is(sleeper.waitingOn, nap);
    assert.equal(consumer.waitingOn, queue.get());
    assert.is(joiner.waitingOn, sleeper);
    assert.equal(owner.waitingOn, owner.children);
    assert.is((yield* currentTask()).waitingOn, undefined, 'it runs');
    queue.putNowait(1);
    yield* sleep(20);
    assert.is(sleeper.waitingOn, undefined, 'it is over');
  });
});

// ---- how it looks

test('prints what it is doing, in every state', () => {
  virtually(function* () {
    yield* spawn(yieldNow());
    const slow = yield* spawn(sleep(3000), { name: 'slow' });
    assert.is(`${slow}`, '<Task #3 slow ready>');
    yield* yieldNow();
    assert.is(`${slow}`, '<Task #3 slow waiting on sleep(3000)>');
    const n1 = yield* spawn(
      (function* () {
        assert.is(`${yield* currentTask()}`, '<Task #4 n1 running>');
        return 'value';
      })(),
      { name: 'n1' },
    );
    yield* n1;
    assert.is(String(n1), "<Task #4 n1 succeeded: 'value'>");
    const failed = yield* spawn(
      (function* (): Coroutine<void> {
        throw new RangeError('too much');
      })(),
      { name: 'f' },
    );
    try {
      yield* failed;
    } catch {
      /* seen */
    }
    assert.is(`${failed}`, '<Task #5 f failed: RangeError: too much>');
    slow.cancel('no longer needed');
    assert.match(`${slow}`, /^<Task #3 slow ready, cancelling>$/);
    yield* yieldNow();
    assert.is(`${slow}`, "<Task #3 slow cancelled: 'no longer needed'>");
    const owner = yield* spawn(
      (function* () {
        yield* spawn(sleep(5));
      })(),
      { name: 'owner' },
    );
    yield* sleep(1);
    assert.is(`${owner}`, '<Task #6 owner waiting on its children>');
  });
});

test('prints the same in console.log and inside other things', () => {
  virtually(function* () {
    const slow = yield* spawn(sleep(10), { name: 'slow' });
    yield* yieldNow();
    const text = '<Task #2 slow waiting on sleep(10)>';
    assert.is(inspect(slow), text);
    assert.is(inspect([slow]), `[ ${text} ]`);
    assert.is(inspect({ a: { b: { c: { slow } } } }, { depth: 9 }).includes(text), true);
    const deep = yield* spawn(join(slow), { name: 'joiner' });
    yield* yieldNow();
    assert.match(inspect(deep), /^<Task #3 joiner waiting on join\(.*#2 slow/);
  });
});

test('prints on one short line, whatever it waits on or ended with', () => {
  virtually(function* () {
    const long = yield* spawn(
      (function* () {
        return 'x'.repeat(100_000);
      })(),
    );
    yield* long;
    assert.ok(`${long}`.length < 300, `${`${long}`.length}`);
    let last: Task<unknown> = yield* spawn(sleep(1));
    const first = last;
    for (let i = 0; i < 3000; i++) last = yield* spawn(join(last));
    yield* yieldNow();
    const took = processorTime();
    assert.ok(`${last}`.length < 300);
    assert.ok(took() < 100);
    yield* first;
  });
});

// ---- what may be yielded

test('may yield an effect, a coroutine, a task, a future, a promise or a thenable, by yield* or by a bare yield', async () => {
  const loop = new EventLoop();
  const got: unknown[] = [];
  await loop.runUntilComplete(
    (function* (): Coroutine<void> {
      const coroutine = function* (n: number) {
        yield* sleep(1);
        return n;
      };
      const child = yield* spawn(coroutine(3));
      const future = loop.createFuture<number>();
      loop.callLater(2, () => future.setResult(4));
      got.push(yield now());
      got.push(yield coroutine(2));
      got.push(yield* coroutine(2));
      got.push(yield child, yield* child);
      got.push(yield future, yield* future);
      got.push(yield Promise.resolve(5), yield* fromPromise(Promise.resolve(5)));
      got.push(
        yield {
          then: (resolve: (n: number) => void) => {
            resolve(6);
          },
        } as unknown as PromiseLike<number>,
      );
      got.push(
        yield {
          then: (resolve: (n: number) => void) => {
            setTimeout(resolve, 1, 7);
          },
        } as unknown as PromiseLike<number>,
      );
    })(),
  );
  assert.type(got.shift(), 'number');
  assert.equal(got, [2, 2, 3, 3, 4, 4, 5, 5, 6, 7]);
});

test('is thrown the rejection of a promise that it yields', async () => {
  const why = new RangeError('why');
  assert.is(
    await run(
      (function* (): Coroutine<unknown> {
        try {
          yield Promise.reject(why);
        } catch (error) {
          return error;
        }
        return undefined;
      })(),
    ),
    why,
  );
});

class Page {}

const strangers: [string, unknown, RegExp][] = [
  ['a number', 42, /42/],
  ['undefined', undefined, /undefined/],
  ['null', null, /null/],
  ['a string', 'text', /'text'/],
  ['a boolean', true, /true/],
  ['a bigint', 10n, /10/],
  ['a symbol', Symbol('mine'), /mine/],
  ['an object', { id: 1 }, /id: 1/],
  ['an array of effects', [sleep(1), sleep(2)], /sleep\(1\), sleep\(2\)/],
  ['a generator function that was not called', function* pages() {}, /pages.*call/],
  ['a coroutine function that was not called', coroutine('pages', function* () {}), /pages.*call/],
  ['an instance of a class', new Page(), /a Page/],
  ['a Response', new Response('x'), /a Response cannot be yielded; did you mean fromPromise\(\.\.\.\)\?/],
  ['a Map', new Map(), /a Map/],
  ['an object without a prototype', Object.create(null), /object/i],
  [
    'an object that throws when it is printed',
    {
      get then() {
        return undefined;
      },
      toString() {
        throw new Error('no');
      },
    },
    /./,
  ],
  ['an async generator', (async function* () {})(), /AsyncGenerator/],
  ['an iterator', [1][Symbol.iterator](), /Array Iterator/],
];

for (const [what, value, named] of strangers) {
  test(`that yields ${what} is thrown a TypeError there, which names it, and may catch it and go on`, () => {
    const error = virtually(function* (): Coroutine<Error> {
      let error;
      try {
        yield value as never;
      } catch (e) {
        error = e;
      }
      yield* sleep(1);
      return error as Error;
    });
    assert.instance(error, TypeError);
    assert.match(error.message, named);
    assert.match(error.message, /cannot be yielded/);
  });
}

test('that does not catch the TypeError of what it yielded fails with it', () => {
  assert.instance(
    thrown(() =>
      virtually(function* (): Coroutine<void> {
        yield 42 as never;
      }),
    ),
    TypeError,
  );
});

test('is refused what cannot be yielded as its work, too', () => {
  assert.instance(
    thrown(() => runSync(42 as never)),
    TypeError,
  );
  assert.instance(
    thrown(() =>
      virtually(function* () {
        yield* join(yield* spawn(undefined as never));
      }),
    ),
    TypeError,
  );
  assert.instance(
    thrown(() => runSync(function* () {} as never)),
    TypeError,
  );
});

test('takes a generator, an effect or a thenable that is RETURNED as a plain value', () => {
  const inner = (function* () {
    yield* sleep(1);
    return 'run';
  })();
  const thenable = {
    then() {
      throw new Error('must not be called');
    },
  };
  const promise = Promise.resolve(1);
  const nap = sleep(1);
  for (const value of [inner, thenable, promise, nap]) {
    const give = function* (): Coroutine<unknown> {
      yield* yieldNow();
      return value;
    };
    virtually(function* (): Coroutine<void> {
      assert.is(yield* join(yield* spawn(give())), value);
      assert.is(yield* call(give()), value);
      assert.is(yield give(), value);
      assert.is(yield* coroutine('give', give)(), value);
      assert.is(yield* give(), value);
    });
    assert.is(runSync(give()), value);
  }
  assert.equal(inner.next().done, false, 'it was not run');
});

test('answers an effect whose handler gives a generator or a thenable with that very value', () => {
  const queue = new Queue<unknown>();
  const generator = (function* () {
    yield 1;
  })();
  const promise = Promise.resolve(1);
  queue.putNowait(generator);
  queue.putNowait(promise);
  virtually(function* () {
    assert.is(yield* queue.get(), generator);
    assert.is(yield* queue.get(), promise);
    const getter = yield* spawn(queue.get());
    yield* yieldNow();
    queue.putNowait(generator);
    assert.is(yield* getter, generator);
  });
});

// ---- wrong turns

test('that joins itself is thrown an InvalidStateError there, in any way of joining', () => {
  virtually(function* () {
    const self = (yield* currentTask()) as Task;
    for (const wait of [join(self), self, call(self), call(join(self))]) {
      let error: unknown;
      try {
        yield wait as Awaitable<unknown>;
      } catch (e) {
        error = e;
      }
      assert.instance(error, InvalidStateError);
      assert.match((error as Error).message, /main.*itself/);
    }
  });
});

test('whose generator is running already is told so in our words, with the name of the task', () => {
  let body!: Generator<any, void, any>;
  const work = function* (): Generator<any, void, any> {
    yield* yieldNow();
    runSync(body, { name: 'intruder' });
  };
  body = work();
  const error = thrown(() => runSync(body, { name: 'outer' }));
  assert.match(error.message, /or is running/);
  assert.match(error.message, /intruder|outer/);
});

test('may be given a generator that was finished by hand: it ends with undefined', () => {
  const body = (function* () {
    yield 1;
    return 'never';
  })();
  body.return('x' as never);
  assert.is(runSync(body as unknown as Coroutine<unknown>), undefined);
});

test('that is thrown an error when its generator is already finished fails with that error', async () => {
  const loop = virtualLoop();
  const future = loop.createFuture();
  const log: string[] = [];
  const body = (function* () {
    try {
      yield* future;
    } catch {
      log.push('CAUGHT');
    }
  })();
  const wrong = new RangeError('wrong');
  assert.is(
    await rejection(
      loop.runUntilComplete(
        (function* () {
          const child = yield* spawn(body);
          yield* sleep(1);
          body.return();
          future.setError(wrong);
          yield* child;
        })(),
      ),
    ),
    wrong,
  );
  assert.equal(log, []);
});

test('whose generator is finished by hand while it waits is over when its wait is', () => {
  const body = (function* () {
    yield* sleep(10);
    return 'never';
  })();
  virtually(function* () {
    const child = yield* spawn(body);
    yield* sleep(1);
    body.return('by hand');
    assert.is(yield* child, undefined);
  });
});

test('may be joined by many, many times, before and after its end', () => {
  const value = {};
  virtually(function* () {
    const child = yield* spawn(
      (function* () {
        yield* sleep(1);
        return value;
      })(),
    );
    const joiners = [];
    for (let i = 0; i < 10; i++) joiners.push(yield* spawn(join(child)));
    for (const joiner of joiners) assert.is(yield* joiner, value);
    assert.is(yield* child, value);
    assert.is(yield* join(child), value);
  });
});

test('may be awaited by promises, before and after its end, as often as one likes', async () => {
  const it = run(
    (function* () {
      yield* sleep(5);
      return 'value';
    })(),
  );
  assert.equal(await Promise.all([it, it, it.then((v) => `${v}!`)]), ['value', 'value', 'value!']);
  assert.is(await it, 'value');
  const failing = run(
    (function* () {
      yield* sleep(5);
      throw new RangeError('x');
    })(),
  );
  assert.instance(await rejection(failing), RangeError);
  assert.instance(await rejection(failing), RangeError);
  assert.is(await failing.then(undefined, () => 'handled'), 'handled');
  const cancelled = run(sleep(1000));
  cancelled.cancel('why');
  assert.is(((await rejection(cancelled)) as CancelledError).reason, 'why');
});

test('runs frames of coroutine, call, and generators that are yielded, and each gives its result', () => {
  const fib: (n: number) => Awaitable<number> = coroutine('fib', function* (n: number): Coroutine<number> {
    return n < 2 ? n : ((yield fib(n - 1)) as number) + ((yield fib(n - 2)) as number);
  });
  assert.is(
    virtually(function* () {
      return (yield fib(15)) as number;
    }),
    610,
  );
  const plain = function* (n: number): Coroutine<number> {
    return n < 2 ? n : (yield* call(plain(n - 1))) + (yield* call(plain(n - 2)));
  };
  assert.is(runSync(plain(15)), 610);
});

test('throws the error of a frame at the yield of its caller, which may catch it', () => {
  const bottom = coroutine('bottom', function* (): Coroutine<void> {
    yield* sleep(1);
    throw new RangeError('deep');
  });
  const middle = coroutine('middle', function* (): Coroutine<void> {
    yield* bottom();
  });
  const log: string[] = [];
  virtually(function* () {
    try {
      yield* middle();
    } catch (error) {
      log.push((error as Error).message);
    } finally {
      yield* sleep(1);
      log.push('finally');
    }
    yield* sleep(1);
    log.push('goes on');
  });
  assert.equal(log, ['deep', 'finally', 'goes on']);
});

test('gets out of nested frames when a throw passes through finally blocks that wait', () => {
  const log: string[] = [];
  const level = coroutine('level', function* (n: number): Coroutine<void> {
    try {
      if (n === 0) throw new Error('bottom');
      yield level(n - 1);
      log.push('WENT ON');
    } finally {
      yield* sleep(1);
      yield* yieldNow();
      log.push(`${n}`);
    }
  });
  assert.is(
    thrown(() =>
      virtually(function* () {
        yield* level(3);
      }),
    ).message,
    'bottom',
  );
  assert.equal(log, ['0', '1', '2', '3']);
});

test('holding nothing but a lock and an event can be watched from outside', () => {
  virtually(function* () {
    const lock = new Lock({ name: 'door' });
    const event = new Event({ name: 'bell' });
    yield* lock.acquire();
    const a = yield* spawn(lock.acquire(), { name: 'a' });
    const b = yield* spawn(event.wait(), { name: 'b' });
    yield* yieldNow();
    assert.is(`${a}`, '<Task #2 a waiting on door.acquire()>');
    assert.is(`${b}`, '<Task #3 b waiting on bell.wait()>');
    lock.release();
    event.set();
  });
});

// ---- A task among promises

test('is taken wherever a promise is: by await, Promise.all, assert.rejects, and by its type', async () => {
  const error = new Error('no');
  const typed: Promise<number> = run(after(1, 5));
  assert.is(await typed, 5);
  assert.equal(await Promise.all([run(after(1, 1)), Promise.race([run(after(1, 2))])]), [1, 2]);
  await nodeAssert.rejects(run(failing(1, error)), error);
  assert.is(Object.prototype.toString.call(typed), '[object Task]');
});

test('has catch and finally, as a promise has', async () => {
  const error = new Error('no');
  assert.is(await run(failing(1, error)).catch((caught) => [caught].length), 1);
  assert.is(await run(after(1, 'result')).catch(() => 'not called'), 'result');
  const log: string[] = [];
  assert.is(await run(after(1, 'result')).finally(() => void log.push('over')), 'result');
  assert.is(await rejection(run(failing(1, error)).finally(() => void log.push('over'))), error);
  assert.equal(log, ['over', 'over']);
  assert.is(await rejection(run(failing(1, error)).catch()), error);
});

test('await using cancels it and waits for its clean-up; an error of that is thrown, a cancellation is none', async () => {
  const log: string[] = [];
  const asyncDispose: typeof Symbol.asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');
  const working = run(lasting(log, 'work'));
  await delay(1);
  await working[asyncDispose]();
  assert.is(working.state, 'cancelled');
  assert.equal(log, ['work cleans up', 'work is clean']);
  const error = new Error('clean-up');
  const failing = run(breaking(error));
  await delay(1);
  assert.is(await rejection(failing[asyncDispose]()), error);
  const over = run(after(0, 'result'));
  await over;
  await over[asyncDispose]();
});

test.run();
