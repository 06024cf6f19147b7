import {
  forEach,
  LifoQueue,
  Queue,
  QueueClosedError,
  QueueEmptyError,
  QueueFullError,
  sleep,
  spawn,
  yieldNow,
} from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('LifoQueue');

test('gives the item that went in last', () => {
  virtually(function* () {
    const queue = new LifoQueue<number>();
    for (const n of [1, 2, 3]) yield* queue.put(n);
    const taken = [yield* queue.get(), yield* queue.get()];
    yield* queue.put(4);
    assert.equal([...taken, yield* queue.get(), yield* queue.get(), queue.empty], [3, 2, 4, 1, true]);
  });
});

test('a consumer that was woken takes what is the newest in its turn', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const queue = new LifoQueue<number>();
    for (const name of 'ab')
      yield* spawn(
        (function* () {
          for (;;) log.push(`${name}${yield* queue.get()}`);
        })(),
        { daemon: true },
      );
    yield* yieldNow();
    for (const n of [3, 1, 2, 5, 4]) queue.putNowait(n);
    yield* sleep(1);
  });
  assert.equal(log, ['a4', 'a5', 'a2', 'a1', 'b3']);
});

test('one that is cancelled by then leaves the items as they were', () => {
  virtually(function* () {
    const queue = new LifoQueue<number>();
    const consumers = [yield* spawn(queue.get()), yield* spawn(queue.get())];
    yield* yieldNow();
    for (const n of [1, 2, 3]) queue.putNowait(n);
    for (const consumer of consumers) consumer.cancel();
    assert.equal([queue.getNowait(), queue.getNowait(), queue.getNowait()], [3, 2, 1]);
  });
});

test('undefined is an item', () => {
  const queue = new LifoQueue<unknown>();
  queue.putNowait(1);
  queue.putNowait(undefined);
  assert.equal([queue.size, queue.getNowait(), queue.getNowait(), queue.size], [2, undefined, 1, 0]);
});

test('has a capacity, and is a Queue in everything else', () => {
  const taken: number[] = [];
  virtually(function* () {
    const queue = new LifoQueue<number>(2, { name: 'pool' });
    assert.instance(queue, Queue);
    assert.equal(
      [queue.name, queue.capacity, String(queue.get()), new LifoQueue().capacity],
      ['pool', 2, 'pool.get()', Infinity],
    );
    assert.instance(
      thrown(() => queue.getNowait()),
      QueueEmptyError,
    );
    yield* queue.put(1);
    yield* queue.put(2);
    assert.instance(
      thrown(() => queue.putNowait(3)),
      QueueFullError,
    );
    yield* spawn(queue.put(3));
    yield* turns(2);
    assert.is(yield* queue.get(), 2);
    yield* turns(2);
    queue.close();
    yield* forEach(
      queue,
      function* (n) {
        taken.push(n);
      },
      { concurrency: 1 },
    );
    assert.instance(yield* caught(queue.put(4)), QueueClosedError);
  });
  assert.equal(taken, [3, 1]);
});

test('a wrong capacity is an error that says what is wanted', () => refuses(() => new LifoQueue(-1), /capacity.*-1/));

test.run();
