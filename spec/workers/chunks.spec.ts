// Chunks: many items in one message. Their errors and their results are those of each item all the same.
import { allSettled, cancel, Channel, forEach, Queue, sleep, spawn } from 'treadle';
import type { Settled } from 'treadle';
import { WorkerDiedError } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { fresh, lines, untilLine } from '../support/files.ts';
import { coroutines, jobs, kinds, poolOf, stage, within } from '../support/workers.ts';

const numbers = Array.from({ length: 25 }, (_, n) => n);
const squares = numbers.map((n) => n * n);

/** What an item was settled with: a value, or the first word of an error. */
const said = (one: Settled<unknown>) =>
  one.status === 'fulfilled' ? one.value : String(one.reason).replace(/[: ].*/s, '');

for (const kind of kinds) {
  const test = suite(`chunks in a ${kind}`);
  const pool = poolOf(kind);
  const { play, end } = stage();
  test.after(end);

  test('give the results of each item, in order, of functions of every form', () =>
    play(function* () {
      for (const name of ['square', 'squareLater', 'squareAsync'])
        assert.equal(yield* pool.map(jobs, name, numbers, { chunk: 10 }), squares, name);
      for (const name of ['squareCoroutine', 'squareGenerator'])
        assert.equal(yield* pool.map(coroutines, name, numbers, { chunk: 10 }), squares, name);
      assert.equal(yield* pool.map(jobs, 'square', [], { chunk: 10 }), []);
      assert.equal(yield* pool.map(jobs, 'square', [3], { chunk: 10 }), [9]);
      for (const ordered of [true, false]) {
        const seen: number[] = [];
        for (const next of pool.imap<number>(jobs, 'square', numbers, { chunk: 4, ordered })) seen.push(yield* next);
        assert.equal(
          seen.sort((a, b) => a - b),
          squares,
        );
      }
    }));

  test('are so many items in one message each, and one of the calls that concurrency counts', () =>
    within(function* () {
      const pool = poolOf(kind, { concurrency: 2, maxTasksPerWorker: 3 });
      const ids = yield* pool.map<string>(jobs, 'whereLater', new Array(25).fill(1), { chunk: 5 });
      const counts = [...new Set(ids)].map((id) => ids.filter((one) => one === id).length);
      assert.equal(counts, [15, 10], 'a worker ends after three chunks');
      assert.is(Math.max(...(yield* pool.map<number>(jobs, 'together', new Array(20).fill(2), { chunk: 5 }))), 2);
    }));

  test('take items of every source', () =>
    play(function* () {
      const queue = new Queue<number>();
      for (const n of [1, 2, 3, 4, 5]) queue.putNowait(n);
      queue.close();
      assert.equal(yield* pool.map(jobs, 'square', queue, { chunk: 2 }), [1, 4, 9, 16, 25]);
      const slow = new Queue<number>();
      const task = yield* spawn(pool.map(jobs, 'square', slow, { chunk: 100 }));
      for (const n of [1, 2, 3]) {
        slow.putNowait(n);
        yield* sleep(2);
      }
      slow.close();
      assert.equal(yield* task, [1, 4, 9], 'what is there goes on its way');
      async function* later() {
        for (const n of [1, 2, 3]) yield n;
      }
      assert.equal(yield* pool.map(jobs, 'square', later(), { chunk: 2 }), [1, 4, 9]);
      const channel = new Channel<number>(10);
      for (const n of [1, 2, 3]) channel.sendNowait(n);
      channel.close();
      assert.equal(yield* pool.map(jobs, 'square', channel, { chunk: 2 }), [1, 4, 9]);
    }));

  test('a source is released when its chunks are not wanted any more', () =>
    play(function* () {
      let released = 0;
      function* endless() {
        try {
          for (let n = 0; ; n++) yield n % 5 === 4 ? 'no' : n;
        } finally {
          released++;
        }
      }
      async function* endlessLater() {
        yield* endless();
      }
      for (const items of [endless(), endlessLater()])
        assert.is(yield* caught(pool.map(jobs, 'throwValue', items, { chunk: 3 })), 0);
      assert.is(released, 2);
    }));

  test('map throws the first failure, and the items behind it are not run', () =>
    play(function* () {
      const file = fresh();
      const items = numbers.map((n) => [file, n]);
      const error = yield* caught(pool.map(jobs, 'logAndFailAtThree', items, { chunk: 10 }));
      assert.equal([error.name, error.message], ['NotFound', 'item 3']);
      assert.match(error.stack, /\n    in (process|thread) \d+/);
      assert.equal(lines(file), ['0', '1', '2', '3']);
    }));

  test('mapSettled and imap give what became of each item', () =>
    play(function* () {
      const file = fresh();
      const items = numbers.slice(0, 6).map((n) => [file, n]);
      const settled = yield* pool.mapSettled(jobs, 'logAndFailAtThree', items, { chunk: 4 });
      assert.equal(settled.map(said), [0, 1, 2, 'NotFound', 4, 5]);
      const seen: unknown[] = [];
      for (const next of pool.imap(jobs, 'logAndFailAtThree', items, { chunk: 4, ordered: true })) {
        seen.push(said((yield* allSettled([next]))[0]));
      }
      assert.equal(seen, [0, 1, 2, 'NotFound', 4, 5]);
    }));

  test('an item or a result that cannot be sent is an error of that item', () =>
    play(function* () {
      for (const stray of [() => 0, new Proxy({}, {})]) {
        const items = [1, stray, 2];
        const settled = yield* pool.mapSettled(jobs, 'same', items, { chunk: 3 });
        assert.equal(settled.map(said), [1, 'TypeError', 2]);
        const seen: unknown[] = [];
        for (const next of pool.imap(jobs, 'same', items, { chunk: 3, ordered: true }))
          seen.push(said((yield* allSettled([next]))[0]));
        assert.equal(seen, [1, 'TypeError', 2]);
        assert.match(
          (yield* caught(pool.map(jobs, 'same', items, { chunk: 3 }))).message,
          /^same\(.*\) cannot be sent/,
        );
      }
      const results = yield* pool.mapSettled(jobs, 'giveStrays', [0, 1, 2, 3], { chunk: 4 });
      assert.equal(results.map(said), [0, 'TypeError', 'TypeError', 3]);
    }));

  test('a worker that dies takes along the items of its chunk that had begun', () =>
    play(function* () {
      const settled = yield* pool.mapSettled(jobs, 'exitAtTwo', [3, 2, 4, 5, 6], { chunk: 3 });
      assert.equal(settled.map(said), ['WorkerDiedError', 'WorkerDiedError', 4, 5, 6]);
      const { reason } = settled[0] as { reason: WorkerDiedError };
      assert.equal(reason.running, ['exitAtTwo(each of [3, 2])']);
    }));

  test('a chunk that is cancelled cleans up its item that runs, and starts no other', () =>
    play(function* () {
      const files = [fresh(), fresh(), fresh()];
      const task = yield* spawn(pool.map(coroutines, 'patient', files, { chunk: 3 }));
      yield* untilLine(files[0]!, 'started');
      yield* cancel(task);
      assert.equal(files.map(lines), [['started', 'clean'], [], []]);
      const more = [fresh(), fresh()];
      const consumer = yield* spawn(forEach(pool.imap(coroutines, 'patient', more, { chunk: 2 }), (next) => next));
      yield* untilLine(more[0]!, 'started');
      yield* cancel(consumer);
      assert.equal(more.map(lines), [['started', 'clean'], []]);
    }));

  test('items that compute let the worker hear of a cancellation between two of them', () =>
    within(function* () {
      const pool = poolOf(kind, { grace: 30_000 });
      const before = yield* pool.apply(jobs, 'where');
      const file = fresh();
      const items = Array.from({ length: 1e4 }, () => file);
      const task = yield* spawn(pool.map(jobs, 'computeFor20', items, { chunk: 1e4 }));
      yield* untilLine(file, 'computed');
      yield* cancel(task);
      assert.ok(lines(file).length < 5_000);
      assert.equal(yield* pool.apply(jobs, 'where'), before, 'the worker is as good as before');
    }));

  test('progress is that of an item: then they travel alone', () =>
    play(function* () {
      const heard: unknown[] = [];
      const onProgress = (value: unknown, args: readonly unknown[]) => void heard.push([value, ...args]);
      yield* pool.map(coroutines, 'reportsEach', [1, 2], { onProgress, chunk: 2 });
      assert.equal(heard, [[1, 1], [1, 2], [2, 2]]); // prettier-ignore
    }));

  test.run();
}

const test = suite('chunks');

test('the option is checked where it is given', () => {
  const pool = poolOf('thread');
  for (const chunk of [0, -1, 1.5, Infinity, '5', NaN]) {
    const options = { chunk: chunk as number };
    refuses(() => pool.map(jobs, 'square', [1], options), /map takes a chunk of 1 or more, not/);
    refuses(() => pool.mapSettled(jobs, 'square', [1], options), /mapSettled takes a chunk of 1 or more, not/);
    refuses(() => pool.imap(jobs, 'square', [1], options), /imap takes a chunk of 1 or more, not/);
  }
  refuses(
    () => pool.imap(jobs, 'square', [1], { ordered: 1 as never }),
    /imap takes true or false as the option ordered/,
  );
});

test.run();
