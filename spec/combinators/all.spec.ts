import {
  all,
  allSettled,
  CancelledError,
  currentTask,
  now,
  Queue,
  Semaphore,
  sleep,
  spawn,
  TimeoutError,
  timeout,
  yieldNow,
} from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';
import { after, failing, lasting } from '../support/work.ts';

const test = suite('all and allSettled');

test('all gives the results in the order of the work, whatever the order of completion', () => {
  virtually(function* () {
    assert.equal(yield* all([after(30, 'a'), after(10, 'b'), after(20, 'c')]), ['a', 'b', 'c']);
    assert.is(yield* now(), 30);
  });
});

test('an object gives an object with the same keys, in the same order', () => {
  virtually(function* () {
    const results = yield* all({ b: after(20, 1), a: after(10, 'two') });
    assert.equal(results, { b: 1, a: 'two' });
    assert.equal(Object.keys(results), ['b', 'a']);
  });
});

test('nothing gives nothing, in its shape, at once', () => {
  virtually(function* () {
    const list: [] = [];
    const results = yield* all(list);
    assert.equal(results, []);
    assert.is.not(results, list);
    assert.equal([yield* all({}), yield* allSettled([]), yield* allSettled({})], [{}, [], {}]);
    assert.is(yield* now(), 0);
  });
});

test('work starts in order, and never inline', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const say = function* (name: string) {
      log.push(name);
    };
    const work = all([say('a'), say('b')]);
    assert.equal(log, []);
    yield* spawn(
      (function* () {
        log.push('before');
      })(),
    );
    yield* work;
  });
  assert.equal(log, ['before', 'a', 'b']);
});

test('a coroutine, task, future or promise given twice is run once, and its result is shared', async () => {
  const loop = virtualLoop();
  let runs = 0;
  const results = await loop.runUntilComplete(
    (function* () {
      const generator = (function* () {
        yield* yieldNow();
        return ++runs;
      })();
      const task = yield* spawn(after(5, { task: true }));
      const promise = Promise.resolve('promise');
      return yield* all([generator, task, generator, promise, task, promise]);
    })(),
  );
  assert.equal(results, [1, { task: true }, 1, 'promise', { task: true }, 'promise']);
  assert.is(results[1], results[4]);
});

test('two gets of a queue are two gets: each has its own item', () => {
  virtually(function* () {
    const queue = new Queue<string>();
    queue.putNowait('a');
    queue.putNowait('b');
    assert.equal(yield* all([queue.get(), queue.get()]), ['a', 'b']);
    assert.ok(queue.empty);
  });
});

test('two acquires of a semaphore take two permits', () => {
  virtually(function* () {
    const semaphore = new Semaphore(2);
    yield* all([semaphore.acquire(), semaphore.acquire()]);
    assert.is(semaphore.free, 0);
  });
});

test('results may be anything, also undefined, promises and generators', () => {
  virtually(function* () {
    const generator = (function* () {})();
    const results = yield* all([
      after(1, undefined),
      (function* () {
        return generator;
      })(),
      sleep(1),
    ]);
    assert.is(results.length, 3);
    assert.is(results[1], generator);
    assert.is(results[0], undefined);
  });
});

test('the first failure is thrown as it is, whatever it is', () => {
  for (const error of [new Error('no'), 'text', undefined, 0]) {
    virtually(function* () {
      assert.is(yield* caught(all([after(5, 'x'), failing(1, error)])), error);
    });
  }
});

test('a failure after others had their results', () => {
  virtually(function* () {
    assert.is(yield* caught(all([after(1, 'x'), failing(5, 'no'), after(2, 'y')])), 'no');
    assert.is(yield* now(), 5);
  });
});

test('a failure cancels work that has not begun', () => {
  const log: unknown[] = [];
  virtually(function* () {
    assert.is(
      yield* caught(
        all([
          (function* () {
            throw 'no';
          })(),
          sleep(10),
          (function* () {
            yield* sleep(1);
            log.push('ran on');
          })(),
        ]),
      ),
      'no',
    );
  });
  assert.equal(log, []);
});

