// Debug mode: a queue that only grows.
import { Channel, Queue, runSync, sleep, spawn } from 'treadle';
import type { Coroutine } from 'treadle';
import 'treadle/debug';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('debug mode: growing queues');

function warnings(main: () => Coroutine<unknown>): string[] {
  const told: string[] = [];
  runSync(main(), { debug: (warning) => warning.startsWith('a step') || told.push(warning) });
  return told;
}

/** Puts items in and takes others out, so many a second, for so many seconds. */
const traffic = (inwards: number, outwards: number, seconds: number) =>
  function* () {
    const jobs = new Queue<number>(Infinity, { name: 'jobs' });
    for (let second = 0; second < seconds; second++) {
      for (let i = 0; i < inwards; i++) jobs.putNowait(i);
      for (let left = Math.min(outwards, jobs.size); left > 0; left--) jobs.getNowait();
      yield* sleep(1_000);
    }
  };

test('is reported once, with its size, when it has grown for six seconds and holds a thousand items', () => {
  assert.equal(warnings(traffic(600, 100, 30)), [
    'jobs only grows: it holds 3501 items, put in last by #1 main. Its consumers are slower than its ' +
      'producers; with a capacity, the producers would wait',
  ]);
});

test('is reported when items are put by `put`, too, and of channels', () => {
  const told = warnings(function* () {
    const jobs = new Channel<number>(Infinity, { name: 'jobs' });
    yield* spawn(
      (function* () {
        for (let i = 0; i < 2_400; i++) {
          yield* jobs.send(i);
          yield* sleep(5);
        }
      })(),
      { name: 'producer' },
    );
  });
  assert.is(told.length, 1);
  assert.match(told[0]!, /^jobs only grows: it holds \d{4} items, put in last by #2 producer\./);
});

test('has nothing to say of a small one, of one that keeps its size, or of one that was filled in a moment', () => {
  assert.equal(warnings(traffic(50, 30, 40)), [], 'fewer than a thousand');
  assert.equal(warnings(traffic(3_000, 3_000, 20)), [], 'taken as fast as put');
  const filled = warnings(function* () {
    const jobs = new Queue<number>();
    for (let i = 0; i < 5_000; i++) jobs.putNowait(i);
    for (let i = 0; i < 20; i++) {
      jobs.getNowait();
      jobs.getNowait();
      yield* jobs.put(i);
      yield* sleep(1_000);
    }
  });
  assert.equal(filled, []);
});

test.run();
