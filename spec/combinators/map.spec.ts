import { cancel, currentTask, forEach, map, now, Queue, run, runSync, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { innermostScope, rootScope } from '../../lib/kernel/scope.ts';
import { caught, refuses, thrown } from '../support/errors.ts';
import { delay } from '../support/host.ts';
import { same } from '../support/lists.ts';
import { counting } from '../support/sources.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';
import { after, breaking, failing, lasting, turns } from '../support/work.ts';

const test = suite('map and forEach');

test('the results are in the order of the items, whatever the order of completion', () => {
  virtually(function* () {
    assert.equal(yield* map([30, 10, 20], (ms) => after(ms, `${ms}`)), ['30', '10', '20']);
    assert.is(yield* now(), 30);
  });
});

test('the function gets the item and its index', () => {
  virtually(function* () {
    assert.equal(
      yield* map(['a', 'b'], function* (item, index) {
        return `${index}${item}`;
      }),
      ['0a', '1b'],
    );
  });
});

test('work that need not wait may give its value itself, in order with work that waits', () => {
  virtually(function* () {
    assert.equal(yield* map([1, 2, 3], (n) => n * 2), [2, 4, 6]);
    assert.equal(yield* map([1, 2, 3], (n) => (n === 2 ? after(5, 'late') : n)), [1, 'late', 3]);
    assert.equal(yield* map([1, 2], () => undefined), [undefined, undefined]);
    const seen: number[] = [];
    const order = [1, 2, 3];
    yield* forEach(order, (n) => void seen.push(n), { concurrency: 1 });
    assert.equal(seen, order);
  });
});

test('a function as a result is refused: it was probably meant to be called', () => {
  virtually(function* () {
    function* page() {}
    const error = yield* caught(map(['/'], () => page));
    assert.instance(error, TypeError);
    assert.match(error.message, /did you mean to call it: page\(\)\?/);
  });
});

test('nothing gives []', () => {
  virtually(function* () {
    assert.equal(yield* map([], () => sleep(1)), []);
    assert.is(yield* forEach([], () => sleep(1)), undefined);
    assert.is(yield* now(), 0);
  });
});

for (const concurrency of [1, 2, 3, 7]) {
  test(`a concurrency of ${concurrency} is exact: never more, and as many whenever there are items`, () => {
    virtually(function* () {
      let running = 0;
      const seen: number[] = [];
      const results = yield* map(
        Array.from({ length: 20 }, (_, i) => i),
        function* (i) {
          running++;
          seen.push(running);
          assert.ok(running <= concurrency, `${running} run`);
          yield* sleep(10);
          running--;
          return i;
        },
        { concurrency },
      );
      assert.equal(
        results,
        Array.from({ length: 20 }, (_, i) => i),
      );
      assert.is(Math.max(...seen), concurrency);
      assert.is(yield* now(), 10 * Math.ceil(20 / concurrency));
    });
  });
}

test('without a concurrency all run at once', () => {
  virtually(function* () {
    yield* forEach(Array.from({ length: 100 }), () => sleep(10));
    assert.is(yield* now(), 10);
  });
});

test('the next item starts when any one is over, not when all of a batch are', () => {
  virtually(function* () {
    yield* map([50, 10, 10, 10, 10], (ms) => sleep(ms), { concurrency: 2 });
    assert.is(yield* now(), 50);
  });
});

test('items are pulled only when there is room for them, and not before it is yielded', () => {
  let pulled = 0;
  let started = 0;
  function* numbers() {
    for (let i = 0; i < 10; i++) {
      pulled++;
      yield i;
    }
  }
  virtually(function* () {
    const effect = map(
      numbers(),
      function* () {
        started++;
        assert.ok(pulled - started <= 1, `${pulled} pulled, ${started} started`);
        yield* sleep(10);
      },
      { concurrency: 2 },
    );
    assert.is(pulled, 0);
    const task = yield* spawn(effect);
    yield* sleep(5);
    assert.is(pulled, 2);
    yield* sleep(10);
    assert.is(pulled, 4);
    yield* task;
  });
});

test('whatever is iterable is a source', () => {
  virtually(function* () {
    for (const source of [
      new Set([1, 2]),
      [1, 2],
      new Map([
        [1, 1],
        [2, 2],
      ]).keys(),
      Uint8Array.of(1, 2),
    ]) {
      assert.equal(
        yield* map(source as Iterable<number>, function* (n) {
          return n * 2;
        }),
        [2, 4],
      );
    }
  });
});

test('a queue is a source: it ends when the queue is closed and empty', () => {
  virtually(function* () {
    const queue = new Queue<number>(2);
    yield* spawn(
      (function* () {
        for (let i = 0; i < 5; i++) {
          yield* sleep(10);
          yield* queue.put(i);
        }
        queue.close();
      })(),
    );
    assert.equal(yield* map(queue, (n) => after(1, n * 2)), [0, 2, 4, 6, 8]);
    assert.is(yield* now(), 51);
  });
});

test('two consumers of one queue share its items', () => {
  virtually(function* () {
    const queue = new Queue<number>();
    for (let i = 0; i < 10; i++) queue.putNowait(i);
    queue.close();
    const [a, b] = [
      yield* spawn(map(queue, (n) => after(5, n), { concurrency: 1 })),
      yield* spawn(map(queue, (n) => after(7, n), { concurrency: 2 })),
    ];
    const all = [...(yield* a), ...(yield* b)];
    assert.equal(
      all.sort((x, y) => x - y),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });
});

test('an async iterable is a source', async () => {
  const log: unknown[] = [];
  const results = await virtualLoop().runUntilComplete(
    map(counting(log, 5), (n) => after(10, n * 2), { concurrency: 2 }),
  );
  assert.equal(results, [2, 4, 6, 8, 10]);
  assert.equal(log, ['exhausted', 'released']);
});

test('an async iterable is pulled one item at a time, and only when there is room', async () => {
  let pulled = 0;
  let pulling = 0;
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        assert.is(++pulling, 1);
        await delay(1);
        pulling--;
        return pulled < 6 ? { done: false as const, value: pulled++ } : { done: true as const, value: undefined };
      },
    }),
  };
  let running = 0;
  await virtualLoop().runUntilComplete(
    forEach(
      source,
      function* () {
        running++;
        assert.ok(pulled <= running + 6);
        assert.ok(running <= 2);
        yield* sleep(10);
        running--;
      },
      { concurrency: 2 },
    ),
  );
  assert.is(pulled, 6);
});

