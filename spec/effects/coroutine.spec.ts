import { deepStrictEqual } from 'node:assert';
import { call, cancel, coroutine, currentTask, run, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine, Effect } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('coroutine and call');

test('calling a coroutine runs nothing', () => {
  let ran = false;
  const work = coroutine('work', function* () {
    ran = true;
  });
  work();
  assert.not(ran);
});

test('one call can be run again: each time from the start', () => {
  let runs = 0;
  const work = coroutine('work', function* (n: number) {
    yield* yieldNow();
    return ++runs * n;
  });
  virtually(function* () {
    const effect = work(10);
    assert.equal([yield* effect, yield* effect, yield effect], [10, 20, 30]);
    const tasks = [yield* spawn(effect), yield* spawn(effect)];
    assert.equal([yield* tasks[0]!, yield* tasks[1]!], [40, 50]);
  });
});

test('it gets the arguments of the call', () => {
  const list = coroutine('list', function* (...args: unknown[]) {
    return args;
  });
  assert.equal(
    virtually(function* () {
      return yield* list(1, 'two', undefined);
    }),
    [1, 'two', undefined],
  );
});

test('it has the name that was given, or that of its function', () => {
  const given = coroutine('page', function* (_url: string, _tries?: number) {});
  const own = coroutine(function* fetcher() {});
  assert.equal([given.name, own.name], ['page', 'fetcher']);
  assert.equal([String(given('http://localhost/', 3)), String(own())], ["page('http://localhost/', 3)", 'fetcher()']);
  assert.is(given('a').kind, 'page');
  virtually(function* () {
    assert.is((yield* spawn(given('a'))).name, 'page');
  });
});

test('calls with equal arguments are deeply equal', () => {
  const work = coroutine('work', function* (_: object) {});
  const twin = coroutine('work', function* (_: object) {});
  deepStrictEqual(work({ a: [1] }), work({ a: [1] }));
  assert.throws(() => deepStrictEqual(work({ a: [1] }), work({ a: [2] })));
  assert.throws(() => deepStrictEqual(work({}), twin({})), undefined, 'another coroutine of the same name');
});

test('by hand, without a scheduler, it is the effect that comes out', () => {
  const page = coroutine('page', function* (_url: string) {
    return 'text';
  });
  const program = (function* () {
    return (yield* page('/a')).length + (yield* call(page('/b'))).length;
  })();
  deepStrictEqual(program.next().value, page('/a'));
  deepStrictEqual(program.next('123').value, call(page('/b')));
  deepStrictEqual(program.next('45'), { done: true, value: 5 });
});

test('its error is thrown where it was called, and can be caught there', () => {
  const error = new Error('no');
  const bad = coroutine('bad', function* () {
    yield* yieldNow();
    throw error;
  });
  virtually(function* () {
    for (const work of [bad(), call(bad()), call(bad())]) assert.is(yield* caught(work), error);
    try {
      yield* bad();
      assert.unreachable();
    } catch (e) {
      assert.is(e, error);
    }
  });
});

test('calls nest deeper than the stack of the language, and errors and results come all the way back', () => {
  const deep: (n: number, fail?: Error) => Effect<number> = coroutine(
    'deep',
    function* (n: number, fail?: Error): Coroutine<number> {
      if (n === 0 && fail) throw fail;
      return n === 0 ? 0 : 1 + (yield* deep(n - 1, fail));
    },
  );
  const error = new Error('at the bottom');
  virtually(function* () {
    assert.is(yield* deep(100_000), 100_000);
    assert.is(yield* caught(deep(100_000, error)), error);
  });
});

test('call runs a plain generator as a frame of the same task', () => {
  virtually(function* () {
    const me = yield* currentTask();
    const inner = function* () {
      yield* sleep(1);
      return yield* currentTask();
    };
    assert.is(yield* call(inner()), me);
    assert.is(yield* coroutine(inner)(), me);
  });
});

test('call takes whatever is awaitable', async () => {
  const loop = virtualLoop();
  const future = loop.createFuture<string>();
  loop.callLater(5, () => future.setResult('future'));
  const results = await loop.runUntilComplete(
    (function* () {
      const task = yield* spawn(
        (function* () {
          return 'task';
        })(),
      );
      return [
        yield* call(task),
        yield* call(future),
        yield* call(Promise.resolve('promise')),
        yield* call(
          (function* () {
            return 'generator';
          })(),
        ),
        yield* call(
          call(
            coroutine(function* () {
              return 'effect';
            })(),
          ),
        ),
      ];
    })(),
  );
  assert.equal(results, ['task', 'future', 'promise', 'generator', 'effect']);
});

