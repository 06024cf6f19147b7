// An effect without an argument says the same whenever it is asked for. So it is made once, with its primitive.
import { all, Barrier, Channel, Condition, Event, Lock, Queue, race, Semaphore, spawn, yieldNow } from 'treadle';
import type { Effect } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { virtually } from '../support/virtual.ts';

const test = suite('kept effects');

const primitives = () => ({
  lock: new Lock(),
  semaphore: new Semaphore(),
  condition: new Condition(),
  event: new Event(),
  barrier: new Barrier(2),
  queue: new Queue<string>(),
  channel: new Channel<string>(),
});
type Primitives = ReturnType<typeof primitives>;

const asked: readonly ((of: Primitives) => Effect<unknown>)[] = [
  ({ lock }) => lock.acquire(),
  ({ semaphore }) => semaphore.acquire(),
  ({ condition }) => condition.acquire(),
  ({ condition }) => condition.wait(),
  ({ event }) => event.wait(),
  ({ barrier }) => barrier.wait(),
  ({ queue }) => queue.get(),
  ({ queue }) => queue.join(),
  ({ channel }) => channel.receive(),
];

for (const ask of asked) {
  const made = primitives();
  test(`${ask(made)} is the same effect each time, and another one for another primitive`, () => {
    assert.is(ask(made), ask(made));
    assert.is.not(ask(made), ask(primitives()));
  });
}

test('it may be yielded by several tasks at once, and again and again', () => {
  virtually(function* () {
    const queue = new Queue<number>();
    const get = queue.get();
    const tasks = [yield* spawn(get), yield* spawn(get)];
    yield* yieldNow();
    for (const item of [1, 2, 3, 4]) queue.putNowait(item);
    assert.equal([yield* tasks[0]!, yield* tasks[1]!, yield* get, yield* get], [1, 2, 3, 4]);
  });
});

test('given to a combinator twice, it is performed twice', () => {
  virtually(function* () {
    const queue = new Queue<number>();
    for (const item of [1, 2, 3, 4]) queue.putNowait(item);
    assert.equal(yield* all([queue.get(), queue.get()]), [1, 2]);
    assert.is(yield* race([queue.get(), queue.get()]), 3);
    assert.is(queue.size, 1);
  });
});

test.run();