test('the first failure cancels the others, which have cleaned up before it is thrown; no further item is pulled', () => {
  const log: unknown[] = [];
  let pulled = 0;
  function* items() {
    for (;;) yield pulled++;
  }
  virtually(function* () {
    assert.is(
      yield* caught(map(items(), (i) => (i === 1 ? failing(10, 'no') : lasting(log, i, 20)), { concurrency: 3 })),
      'no',
    );
    assert.is(yield* now(), 30);
  });
  assert.is(pulled, 3);
  assert.equal(log, ['0 cleans up', '2 cleans up', '0 is clean', '2 is clean']);
});

test('a failure and a failing clean-up are thrown together', () => {
  const errors = [new Error('first'), new Error('clean-up')];
  virtually(function* () {
    const error = yield* caught(map([0, 1], (i) => (i ? breaking(errors[1]) : failing(10, errors[0]))));
    same(error.errors, errors);
  });
});

test('a function that throws when it is to start the work is a failure like another', () => {
  const log: unknown[] = [];
  virtually(function* () {
    assert.is(
      yield* caught(
        map(
          [0, 1],
          (i) => {
            if (i === 1) throw 'no';
            return lasting(log, i);
          },
          { concurrency: 2 },
        ),
      ),
      'no',
    );
    assert.equal((yield* currentTask()).children, []);
  });
});

test('a source that throws is a failure: the others are cancelled and have cleaned up', () => {
  const log: unknown[] = [];
  const error = new Error('source');
  function* items() {
    yield 1;
    throw error;
  }
  virtually(function* () {
    assert.is(yield* caught(map(items(), (i) => lasting(log, i), { concurrency: 2 })), error);
    assert.equal((yield* currentTask()).children, []);
  });
});

test('an async source that rejects is a failure', async () => {
  const log: unknown[] = [];
  const error = new Error('source');
  async function* items() {
    yield 1;
    throw error;
  }
  await virtualLoop().runUntilComplete(
    (function* () {
      assert.is(yield* caught(map(items(), (i) => lasting(log, i), { concurrency: 2 })), error);
    })(),
  );
  assert.equal(log, ['1 cleans up', '1 is clean']);
});

// ---- leaving early

function watched(log: unknown[]): Iterable<number> {
  let i = 0;
  return {
    [Symbol.iterator]: () => ({
      next: () => ({ done: false, value: i++ }),
      return: () => (log.push('released'), { done: true, value: undefined }),
    }),
  };
}

