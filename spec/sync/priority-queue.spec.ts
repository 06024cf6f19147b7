import {
  all,
  cancel,
  coroutine,
  forEach,
  InvalidStateError,
  PriorityQueue,
  Queue,
  QueueClosedError,
  QueueEmptyError,
  QueueFullError,
  sleep,
  spawn,
  yieldNow,
} from 'treadle';
import type { Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { seeded } from '../support/random.ts';
import { virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('PriorityQueue');
const self = (n: number) => n;
const first = ([priority]: readonly [number, ...unknown[]]) => priority;

/** Takes all that is in it. */
function drained<T>(queue: Queue<T>): T[] {
  const items = [];
  while (!queue.empty) items.push(queue.getNowait());
  return items;
}

test('gives the item with the lowest priority first', () => {
  virtually(function* () {
    const queue = new PriorityQueue(self);
    for (const n of [3, 1, 4, 1.5, -9, 2, 6, -Infinity, 5, Infinity, 0]) yield* queue.put(n);
    const taken = [];
    while (queue.size > 0) taken.push(yield* queue.get());
    assert.equal(taken, [-Infinity, -9, 0, 1, 1.5, 2, 3, 4, 5, 6, Infinity]);
  });
});

test('equal priorities come in the order in which they went in, whatever went in and out between', () => {
  const queue = new PriorityQueue(first);
  let count = 0;
  const last = new Map<number, number>();
  const draw = seeded(7);
  for (let i = 0; i < 3_000; i++) {
    const n = draw(1_000_000);
    queue.putNowait([n % 5, count++]);
    if (n % 3 > 0) continue;
    const [priority, order] = queue.getNowait() as [number, number];
    assert.ok(order > (last.get(priority) ?? -1));
    last.set(priority, order);
  }
  const rest = drained(queue) as unknown as [number, number][];
  assert.equal(
    rest,
    [...rest].sort((a, b) => a[0] - b[0] || a[1] - b[1]),
  );
  for (const [priority, order] of rest) assert.ok(order > (last.get(priority) ?? -1));
});

test('equal infinities, too', () => {
  const queue = new PriorityQueue(first);
  for (const name of ['a', 'b', 'c']) queue.putNowait([Infinity, name]);
  for (const name of ['d', 'e']) queue.putNowait([-Infinity, name]);
  assert.equal(
    drained(queue).map(([, name]) => name),
    ['d', 'e', 'a', 'b', 'c'],
  );
});

test('sorts ten thousand numbers as sort does', () => {
  const draw = seeded(7);
  const all = Array.from({ length: 10_000 }, () => draw(1_000_000));
  const queue = new PriorityQueue(self);
  for (const n of all) queue.putNowait(n);
  assert.equal(
    drained(queue),
    all.sort((a, b) => a - b),
  );
});

test('items are never compared, and any value is one', () => {
  const trap = {
    valueOf() {
      throw new Error('compared');
    },
    toString() {
      throw new Error('compared');
    },
  };
  const queue = new PriorityQueue<unknown>(() => 0);
  const items = [undefined, trap, null, trap, Symbol.iterator, NaN];
  for (const item of items) queue.putNowait(item);
  const taken = drained(queue);
  items.forEach((item, i) => assert.ok(Object.is(item, taken[i])));
});

test('the priority is asked for once, when the item goes in', () => {
  const asked: string[] = [];
  virtually(function* () {
    const queue = new PriorityQueue((item: { name: string; priority: number }) => {
      asked.push(item.name);
      return item.priority;
    }, 2);
    const [a, b, c] = [
      { name: 'a', priority: 1 },
      { name: 'b', priority: 2 },
      { name: 'c', priority: 0 },
    ];
    yield* queue.put(a!);
    yield* queue.put(b!);
    yield* spawn(queue.put(c!));
    yield* yieldNow();
    assert.equal(asked, ['a', 'b']);
    a!.priority = 3;
    assert.is(yield* queue.get(), a);
    yield* turns(2);
    assert.is(yield* queue.get(), c);
  });
  assert.equal(asked, ['a', 'b', 'c']);
});

test('a consumer that was woken takes what is the lowest in its turn', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const queue = new PriorityQueue(self);
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
  assert.equal(log, ['a1', 'a2', 'a3', 'a4', 'b5']);
});

test('one that is cancelled by then leaves the item where it belongs', () => {
  virtually(function* () {
    const queue = new PriorityQueue(self);
    const consumers: Task[] = [];
    for (let i = 0; i < 3; i++) consumers.push((yield* spawn(queue.get())) as Task);
    yield* yieldNow();
    for (const n of [3, 1, 2]) queue.putNowait(n);
    for (const consumer of consumers) consumer.cancel();
    assert.equal(drained(queue), [1, 2, 3]);
  });
});

test('has a capacity, at which producers wait in the order in which they came', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const queue = new PriorityQueue(self, 2);
    const producer = coroutine('producer', function* (n: number) {
      yield* queue.put(n);
      log.push(n);
    });
    yield* spawn(all([5, 4, 3, 2, 1].map(producer)));
    yield* turns(3);
    assert.equal(log, [5, 4]);
    assert.instance(
      thrown(() => queue.putNowait(0)),
      QueueFullError,
    );
    const taken = [];
    for (let i = 0; i < 5; i++) {
      taken.push(yield* queue.get());
      yield* turns(2);
    }
    assert.equal(taken, [4, 3, 2, 1, 5]);
  });
  assert.equal(log, [5, 4, 3, 2, 1]);
});

