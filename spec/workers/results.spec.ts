// imap: results as they come.
import {
  all,
  cancel,
  CancelledError,
  currentTask,
  forEach,
  QueueClosedError,
  race,
  sleep,
  spawn,
  timeout,
} from 'treadle';
import type { Coroutine, Effect } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh, lines, untilLine } from '../support/files.ts';
import { coroutines, fewTurns, jobs, kinds, poolOf, stage, until, within } from '../support/workers.ts';

const later = `data:text/javascript,${encodeURIComponent(`export const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms, ms));
  export const odd = (x) => { if (x % 2) return x; throw new Error(String(x)); };`)}`;

for (const kind of kinds) {
  const test = suite(`imap with ${kind === 'process' ? 'processes' : 'threads'}`);
  // The pools of all specs that want no other: with one call at once, two, and three.
  const [single, double, triple] = [poolOf(kind), poolOf(kind, { concurrency: 2 }), poolOf(kind, { concurrency: 3 })];
  const { play, end } = stage();
  test.after(end);

  test('gives results as they come', () =>
    play(function* () {
      yield* triple.apply(later, 'later', [0]);
      const seen: number[] = [];
      for (const next of triple.imap<number>(later, 'later', [300, 10, 150])) seen.push(yield* next);
      assert.equal(seen, [10, 150, 300]);
      assert.equal([...triple.imap(later, 'later', [])], []);
    }));

  test('or in the order of the items, if it is asked to', () =>
    play(function* () {
      const items = [150, 10, 60, 0, 30, 5, 0];
      const seen: number[] = [];
      for (const next of triple.imap<number>(later, 'later', items, { ordered: true })) seen.push(yield* next);
      assert.equal(seen, items);
      const odd: string[] = [];
      for (const next of triple.imap(later, 'odd', [1, 2, () => 0, 4, 5], { ordered: true }))
        odd.push(String(yield* caughtOr(next)).replace(/:.*/s, ''));
      assert.equal(odd, ['1', 'Error', 'TypeError', 'Error', '5'], 'errors, too, and of what cannot be sent');
      assert.equal([...triple.imap(later, 'later', [], { ordered: true })], []);
    }));

  test('in order it stays only a little ahead, however late the first one is', () =>
    play(function* () {
      let pulled = 0;
      function* items() {
        for (; pulled < 50; pulled++) yield pulled === 0 ? 200 : 0;
      }
      const seen: number[] = [];
      for (const next of double.imap<number>(later, 'later', items(), { ordered: true })) {
        seen.push(yield* next);
        if (seen.length === 1) assert.ok(pulled <= 8, `${pulled} pulled`);
      }
      assert.equal([seen.length, seen[0]], [50, 200]);
    }));

  test('in order, an iterable that throws and a pool that is closed do so at their turns', () =>
    within(function* () {
      const pool = poolOf(kind, { concurrency: 4 });
      function* items() {
        yield 40;
        yield 1;
        throw new Error('no more');
      }
      const seen: unknown[] = [];
      const error = yield* caught(
        (function* () {
          for (const next of pool.imap(later, 'later', items(), { ordered: true })) seen.push(yield* next);
        })(),
      );
      assert.equal([...seen, error.message], [40, 1, 'no more']);
      const results = pool.imap(later, 'later', [30, 1, 1, 1, 1, 1], { ordered: true });
      const tasks = [yield* spawn(caughtOr(results.next().value!)), yield* spawn(caughtOr(results.next().value!))];
      yield* fewTurns();
      assert.is.not(pool.workers[0]!.running, 0);
      yield* pool.close();
      assert.equal([yield* tasks[0]!, yield* tasks[1]!], [30, 1]);
    }));

  test('the task that is cancelled is over when its items have cleaned up in the workers', () =>
    play(function* () {
      yield* double.apply(jobs, 'square', [1]);
      const consumers: ((file: string) => Coroutine<void>)[] = [
        function* (file) {
          for (const next of double.imap(coroutines, 'patient', [file])) yield* next;
        },
        function* (file) {
          for (const next of double.imap(coroutines, 'patient', [file], { ordered: true })) yield* next;
        },
        function* (file) {
          yield* forEach(double.imap(coroutines, 'patient', [file]), (next) => next, { concurrency: 2 });
        },
        function* (file) {
          yield* all([consumers[0]!(file)]);
        },
        function* (file) {
          yield* yield* spawn(consumers[0]!(file));
        },
      ];
      for (const [i, consume] of consumers.entries()) {
        const file = fresh();
        const task = yield* spawn(consume(file));
        yield* untilLine(file, 'started');
        yield* cancel(task);
        assert.equal(lines(file), ['started', 'clean'], `consumer ${i}`);
        const other = fresh();
        const error = yield* caught(timeout(60_000, race([consume(other), failWhenStarted(other)])));
        assert.is(error.message, 'it has started');
        assert.equal(lines(other), ['started', 'clean'], `consumer ${i}, by race`);
      }
    }));

  test('a task that has left its loop by break is over when its items have cleaned up', () =>
    play(function* () {
      const work = `data:text/javascript,${encodeURIComponent(`import { patient } from ${JSON.stringify(coroutines.href)}; export const work = (x) => x === 1 ? 1 : patient(x);`)}`;
      const ways: ((next: Effect<unknown>) => Effect<unknown>)[] = [
        (next) => next,
        (next) => timeout(60_000, next), // a scope of its own, which is over before the loop is left
      ];
      for (const way of ways) {
        const file = fresh();
        const task = yield* spawn(
          (function* () {
            for (const next of double.imap(work, 'work', [1, file])) {
              yield* way(next);
              yield* untilLine(file, 'started');
              break;
            }
          })(),
        );
        yield* task;
        assert.equal(lines(file), ['started', 'clean'], `${way}`);
      }
    }));

  test('a keeper leaves with the last result, and not with the program', () =>
    within(function* () {
      const pool = poolOf(kind);
      const { children } = yield* currentTask();
      const before = children.length;
      for (let i = 0; i < 5; i++) for (const next of pool.imap(jobs, 'square', [1, 2])) yield* next;
      yield* sleep(1);
      assert.ok((yield* currentTask()).children.length <= before + 1, 'that of the pool');
    }));

  test('forEach consumes it, as many at a time as one likes', () =>
    play(function* () {
      const seen: number[] = [];
      yield* forEach(
        double.imap<number>(jobs, 'square', [1, 2, 3, 4, 5]),
        function* (next) {
          seen.push(yield* next);
        },
        { concurrency: 3 },
      );
      yield* forEach(double.imap<number>(jobs, 'square', [6, 7]), function* (next) {
        seen.push(yield* next);
      });
      assert.equal(
        seen.sort((a, b) => a - b),
        [1, 4, 9, 16, 25, 36, 49],
      );
    }));

  test('an error is thrown at its turn, and the next results can still be taken', () =>
    play(function* () {
      const seen: string[] = [];
      for (const next of single.imap<number>(later, 'odd', [1, 2, 3, 4, 5])) {
        try {
          seen.push(String(yield* next));
        } catch (error) {
          seen.push((error as Error).message + '!');
        }
      }
      assert.equal(seen, ['1', '2!', '3', '4!', '5']);
      const unclonable: string[] = [];
      for (const next of single.imap(jobs, 'square', [2, () => 0, 3])) unclonable.push(String(yield* caughtOr(next)));
      assert.equal(
        unclonable.map((text) => text.slice(0, 9)),
        ['4', 'TypeError', '9'],
      );
    }));

  test('a worker that dies costs the items that it ran, and with retries none', () =>
    play(function* () {
      const seen: string[] = [];
      for (const next of single.imap(jobs, 'exitAtTwo', [1, 2, 3]))
        seen.push(String(yield* caughtOr(next)).replace(/: .*/, ''));
      assert.equal(seen, ['1', 'WorkerDiedError', '3']);
      const file = fresh();
      const dieOnce = `data:text/javascript,${encodeURIComponent(`import { dieOnce } from ${JSON.stringify(jobs.href)}; export const f = (x) => x === 2 ? dieOnce(${JSON.stringify(file)}, x) : x;`)}`;
      const all: unknown[] = [];
      for (const next of single.imap(dieOnce, 'f', [1, 2, 3], { retries: 1 })) all.push(yield* next);
      assert.equal(all, [1, 2, 3]);
    }));

  test('stays only a little ahead of its consumer: items may be endless', () =>
    play(function* () {
      let pulled = 0;
      let left = false;
      function* items() {
        try {
          for (;;) yield pulled++;
        } finally {
          left = true;
        }
      }
      let taken = 0;
      for (const next of double.imap<number>(jobs, 'square', items())) {
        yield* next;
        if (++taken === 1) {
          yield* sleep(50);
          assert.ok(pulled <= 6, `${pulled} pulled`);
        }
        if (taken === 20) break;
      }
      assert.ok(pulled < 30 && left, `${pulled} pulled`);
    }));

  test('nothing starts before the first one is yielded', () =>
    within(function* () {
      const pool = poolOf(kind);
      const results = pool.imap(jobs, 'square', [1, 2]);
      assert.is(String(results.next().value), 'imap.next()');
      assert.equal(pool.workers, []);
      yield* sleep(1);
      assert.equal(pool.workers, []);
      assert.is(results[Symbol.iterator](), results);
    }));

  test('leaving the loop cancels what waits, and what runs cleans up', () =>
    play(function* () {
      const files = [fresh(), fresh(), fresh(), fresh()];
      const work = `data:text/javascript,${encodeURIComponent(`import { patient } from ${JSON.stringify(coroutines.href)}; export const work = (x) => x === 1 ? 1 : patient(x);`)}`;
      for (const next of double.imap(work, 'work', [1, ...files])) {
        assert.is(yield* next, 1);
        yield* untilLine(files[0]!, 'started');
        break;
      }
      yield* until(() => double.workers.every(({ running }) => running === 0));
      assert.equal(lines(files[0]!), ['started', 'clean']);
      assert.equal(
        files.slice(2).map((file) => lines(file)),
        [[], []],
      );
    }));

  test('so does cancelling the one who waits, and the end of the program', async () => {
    const pool = poolOf(kind, { concurrency: 2 });
    const file = fresh();
    const other = fresh();
    await within(function* () {
      const task = yield* spawn(
        (function* () {
          for (const next of pool.imap(coroutines, 'patient', [file, file])) yield* next;
        })(),
      );
      yield* untilLine(file, 'started');
      yield* cancel(task);
      yield* until(() => pool.workers.every(({ running }) => running === 0));
      assert.equal(lines(file).filter((line) => line === 'clean').length, lines(file).length / 2);
      const results = pool.imap(coroutines, 'patient', [other]);
      yield* spawn(results.next().value!, { daemon: true }); // and nobody ever leaves it
      yield* untilLine(other, 'started');
    });
    assert.equal(lines(other), ['started', 'clean']);
    assert.equal(pool.workers, []);
  });

  test('a result that was handed to somebody who is cancelled in that turn goes to the next one', () =>
    play(function* () {
      yield* double.apply(jobs, 'square', [1]);
      for (let ms = 0; ms < 12; ms++) {
        const results = double.imap<number>(jobs, 'squareLater', [2, 3]);
        const effects = [results.next().value!, results.next().value!];
        const first = yield* spawn(effects[0]!);
        yield* sleep(ms);
        first.cancel();
        const one = first.state === 'succeeded' ? [first.result()] : [yield* effects[0]!];
        assert.equal([...one, yield* effects[1]!].sort(), [4, 9], `after ${ms} ms`);
      }
    }));

  test('more takers than results are told so, whenever they come', () =>
    play(function* () {
      const effect = double.imap<number>(jobs, 'squareLater', [2]).next().value!;
      const [one, two] = [yield* spawn(caughtOr(effect)), yield* spawn(caughtOr(effect))];
      const both = [yield* one, yield* two];
      assert.ok(both.includes(4));
      assert.ok(both.some((value) => value instanceof QueueClosedError));
      assert.instance(yield* caught(effect), QueueClosedError);
    }));

  test('a pool that is terminated or closed meanwhile ends it', () =>
    within(function* () {
      const pool = poolOf(kind);
      const results = pool.imap(jobs, 'whereLater', [60_000, 0, 0]);
      const [first, second] = [results.next().value!, results.next().value!];
      const tasks = [yield* spawn(caughtOr(first)), yield* spawn(caughtOr(second))];
      yield* until(() => pool.workers.length > 0);
      yield* pool.terminate();
      assert.instance(yield* tasks[0]!, CancelledError);
      assert.instance(yield* tasks[1]!, QueueClosedError);
      assert.equal(results.next(), { done: true, value: undefined });

      const closing = poolOf(kind);
      const others = closing.imap<number>(jobs, 'squareLater', [2, 3, 4]);
      const taken = yield* spawn(all([caughtOr(others.next().value!), caughtOr(others.next().value!)]));
      yield* until(() => closing.workers.length > 0);
      yield* closing.close();
      const [four, error] = yield* taken;
      assert.equal([four, (error as Error).name], [4, 'InvalidStateError']);
    }));

  test('an iterable that throws does so at its turn', () =>
    play(function* () {
      function* items() {
        yield 2;
        throw new Error('no more');
      }
      const seen: unknown[] = [];
      const error = yield* caught(
        (function* () {
          for (const next of single.imap(jobs, 'square', items())) seen.push(yield* next);
        })(),
      );
      assert.equal([...seen, error.message], [4, 'no more']);
    }));

  test.run();
}

/** The result or the error. */
function* caughtOr(work: Effect<unknown>): Generator<any, unknown, any> {
  try {
    return yield work;
  } catch (error) {
    return error;
  }
}

function* failWhenStarted(file: string): Coroutine<void> {
  yield* untilLine(file, 'started');
  throw new Error('it has started');
}