test('the children are tasks of the one who waits', () => {
  virtually(function* () {
    const me = yield* currentTask();
    const parents = yield* all([
      (function* () {
        return (yield* currentTask()).parent;
      })(),
    ]);
    assert.is(parents[0], me);
  });
});

test('they nest', () => {
  const log: unknown[] = [];
  virtually(function* () {
    assert.equal(yield* all([all([after(1, 'a'), after(2, 'b')]), all({ c: after(3, 'c') })]), [
      ['a', 'b'],
      { c: 'c' },
    ]);
    assert.is(yield* caught(all([all([lasting(log, 'inner', 20)]), failing(10, 'no')])), 'no');
  });
  assert.equal(log, ['inner cleans up', 'inner is clean']);
});

test('allSettled waits for all and gives each as Promise.allSettled has it', () => {
  const error = new Error('no');
  virtually(function* () {
    const victim = yield* spawn(sleep(Infinity));
    yield* spawn(
      (function* () {
        yield* sleep(5);
        victim.cancel('gone');
      })(),
    );
    const results = yield* allSettled([after(10, 'a'), failing(1, error), victim, timeout(3, sleep(5))]);
    assert.equal(results[0], { status: 'fulfilled', value: 'a' });
    assert.equal(results[1], { status: 'rejected', reason: error });
    const [, , third, fourth] = results;
    assert.is(third.status, 'rejected');
    assert.instance(third.status === 'rejected' && third.reason, CancelledError);
    assert.is(third.status === 'rejected' && (third.reason as CancelledError).reason, 'gone');
    assert.instance(fourth.status === 'rejected' && fourth.reason, TimeoutError);
    assert.is(yield* now(), 10);
  });
});

test('allSettled of an object gives an object, and failures in it are dealt with', () => {
  virtually(function* () {
    assert.equal(yield* allSettled({ good: after(1, 1), bad: failing(2, 'no') }), {
      good: { status: 'fulfilled', value: 1 },
      bad: { status: 'rejected', reason: 'no' },
    });
  });
});

for (const [name, combine] of [
  ['all', all],
  ['allSettled', allSettled],
] as const) {
  const wrongs: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['5', 5],
    ["'ab'", 'ab'],
    ['a Set', new Set([sleep(1)])],
    ['a Map', new Map()],
    [
      'a generator',
      (function* () {
        yield sleep(1);
      })(),
    ],
    ['an effect', sleep(1)],
    ['a promise', Promise.resolve(1)],
    ['a function', () => [sleep(1)]],
  ];
  for (const [what, wrong] of wrongs) {
    test(`${name}(${what}) is a TypeError at the call that says what it takes`, () =>
      refuses(() => combine(wrong as never), new RegExp(name), /array or an object/));
  }
  const items: [string, unknown][] = [
    ['5', 5],
    ['undefined', undefined],
    ['a function that was not called', function* work() {}],
    ['a plain object', {}],
  ];
  for (const [what, wrong] of items) {
    test(`${name} with ${what} among the work is a TypeError at the call that names its place`, () => {
      refuses(() => combine([sleep(1), wrong as never]), new RegExp(name), /1/);
      refuses(() => combine({ good: sleep(1), bad: wrong as never }), new RegExp(name), /bad/);
    });
  }
}

test('a wrong thing in the work is at the latest a TypeError where all is yielded, and the rest is cancelled', () => {
  const error = thrown(() =>
    virtually(function* () {
      yield* all([sleep(Infinity), 5 as never]);
    }),
  );
  assert.instance(error, TypeError);
  assert.match(error.message, /5/);
});

test('they print as they were written', () => {
  assert.is(String(all([sleep(1), sleep(2)])), 'all([sleep(1), sleep(2)])');
  assert.is(String(allSettled({ a: sleep(1) })), 'allSettled({ a: sleep(1) })');
});

test('the task that it continues first has a budget like any other from then on', () => {
  const count = virtually(function* () {
    yield* all([sleep(1)]);
    let count = 0;
    while (count < 10_000) {
      yield* now();
      count++;
    }
    return count;
  });
  assert.is(count, 10_000);
});

test.run();