for (const wrong of [undefined, null, NaN, '1', 1n, {}]) {
  test(`a priority of ${typeof wrong === 'string' ? `'${wrong}'` : String(wrong)} is a TypeError of the put that says so, and changes nothing`, () => {
    virtually(function* () {
      const queue = new PriorityQueue((item: unknown) => item as number, 1);
      assert.match((yield* caught(queue.put(wrong))).message, /PriorityQueue takes items whose priority is a number/);
      assert.instance(
        thrown(() => queue.putNowait(wrong)),
        TypeError,
      );
      assert.ok(queue.empty);
      assert.instance(
        thrown(() => queue.taskDone()),
        InvalidStateError,
      );
      yield* queue.put(7);
      // Refused when there is room for it, it leaves that to the next one.
      const [refused, next] = [yield* spawn(caught(queue.put(wrong))), yield* spawn(queue.put(8))];
      yield* turns(2);
      assert.is(yield* queue.get(), 7);
      assert.instance(yield* refused, TypeError);
      yield* next;
      assert.is(yield* queue.get(), 8);
    });
  });
}

test('an error of the function is thrown by put', () => {
  const error = new Error('no');
  virtually(function* () {
    const queue = new PriorityQueue(() => {
      throw error;
    });
    assert.is(yield* caught(queue.put(1)), error);
    assert.ok(queue.empty);
  });
});

test('is a Queue: join, close, forEach, names', () => {
  const taken: number[] = [];
  virtually(function* () {
    const queue = new PriorityQueue(self, 10, { name: 'jobs' });
    assert.instance(queue, Queue);
    assert.equal(
      [queue.name, queue.capacity, String(queue.put(1)), new PriorityQueue(self).name],
      ['jobs', 10, 'jobs.put(1)', 'queue'],
    );
    assert.instance(
      thrown(() => queue.getNowait()),
      QueueEmptyError,
    );
    for (const n of [2, 3, 1]) yield* queue.put(n);
    queue.close();
    yield* forEach(
      queue,
      function* (n) {
        taken.push(n);
        queue.taskDone();
      },
      { concurrency: 1 },
    );
    yield* queue.join();
    assert.instance(yield* caught(queue.get()), QueueClosedError);
  });
  assert.equal(taken, [1, 2, 3]);
});

test('a producer that is cancelled takes its item along', () => {
  virtually(function* () {
    const queue = new PriorityQueue(self, 1);
    yield* queue.put(5);
    const gone = yield* spawn(queue.put(1));
    yield* yieldNow();
    yield* cancel(gone);
    assert.equal(drained(queue), [5]);
  });
});

for (const wrong of [undefined, 5, { priority: self }]) {
  test(`without a function (${JSON.stringify(wrong)}) is an error that says what is wanted`, () =>
    refuses(() => new PriorityQueue(wrong as never), /PriorityQueue.*function/));
}
test('a wrong capacity is an error that says what is wanted', () =>
  refuses(() => new PriorityQueue(self, 0), /capacity.*0/));

test.run();