for (const [name, each] of Object.entries({ map: map as typeof forEach, forEach })) {
  test(`${name}: a failure releases the source, once`, () => {
    const log: unknown[] = [];
    virtually(function* () {
      assert.is(
        yield* caught(each(watched(log), (i) => (i === 3 ? failing(5, 'no') : sleep(1)), { concurrency: 2 })),
        'no',
      );
    });
    assert.equal(log, ['released']);
  });

  test(`${name}: cancellation releases the source, once`, () => {
    const log: unknown[] = [];
    virtually(function* () {
      const task = yield* spawn(each(watched(log), () => sleep(10), { concurrency: 2 }));
      yield* sleep(35);
      yield* cancel(task);
    });
    assert.equal(log, ['released']);
  });

  test(`${name}: a source that came to its end is not released once more`, () => {
    const log: unknown[] = [];
    const source = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: true as const, value: undefined }),
        return: () => (log.push('released'), { done: true as const, value: undefined }),
      }),
    };
    virtually(function* () {
      yield* each(source, () => sleep(1));
    });
    assert.equal(log, []);
  });

  test(`${name}: an async source is released on failure and on cancellation, and waited for`, async () => {
    for (const how of ['failure', 'cancellation']) {
      const log: unknown[] = [];
      await virtualLoop().runUntilComplete(
        (function* () {
          const task = yield* spawn(
            (function* () {
              try {
                yield* each(counting(log), (i) => (i === 3 && how === 'failure' ? failing(5, 'no') : sleep(1)), {
                  concurrency: 1,
                });
              } catch (error) {
                assert.is(error, 'no');
              } finally {
                log.push('over');
              }
            })(),
          );
          if (how === 'failure') return void (yield* task);
          yield delay(20);
          yield* cancel(task);
        })(),
      );
      assert.equal(log, ['released', 'over'], how);
    }
  });
}

test('an error of releasing the source is not lost', () => {
  const error = new Error('release');
  virtually(function* () {
    const source = {
      [Symbol.iterator]: () => ({
        next: () => ({ done: false as const, value: 1 }),
        return: () => {
          throw error;
        },
      }),
    };
    const task = yield* spawn(forEach(source, () => sleep(10), { concurrency: 1 }));
    yield* sleep(5);
    assert.is(yield* caught(cancel(task)), error);
  });
});

test('a failure is noticed while a queue is silent, and no later item is taken', () => {
  virtually(function* () {
    const queue = new Queue<number>();
    queue.putNowait(0);
    assert.is(yield* caught(forEach(queue, () => failing(10, 'no'))), 'no');
    assert.is(yield* now(), 10);
    queue.putNowait(1);
    assert.is(queue.size, 1);
  });
});

test('a failure is noticed while an async iterator is silent', async () => {
  const log: unknown[] = [];
  let i = 0;
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: () => (i++ === 0 ? Promise.resolve({ done: false as const, value: 0 }) : new Promise<never>(() => {})),
      return: () => (log.push('released'), Promise.resolve({ done: true as const, value: undefined })),
    }),
  };
  await virtualLoop().runUntilComplete(
    (function* () {
      assert.is(yield* caught(forEach(source, () => failing(10, 'no'))), 'no');
    })(),
  );
  assert.equal(log, ['released']);
});

test('a queue item that was pulled when the failure came is not lost', () => {
  for (const first of ['item', 'failure']) {
    virtually(function* () {
      const queue = new Queue<number>();
      queue.putNowait(0);
      const started: number[] = [];
      const produce = function* () {
        yield* sleep(10);
        queue.putNowait(1);
      };
      if (first === 'item') yield* spawn(produce());
      yield* yieldNow();
      const mapping = yield* spawn(
        caught(
          forEach(queue, function* (item) {
            started.push(item);
            yield* failing(10, 'no');
          }),
        ),
      );
      yield* turns(4);
      if (first === 'failure') yield* spawn(produce());
      assert.is(yield* mapping, 'no');
      yield* sleep(1);
      assert.is(started.length + queue.size, 2, `${first} first: ${started.length} started, ${queue.size} left`);
    });
  }
});

test('cancelling at any turn, no item of a queue is lost', () => {
  for (let turn = 0; turn < 30; turn++) {
    virtually(function* () {
      const queue = new Queue<number>(2);
      const started: number[] = [];
      const consumer = yield* spawn(
        forEach(
          queue,
          function* (item) {
            started.push(item);
            yield* turns(2);
          },
          { concurrency: 2 },
        ),
      );
      const producer = yield* spawn(
        (function* () {
          for (let i = 0; i < 6; i++) yield* queue.put(i);
        })(),
      );
      yield* turns(turn);
      consumer.cancel();
      const rest: number[] = [];
      const drain = yield* spawn(
        (function* () {
          for (;;) rest.push(yield* queue.get());
        })(),
      );
      yield* producer;
      yield* sleep(1);
      yield* cancel(drain);
      assert.equal([...started, ...rest], [0, 1, 2, 3, 4, 5], `cancelled in turn ${turn}`);
    });
  }
});