test('what a coroutine returns is a plain value, also a generator, an effect or a thenable', () => {
  const generator = (function* () {
    assert.unreachable();
  })();
  const effect = sleep(1000);
  const thenable = { then: () => assert.unreachable() };
  virtually(function* () {
    for (const value of [generator, effect, thenable]) {
      const giver = coroutine('giver', function* (): Coroutine<unknown> {
        return value;
      });
      assert.is(yield* giver(), value);
      assert.is(yield* call(giver()), value);
    }
  });
});

test('a cancelled call closes its frames from the innermost out, each after the one above is clean', () => {
  const log: string[] = [];
  const nested: (n: number) => Effect<void> = coroutine('nested', function* (n: number): Coroutine<void> {
    try {
      yield* n === 0 ? sleep(Infinity) : nested(n - 1);
      log.push(`${n} goes on`);
    } catch {
      log.push(`${n} catches`);
    } finally {
      log.push(`${n} begins`);
      yield* turns(2);
      log.push(`${n} ends`);
    }
  });
  virtually(function* () {
    const task = yield* spawn(nested(2));
    yield* sleep(1);
    yield* cancel(task);
  });
  assert.equal(log, ['0 begins', '0 ends', '1 begins', '1 ends', '2 begins', '2 ends']);
});

test('plain generators nested by yield* are one frame: after a clean-up that yields the outer one goes on, which is the limit that call does not have', () => {
  const run = (nest: (inner: Coroutine<void>) => Coroutine<void> | Effect<void>) => {
    const log: string[] = [];
    const inner = function* (): Coroutine<void> {
      try {
        yield* sleep(Infinity);
      } finally {
        yield* yieldNow();
      }
    };
    virtually(function* () {
      const task = yield* spawn(
        (function* () {
          yield* nest(inner());
          log.push('code after the cancelled yield*');
        })(),
      );
      yield* sleep(1);
      yield* cancel(task);
    });
    return log;
  };
  assert.equal(
    run((inner) => inner),
    ['code after the cancelled yield*'],
  );
  assert.equal(
    run((inner) => call(inner)),
    [],
  );
});

test('arguments that hold themselves, or are long or strange, still print in one short line', () => {
  const work = coroutine('work', function* (_: unknown) {});
  const ring: { name: string; ring?: unknown } = { name: 'ring' };
  ring.ring = ring;
  const list: unknown[] = [];
  list.push(list);
  for (const value of [
    ring,
    list,
    'x'.repeat(10_000),
    Array.from({ length: 1000 }),
    Object.create(null),
    new Proxy(
      {},
      {
        get() {
          throw new Error('no');
        },
      },
    ),
    Symbol('s'),
  ]) {
    const text = String(work(value));
    assert.match(text, /^work\(.*\)$/);
    assert.ok(text.length < 300, `${text.length}`);
  }
});

for (const wrong of [undefined, null, 5, {}, 'name', (function* () {})()]) {
  test(`coroutine(${String(wrong)}) is a TypeError at the call`, () => {
    refuses(() => coroutine(wrong as never), /coroutine takes/, /generator function/);
    refuses(() => coroutine('name', wrong as never), /coroutine takes/, /generator function/);
  });
}

for (const [name, wrong] of [
  ['a plain function', () => 5],
  ['an async function', async () => 5],
  ['an arrow that gives undefined', () => undefined],
] as const) {
  test(`${name} made a coroutine fails with its name and what is wanted`, () => {
    const error = thrown(() =>
      virtually(function* () {
        yield* coroutine('worker', wrong as never)();
      }),
    );
    assert.instance(error, TypeError);
    assert.match(error.message, /worker/);
    assert.match(error.message, /function\*/);
  });
}

for (const wrong of [undefined, null, 5, 'text', {}, function* work() {}]) {
  test(`call(${typeof wrong === 'function' ? 'a function that was not called' : String(wrong)}) is a TypeError at the call that says what it takes`, () =>
    refuses(() => call(wrong as never), /call/));
}

test('a rejected promise is thrown where it was called', async () => {
  const error = new Error('no');
  assert.is(
    await run(
      (function* () {
        return yield* caught(call(Promise.reject(error)));
      })(),
    ),
    error,
  );
});

test.run();
