// What a combinator does with the answer of an acquiring effect that it can no longer hand over: it gives it back.
import {
  Channel,
  currentTask,
  LifoQueue,
  Lock,
  PriorityQueue,
  Queue,
  QueueClosedError,
  Semaphore,
  spawn,
  yieldNow,
} from 'treadle';
import type { Coroutine, Effect, Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { giveBack } from '../../lib/kernel/acquired.ts';
import { caught } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('giving back');

/** Performs the effect, and gives back what it acquired as if that could not be handed over. */
function* inVain<T>(effect: Effect<T>): Coroutine<T> {
  const answer = yield* effect;
  giveBack(effect, answer, (yield* currentTask()) as Task);
  return answer;
}

test('a lock is released, and handed to the task that waits for it', () => {
  virtually(function* () {
    const lock = new Lock();
    yield* inVain(lock.acquire());
    assert.not(lock.locked);
    yield* lock.acquire();
    const waiting = yield* spawn(lock.acquire());
    yield* yieldNow();
    giveBack(lock.acquire(), undefined, (yield* currentTask()) as Task);
    assert.ok(lock.locked);
    yield* waiting;
  });
});

test('a permit of a semaphore is free again', () => {
  virtually(function* () {
    const semaphore = new Semaphore(2);
    yield* semaphore.acquire();
    yield* inVain(semaphore.acquire());
    assert.is(semaphore.free, 1);
  });
});

test('an item of a queue goes back to the front, and is still to be done', () => {
  virtually(function* () {
    const queue = new Queue<string>(2);
    for (const item of ['first', 'second']) queue.putNowait(item);
    assert.is(yield* inVain(queue.get()), 'first');
    assert.equal([queue.size, queue.full], [2, true]);
    for (const item of ['first', 'second']) {
      assert.is(yield* queue.get(), item);
      queue.taskDone();
    }
    yield* queue.join();
  });
});

test('a consumer that waits gets the item', () => {
  virtually(function* () {
    const queue = new Queue<string>();
    queue.putNowait('item');
    const item = yield* queue.get();
    const waiting = yield* spawn(queue.get());
    yield* yieldNow();
    giveBack(queue.get(), item, (yield* currentTask()) as Task);
    assert.is(yield* waiting, 'item');
  });
});

test('when the room of the item was filled meanwhile, the queue takes no more until it has room again', () => {
  virtually(function* () {
    const queue = new Queue<number>(1);
    queue.putNowait(1);
    const [second, third] = [yield* spawn(queue.put(2)), yield* spawn(queue.put(3))];
    yield* yieldNow();
    const item = yield* queue.get();
    yield* second;
    giveBack(queue.get(), item, (yield* currentTask()) as Task);
    assert.equal([queue.size, yield* queue.get()], [2, 1]);
    yield* turns(3);
    assert.not(third.done);
    assert.equal([yield* queue.get(), yield* queue.get()], [2, 3]);
  });
});

test('an item that comes back to a queue which was closed and emptied meanwhile can be taken', () => {
  virtually(function* () {
    const queue = new Queue<string>();
    queue.putNowait('item');
    queue.close();
    const item = yield* queue.get();
    giveBack(queue.get(), item, (yield* currentTask()) as Task);
    assert.is(yield* queue.get(), 'item');
    assert.instance(yield* caught(queue.get()), QueueClosedError);
  });
});

test('it goes to a consumer that was woken to be told the end, and then the others are told', () => {
  virtually(function* () {
    const queue = new Queue<string>();
    queue.putNowait('item');
    const item = yield* queue.get();
    const [a, b] = [yield* spawn(queue.get()), yield* spawn(caught(queue.get()))];
    yield* turns(2);
    queue.close();
    giveBack(queue.get(), item, (yield* currentTask()) as Task);
    assert.is(yield* a, 'item');
    assert.instance(yield* b, QueueClosedError);
  });
});

test('an item of a LIFO queue goes back on top', () => {
  virtually(function* () {
    const queue = new LifoQueue<number>();
    for (const item of [1, 2]) queue.putNowait(item);
    assert.is(yield* inVain(queue.get()), 2);
    assert.equal([yield* queue.get(), yield* queue.get()], [2, 1]);
  });
});

test('an item of a priority queue goes back before its equals, and behind more urgent ones', () => {
  virtually(function* () {
    const queue = new PriorityQueue<string>((item) => item.length);
    for (const item of ['aa', 'bb', 'cc']) queue.putNowait(item);
    const [first, second] = [yield* queue.get(), yield* queue.get()];
    queue.putNowait('d');
    queue.putNowait('ee');
    const task = (yield* currentTask()) as Task;
    giveBack(queue.get(), second, task);
    giveBack(queue.get(), first, task);
    const items = [];
    while (!queue.empty) items.push(queue.getNowait());
    assert.equal(items, ['d', 'aa', 'bb', 'cc', 'ee']);
  });
});

for (const [name, again] of Object.entries({
  'that is not a number': () => NaN,
  'that throws': () => {
    throw new Error('no');
  },
})) {
  test(`an item that comes back with a priority ${name} is not lost: it comes out next`, () => {
    virtually(function* () {
      const asked = new Set<string>();
      const queue = new PriorityQueue<string>((item) => {
        if (asked.has(item)) return again();
        asked.add(item);
        return 1;
      });
      for (const item of ['a', 'b']) queue.putNowait(item);
      assert.is(yield* inVain(queue.get()), 'a');
      assert.equal([yield* queue.get(), yield* queue.get()], ['a', 'b']);
    });
  });
}

test('an item of a channel goes back to the front, whatever its capacity; of the end there is nothing to give back', () => {
  virtually(function* () {
    for (const capacity of [0, 1, 3]) {
      const channel = new Channel<string>(capacity);
      const sending = yield* spawn(
        (function* () {
          for (const item of ['a', 'b']) yield* channel.send(item);
        })(),
      );
      assert.equal(yield* inVain(channel.receive()), { done: false, value: 'a' });
      assert.equal(
        [yield* channel.receive(), yield* channel.receive()],
        [
          { done: false, value: 'a' },
          { done: false, value: 'b' },
        ],
      );
      yield* sending;
      channel.close();
      assert.is((yield* inVain(channel.receive())).done, true);
      assert.is(channel.size, 0);
      assert.is((yield* channel.receive()).done, true);
    }
  });
});

test.run();