test('forEach keeps nothing and may run over an endless source until it is cancelled', () => {
  let count = 0;
  virtually(function* () {
    const task = yield* spawn(
      forEach(
        (function* () {
          for (;;) yield 1;
        })(),
        function* () {
          count++;
          yield* sleep(1);
        },
        { concurrency: 10 },
      ),
    );
    yield* sleep(999.5);
    yield* cancel(task);
  });
  assert.ok(count >= 9_990 && count <= 10_010, `${count}`);
});

test('an endless source and work that never waits do not starve the others', () => {
  virtually(function* () {
    const task = yield* spawn(
      forEach(
        (function* () {
          for (;;) yield 1;
        })(),
        function* () {},
        { concurrency: 1 },
      ),
    );
    yield* turns(50);
    assert.is(yield* cancel(task), true);
  });
});

test('a source that is released late does not disturb: the items may be iterated by hand', () => {
  virtually(function* () {
    function* items() {
      for (let i = 0; ; i++) yield i;
    }
    const effect = map([1, 2], (n) => after(n, n));
    assert.equal(
      [yield* effect, yield* effect],
      [
        [1, 2],
        [1, 2],
      ],
    );
    const source = items();
    yield* caught(forEach(source, (i) => failing(1, i), { concurrency: 1 }));
    assert.is(source.next().done, true);
  });
});

// ---- arguments

for (const [name, each] of Object.entries({ map: map as typeof forEach, forEach })) {
  const sources: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['5', 5],
    ["'text'", 'text'],
    ['{}', {}],
    ['a function', () => []],
    ['a promise', Promise.resolve([])],
    ['an effect', sleep(1)],
  ];
  for (const [what, wrong] of sources) {
    test(`${name}(${what}, ...) is a TypeError at the call that says what a source is`, () =>
      refuses(() => each(wrong as never, () => sleep(1)), new RegExp(name), /iterable/));
  }
  for (const [what, wrong] of [
    ['undefined', undefined],
    ['an effect', sleep(1)],
    ['{}', {}],
  ] as const) {
    test(`${name}([], ${what}) is a TypeError at the call`, () =>
      refuses(() => each([], wrong as never), new RegExp(name), /function/));
  }
  for (const concurrency of [0, -1, 1.5, NaN, '2']) {
    test(`${name} with a concurrency of ${typeof concurrency === 'string' ? `'${concurrency}'` : concurrency} is an error at the call that says what is wanted`, () =>
      refuses(() => each([], () => sleep(1), { concurrency: concurrency as never }), new RegExp(name), /concurrency/));
  }
  test(`${name} with a concurrency of Infinity or undefined has no limit`, () => {
    virtually(function* () {
      yield* each([1], () => sleep(1), { concurrency: Infinity });
      yield* each([1], () => sleep(1), { concurrency: undefined });
      yield* each([1], () => sleep(1), {});
    });
  });
}

test('a source of promises under runSync is an error that says so', () => {
  const error = thrown(() =>
    virtually(function* (): Coroutine<void> {
      yield* forEach(counting([], 1), () => sleep(1));
    }),
  );
  assert.match(error.message, /runSync/);
});

test('a failure is noticed while an async generator is silent', async () => {
  async function* items() {
    yield 0;
    await new Promise(() => {});
  }
  const end = run(
    (function* () {
      return yield* caught(forEach(items(), () => failing(10, 'no')));
    })(),
  );
  const late = delay(500, 'not thrown within half a second');
  assert.is(await Promise.race([end, late]), 'no');
});

test('two items that fail in one turn: the first failure is thrown, with and without a limit', () => {
  for (const options of [{}, { concurrency: 2 }, { concurrency: 3 }]) {
    const work = map(
      [1, 2, 3],
      function* (n) {
        yield* sleep(10);
        throw new Error(`${n}`);
      },
      options,
    );
    assert.throws(
      () => runSync(work),
      (error: Error) => error.message === '1' && !(error instanceof AggregateError),
      JSON.stringify(options),
    );
  }
});

test('a source whose iterator cannot be made leaves no scope open on the task', () => {
  virtually(function* () {
    const task = yield* currentTask();
    const source: Iterable<number> = {
      [Symbol.iterator]() {
        throw new Error('no iterator');
      },
    };
    for (const effect of [map(source, () => sleep(1)), forEach(source, () => sleep(1))]) {
      assert.is((yield* caught(effect)).message, 'no iterator');
      assert.is(innermostScope(task), rootScope(task));
    }
  });
});

test.run();
