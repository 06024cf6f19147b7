// Where items come from: what map and forEach ask of it, and when they release it.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  Channel,
  forEach,
  fromAsyncIterable,
  map,
  Queue,
  run,
  runSync,
  sleep,
  spawn,
  timeout,
  TimeoutError,
} from 'treadle';
import type { Coroutine, Source } from 'treadle';
import { checkSource, open } from '../../lib/combinators/source.ts';
import { caught, refuses } from '../support/errors.ts';

const test = suite('source');

const wrong = new Error('no');

/** An iterator that gives what `next` gives, and notes that it was released. */
function iterator(log: string[], next: (count: number) => unknown) {
  let count = 0;
  return {
    next: () => next(count++) as never,
    return() {
      log.push('released');
      return { done: true, value: undefined } as never;
    },
  };
}

const iterable = (log: string[], next: (count: number) => unknown): Iterable<number> => ({
  [Symbol.iterator]: () => iterator(log, next),
});

const asyncIterable = (log: string[], next: (count: number) => unknown): AsyncIterable<number> => ({
  [Symbol.asyncIterator]: () => iterator(log, next),
});

const item = (value: number) => ({ done: false, value });
const end = { done: true, value: undefined };

/** What map and forEach throw. */
function* errorsOf(make: () => Source<number>, work = (_n: number) => sleep(1)): Coroutine<unknown[]> {
  return [yield* caught(map(make(), work)), yield* caught(forEach(make(), work, { concurrency: 1 }))];
}

test('an iterator whose next() threw is finished: it is not released', () => {
  const log: string[] = [];
  const throwing = (count: number) => {
    if (count < 2) return item(count);
    throw wrong;
  };
  assert.equal(runSync(errorsOf(() => iterable(log, throwing))), [wrong, wrong]);
  assert.equal(log, []);
});

test('an async one, too, whether next() throws or its promise is rejected', async () => {
  const log: string[] = [];
  const throwing = (count: number) => {
    if (count < 2) return Promise.resolve(item(count));
    throw wrong;
  };
  const rejecting = (count: number) => (count < 2 ? Promise.resolve(item(count)) : Promise.reject(wrong));
  for (const next of [throwing, rejecting])
    assert.equal(await run(errorsOf(() => asyncIterable(log, next))), [wrong, wrong]);
  assert.equal(log, []);
});

test('one that has ended is not released, one that is left early is', async () => {
  const log: string[] = [];
  const counting = (count: number) => (count < 3 ? item(count) : end);
  runSync(map(iterable(log, counting), () => sleep(1)));
  await run(
    map(
      asyncIterable(log, (count) => Promise.resolve(counting(count))),
      () => sleep(1),
    ),
  );
  assert.equal(log, []);
  const failing = function* (n: number): Coroutine<void> {
    if (n === 1) throw wrong;
    yield* sleep(5);
  };
  assert.is(runSync(caught(forEach(iterable(log, item), failing, { concurrency: 1 }))), wrong);
  assert.equal(log.splice(0), ['released']);
  await run(
    caught(
      forEach(
        asyncIterable(log, (n) => Promise.resolve(item(n))),
        failing,
        { concurrency: 1 },
      ),
    ),
  );
  assert.equal(log, ['released']);
});

test('one that is cancelled while it is asked is released', async () => {
  const log: string[] = [];
  const silent = asyncIterable(log, () => new Promise(() => {}));
  assert.instance(
    await run(
      caught(
        timeout(
          5,
          forEach(silent, () => sleep(1)),
        ),
      ),
    ),
    TimeoutError,
  );
  assert.equal(log, ['released']);
});

for (const [what, result] of Object.entries<unknown>({ undefined, null: null, 'a number': 5, 'a text': 'done' })) {
  test(`a next() that gives ${what} is a TypeError, as in for-of`, async () => {
    const log: string[] = [];
    const says = /the next\(\) of an iterator must give an object/;
    for (const error of runSync(errorsOf(() => iterable(log, () => result)))) {
      assert.instance(error, TypeError);
      assert.match((error as Error).message, says);
    }
    for (const next of [() => result, () => Promise.resolve(result)]) {
      for (const error of await run(errorsOf(() => asyncIterable(log, next)))) {
        assert.instance(error, TypeError);
        assert.match((error as Error).message, says);
      }
      const received = await run(
        (function* () {
          return yield* caught((yield* fromAsyncIterable(asyncIterable(log, next))).receive());
        })(),
      );
      assert.match((received as Error).message, says);
    }
    assert.equal(log, []);
  });
}

test('an async next() may give the object itself, as in for await', async () => {
  const counting = (count: number) => (count < 3 ? item(count) : end);
  assert.equal(await run(map(asyncIterable([], counting), function* (n) { return n; })), [0, 1, 2]); // prettier-ignore
  const seen: number[] = [];
  await run(
    (function* () {
      const channel = yield* fromAsyncIterable(asyncIterable([], counting));
      for (let next; !(next = yield* channel.receive()).done;) seen.push(next.value);
    })(),
  );
  assert.equal(seen, [0, 1, 2]);
});

test('done and value are each read once', () => {
  let reads = 0;
  const puller = open(
    iterable([], () => ({
      get done() {
        reads++;
        return false;
      },
      get value() {
        reads++;
        return 1;
      },
    })),
  );
  assert.equal(puller.next(), { done: false, value: 1 });
  assert.is(reads, 2);
});

test('a queue is left as it is, a channel is closed', () => {
  runSync(
    (function* () {
      const queue = new Queue<number>();
      const channel = new Channel<number>(3);
      for (const n of [1, 2, 3]) {
        queue.putNowait(n);
        channel.sendNowait(n);
      }
      const failing = function* (): Coroutine<void> {
        throw wrong;
      };
      assert.is(yield* caught(forEach(queue, failing, { concurrency: 1 })), wrong);
      assert.is(yield* caught(forEach(channel, failing, { concurrency: 1 })), wrong);
      assert.equal([queue.closed, channel.closed], [false, true]);
      queue.close();
      const rest = yield* map(queue, function* (n) {
        return n;
      });
      assert.ok(rest.length >= 1 && rest.includes(3));
    })(),
  );
});

test('an error of the queue that cannot be looked at is thrown as it is', () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const broken = {
    get: () =>
      (function* (): Coroutine<number> {
        throw proxy;
      })() as never,
  };
  assert.ok(Object.is(runSync(caught(map(broken, () => sleep(1)))), proxy));
});

test('what is no source is refused, also text, effects and tasks', () => {
  runSync(
    (function* () {
      const task = yield* spawn(sleep(1));
      for (const source of [undefined, null, 5, {}, 'text', sleep(1), task, () => {}, { get: 5 }])
        refuses(() => checkSource('map', source), /map takes an iterable, an async iterable, a queue or a channel/);
    })(),
  );
  for (const source of [[1], new Set([1]), new Map(), new Queue(), new Channel()]) checkSource('map', source);
});

test.run();
