import { cancel, Channel, coroutine, debounce, now, Queue, run, sleep, spawn, throttle, timeout } from 'treadle';
import type { Effect } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('debounce and throttle');

/** A channel that gets the numbers 1, 2, 3 ... at these times, and then ends, or fails. */
const arrivals = coroutine('arrivals', function* (times: readonly number[], error?: unknown) {
  const channel = new Channel<number>(Infinity);
  const send = coroutine('send', function* () {
    for (const [index, time] of times.entries()) {
      yield* sleep(time - (yield* now()));
      if (channel.closed) return;
      channel.sendNowait(index + 1);
    }
    channel.close(error);
  });
  yield* spawn(send());
  return channel;
});

/** What comes out, and when. */
const received = (open: (source: Channel<number>) => Effect<Channel<number>>, times: readonly number[], slow = 0) =>
  virtually(function* () {
    const items = yield* open(yield* arrivals(times));
    const log: string[] = [];
    for (let next; !(next = yield* items.receive()).done;) {
      log.push(`${yield* now()}: ${next.value}`);
      yield* sleep(slow);
    }
    return log;
  });

test('debounce: an item comes when no other has followed for a while', () => {
  assert.equal(
    received((source) => debounce(source, 10), [0, 5, 9, 40, 60, 65]),
    ['19: 3', '50: 4', '75: 6'],
  );
});

test('debounce: a receiver that is slow gets the newest item', () => {
  assert.equal(
    received((source) => debounce(source, 10), [0, 20, 40, 100], 70),
    ['10: 1', '80: 3', '150: 4'],
  );
});

test('throttle: the first item at once, and then the newest one each time', () => {
  assert.equal(
    received((source) => throttle(source, 10), [0, 1, 2, 12, 15, 18, 100]),
    ['0: 1', '10: 3', '20: 6', '100: 7'],
  );
});

test('with 0 milliseconds, all items come', () => {
  for (const open of [debounce, throttle])
    assert.equal(
      received((source) => open(source, 0), [0, 5, 9]),
      ['0: 1', '5: 2', '9: 3'],
    );
});

test('at the end of the source the last item still comes, and then the end', () => {
  assert.equal(
    received((source) => debounce(source, 10), [0]),
    ['10: 1'],
  );
  assert.equal(
    received((source) => throttle(source, 10), [0, 1]),
    ['0: 1', '10: 2'],
  );
  for (const open of [debounce, throttle])
    assert.equal(
      received((source) => open(source, 10), []),
      [],
    );
});

test('take queues and async iterables', async () => {
  virtually(function* () {
    const queue = new Queue<string>();
    queue.putNowait('first');
    queue.putNowait('second');
    queue.close();
    const items = yield* debounce(queue, 5);
    assert.is((yield* items.receive()).value, 'second');
    assert.ok((yield* items.receive()).done);
  });
  const iterable = (async function* () {
    yield 1;
    yield 2;
  })();
  await run(
    (function* () {
      // A busy machine may need more than a millisecond from one item to the next.
      const items = yield* debounce(iterable, 200);
      assert.is((yield* items.receive()).value, 2);
    })(),
  );
});

test('an error of the source is thrown by receive, and fails the task if nobody receives it', () => {
  const error = new Error('the source');
  for (const open of [debounce, throttle]) {
    virtually(function* () {
      const items = yield* open(yield* arrivals([], error), 10);
      assert.is(yield* caught(items.receive()), error);
    });
    assert.is(
      thrown(() =>
        virtually(function* () {
          yield* open(yield* arrivals([0], error), 10);
          yield* sleep(50);
        }),
      ),
      error,
    );
  }
});

test('closing the channel leaves the source, and so does the end of the task', () => {
  for (const open of [debounce, throttle]) {
    virtually(function* () {
      const source = yield* arrivals([0, 50]);
      const items = yield* open(source, 10);
      yield* items.receive();
      items.close();
      yield* sleep(1);
      assert.ok(source.closed);

      const other = new Channel<number>();
      const user = coroutine('user', function* () {
        yield* open(other, 10);
        yield* sleep(5);
      });
      const task = yield* spawn(user());
      yield* task;
      assert.ok(other.closed);
    });
  }
});

test('cancelled at every moment, nothing is alive afterwards', () => {
  for (const open of [debounce, throttle])
    for (let ms = 0; ms <= 30; ms++)
      virtually(function* () {
        const source = yield* arrivals([0, 3, 9, 20]);
        const user = coroutine('user', function* () {
          const items = yield* open(source, 5);
          while (!(yield* items.receive()).done) yield* sleep(2);
        });
        const task = yield* spawn(user());
        yield* sleep(ms);
        const wasOver = task.done;
        yield* cancel(task);
        assert.is(task.state, wasOver ? 'succeeded' : 'cancelled');
        assert.is(task.children.length, 0);
        assert.ok(source.closed);
      });
});

test('within a limit they belong to the limit', () => {
  virtually(function* () {
    const source = yield* arrivals([0, 50]);
    const work = coroutine('work', function* () {
      const items = yield* throttle(source, 10);
      yield* items.receive();
      yield* items.receive();
    });
    yield* caught(timeout(20, work()));
    assert.ok(source.closed);
  });
});

test('refuse a plain iterable, what is no source, and a wrong time, at the call', () => {
  for (const open of [debounce, throttle]) {
    refuses(() => open([1, 2], 10), /not a plain iterable/);
    refuses(() => open(5 as never, 10), /takes an iterable, an async iterable, a queue or a channel of items, not 5/);
    refuses(() => open(new Queue(), -1), /0 or more milliseconds, not -1/);
  }
});

test.run();
