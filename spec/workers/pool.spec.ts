// What a pool does when all goes well: which functions, in which worker, how many at a time, in which order.
import { all, cancel, map, Queue, run, runSync, spawn } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { inWorker, Pool } from 'treadle/workers';
import { inspect } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { fresh, lines } from '../support/files.ts';
import { coroutines, fewTurns, jobs, kinds, poolOf, stage, until, within } from '../support/workers.ts';

for (const kind of kinds) {
  const test = suite(`a pool of ${kind === 'process' ? 'processes' : 'threads'}`);
  const pool = poolOf(kind); // of all specs that want no other
  const { play, end } = stage();
  test.after(end);

  test('runs functions of every form: plain, promise-returning, coroutines, generators, effects', () =>
    play(function* () {
      for (const name of ['square', 'squareLater', 'squareAsync'])
        assert.equal(yield* pool.map(jobs, name, [1, 2, 3]), [1, 4, 9], name);
      for (const name of ['squareCoroutine', 'squareGenerator'])
        assert.equal(yield* pool.map(coroutines, name, [1, 2, 3]), [1, 4, 9], name);
      assert.equal(yield* pool.apply(coroutines, 'squareEffect', [3]), [9]);
      assert.is(yield* pool.apply(jobs, 'default', [3]), -3);
      assert.equal(yield* pool.apply(jobs.href, 'echo', [1, new Map([['a', new Date(0)]]), undefined]), [
        1,
        new Map([['a', new Date(0)]]),
        undefined,
      ]);
      assert.equal(yield* pool.apply('data:text/javascript,export const three = () => 3', 'three'), 3);
    }));

  test('a coroutine is a task of the worker, with children and a name', () =>
    play(function* () {
      assert.equal(yield* pool.apply(coroutines, 'family', [2]), ['family', true, 4, 9]);
    }));

  test('runs them elsewhere, each worker being started when there is something for it to do', () =>
    within(function* () {
      const pool = poolOf(kind, { workers: 2 });
      assert.equal(pool.workers, []);
      const first = yield* pool.apply<{ pid: number; threadId: number }>(jobs, 'where');
      if (kind === 'process') assert.not.equal(first.pid, process.pid);
      else assert.ok(first.pid === process.pid && first.threadId > 0);
      assert.equal(pool.workers, [{ id: kind === 'process' ? first.pid : first.threadId, running: 0 }]);
      yield* pool.apply(jobs, 'where');
      assert.is(pool.workers.length, 1, 'an idle one is preferred');
      const both = yield* all([1, 2, 3, 4].map(() => pool.apply(jobs, 'whereLater', [20])));
      assert.is(new Set(both).size, 2, 'and never more than were asked for');
      assert.is(yield* pool.apply(coroutines, 'worker'), true);
      assert.is(inWorker(), false);
    }));

  for (const [module, form] of [
    [coroutines, 'coroutines'],
    [jobs, 'promises'],
  ] as const) {
    test(`runs as many ${form} in a worker at a time as concurrency says`, () =>
      play(function* () {
        assert.equal(
          Math.max(...(yield* poolOf(kind, { concurrency: 3 }).map<number>(module, 'together', new Array(9).fill(20)))),
          3,
        );
        assert.equal(Math.max(...(yield* pool.map<number>(module, 'together', [5, 5, 5]))), 1);
      }));
  }

  test('the coroutines of a worker share its event loop and its locks', () =>
    within(function* () {
      assert.equal(yield* poolOf(kind, { concurrency: 4 }).map(coroutines, 'oneAtATime', [5, 5, 5, 5]), [1, 1, 1, 1]);
    }));

  test('map gives results in order, whatever the order of completion, of any source', () =>
    within(function* () {
      const pool = poolOf(kind, { workers: 2, concurrency: 2 });
      const inline =
        'data:text/javascript,export const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms, ms))';
      assert.equal(yield* pool.map(inline, 'later', [40, 1, 20, 0, 5]), [40, 1, 20, 0, 5]);
      assert.equal(yield* pool.map(jobs, 'square', new Set([3, 2])), [9, 4]);
      assert.equal(yield* pool.map(jobs, 'square', []), []);
      const queue = new Queue<number>();
      for (const n of [5, 6]) queue.putNowait(n);
      queue.close();
      assert.equal(yield* pool.map(jobs, 'square', queue), [25, 36]);
      async function* numbers() {
        yield 7;
        yield 8;
      }
      assert.equal(yield* pool.map(jobs, 'square', numbers()), [49, 64]);
      assert.equal(
        yield* map([1, 2], (n) => pool.apply<number>(jobs, 'square', [n])),
        [1, 4],
        'which is what map of treadle does with apply',
      );
    }));

  test('map has the next item of an array ready for each worker, and takes none of a queue before it can run', () =>
    play(function* () {
      const long = 60_000;
      const first = yield* spawn(pool.map(coroutines, 'together', [long, long, long, long]));
      yield* fewTurns();
      assert.match(pool.toString(), /, 2 calls>$/);
      yield* cancel(first);
      const queue = new Queue<number>();
      for (const item of [long, long, long]) queue.putNowait(item);
      const second = yield* spawn(pool.map(coroutines, 'together', queue));
      yield* fewTurns();
      assert.match(pool.toString(), /, 1 calls>$/);
      assert.is(queue.size, 2);
      yield* cancel(second);
    }));

  test('no item of a map starts behind a failure', () =>
    play(function* () {
      const file = fresh();
      const items: [string, number][] = Array.from({ length: 8 }, (_, n) => [file, n]);
      assert.match(yield* caught(pool.map(jobs, 'logAndFailAtThree', items)), /item 3/);
      assert.equal(lines(file), ['0', '1', '2', '3']);
    }));

  test('map throws the first failure when the others are over; mapSettled gives all', () =>
    play(function* () {
      const error = yield* caught(pool.map(jobs, 'throwValue', ['a', 'b', 'c']));
      assert.ok(error === 'a' || error === 'b', String(error)); // not both: one of them came first
      assert.equal(
        pool.workers.map(({ running }) => running),
        [0],
      );
      assert.equal(yield* pool.mapSettled(jobs, 'throwValue', ['a', 'b']), [
        { status: 'rejected', reason: 'a' },
        { status: 'rejected', reason: 'b' },
      ]);
      assert.equal(yield* pool.mapSettled(jobs, 'square', [2]), [{ status: 'fulfilled', value: 4 }]);
    }));

  test('after maxTasksPerWorker calls a worker ends, when it has done them, and another takes its place', () =>
    within(function* () {
      const pool = poolOf(kind, { concurrency: 2, maxTasksPerWorker: 3 });
      const ids = yield* pool.map<string>(jobs, 'whereLater', new Array(8).fill(5));
      const counts = [...new Set(ids)].map((id) => ids.filter((one) => one === id).length);
      assert.equal(counts, [3, 3, 2]);
      assert.ok(pool.workers.length <= 1, 'never more than one at a time');
    }));

  test('the initializer is called once in each worker, before anything else, and waited for', () =>
    within(function* () {
      const file = fresh();
      const pool = poolOf(kind, { workers: 2, initializer: { module: jobs, export: 'log', args: [file, 'one more'] } });
      yield* all([1, 2, 3, 4].map(() => pool.apply(jobs, 'whereLater', [10])));
      assert.equal(lines(file), ['one more', 'one more']);
      for (const name of ['prepare', 'prepareLater']) {
        assert.is(
          yield* poolOf(kind, { initializer: { module: jobs, export: name, args: [name] } }).apply(
            jobs,
            'whatWasPrepared',
          ),
          name,
        );
      }
    }));

  test('workers have the environment of the program, what env adds, and not what it takes away', () =>
    within(function* () {
      process.env.TREADLE_SPEC = 'inherited';
      process.env.TREADLE_LESS = 'not inherited';
      const pool = poolOf(kind, { env: { TREADLE_MORE: 'added', TREADLE_LESS: undefined } });
      assert.equal(yield* pool.map(jobs, 'variable', ['TREADLE_SPEC', 'TREADLE_MORE', 'TREADLE_LESS']), [
        'inherited',
        'added',
        undefined,
      ]);
      delete process.env.TREADLE_LESS;
      delete process.env.TREADLE_SPEC;
    }));

  test('what is called is checked at the call, and so are the options', () => {
    const pool = poolOf(kind);
    refuses(
      () => pool.apply('./jobs.ts', 'square'),
      /^apply takes the URL of a module, such as import\.meta\.url or new URL\(.*\), not '\.\/jobs\.ts'$/,
    );
    refuses(() => pool.apply(undefined as never, 'square'), /apply takes the URL of a module/);
    refuses(() => pool.apply(jobs, 5 as never), /the name of an export, not 5/);
    refuses(() => pool.apply(jobs, 'square', 3 as never), /an array of arguments, not 3/);
    refuses(() => pool.map('jobs.ts', 'square', [1]), /map takes the URL/);
    refuses(() => pool.mapSettled('jobs.ts', 'square', [1]), /mapSettled takes the URL/);
    refuses(() => pool.map(jobs, 'square', 3 as never), /map takes an iterable.*, not 3/);
    refuses(() => pool.imap(jobs, 'square', 'abc'), /imap takes an iterable of items, not 'abc'/);
    refuses(() => pool.imap(jobs, 'square', undefined as never), /imap takes an iterable/);
    refuses(() => pool.imap('jobs.ts', 'square', []), /imap takes the URL/);
    refuses(() => pool.apply(jobs, 'square', [], { retries: -1 }), /retries of 0 or more, not -1/);
    refuses(() => poolOf('fiber' as never), /'process' or 'thread', not 'fiber'/);
    refuses(() => new Pool(undefined as never), /'process' or 'thread'/);
    refuses(() => poolOf(kind, { workers: 0 }), /workers of 1 or more, not 0/);
    refuses(() => poolOf(kind, { workers: Infinity }), /workers of 1 or more, not Infinity/);
    refuses(() => poolOf(kind, { concurrency: 1.5 }), /a concurrency of 1 or more, not 1\.5/);
    refuses(() => poolOf(kind, { maxTasksPerWorker: 0 }), /maxTasksPerWorker of 1 or more/);
    refuses(() => poolOf(kind, { grace: -1 }), /grace/);
    refuses(() => poolOf(kind, { initializer: { module: 'jobs.ts', export: 'x' } }), /an initializer takes the URL/);
    refuses(() => poolOf(kind, { name: 5 as never }), /a text as name, not 5/);
    refuses(() => poolOf(kind, { execArgv: '--no-warnings' as never }), /an array of flags as execArgv.*, not '--no-w/);
    refuses(() => poolOf(kind, { execArgv: [1] as never }), /an array of flags as execArgv.*, not \[1\]/);
    refuses(() => poolOf(kind, { env: 'A=1' as never }), /an object of environment variables as env, not 'A=1'/);
    refuses(() => poolOf(kind, { env: { A: 1 } as never }), /a text as env\.A, not 1/);
    refuses(() => poolOf(kind, { resourceLimits: 10 as never }), /an object as resourceLimits, not 10/);
    assert.equal(pool.workers, [], 'and nothing was started');
  });

  test('prints as it was written, and says what it does', () =>
    within(function* () {
      const pool = poolOf(kind, { workers: 3, name: 'crew' });
      assert.is(String(pool.apply(jobs, 'square', [3])), 'crew.apply(square(3))');
      assert.is(String(pool.map(jobs, 'square', [3])), 'crew.map(square, [3])');
      assert.equal(pool.apply(jobs, 'square', [3]), pool.apply(jobs, 'square', [3]));
      const things = kind === 'process' ? 'processes' : 'threads';
      assert.is(String(pool), `<Pool crew: open, 0 of 3 ${things}, 0 calls>`);
      assert.is(inspect(pool), String(pool));
      const task = yield* spawn(pool.apply(jobs, 'whereLater', [30]));
      yield* until(() => pool.workers.length > 0);
      assert.is(String(pool), `<Pool crew: open, 1 of 3 ${things}, 1 calls>`);
      assert.match(String(task), /waiting on crew\.apply\(whereLater\(30\)\)>$/);
      const long = pool.apply(jobs, 'echo', ['x'.repeat(500), 1]);
      assert.ok(String(long).length < 120);
      yield* task;
    }));

  test('time stands still on a virtual clock while a worker works', async () => {
    const { now } = await import('treadle');
    const pool = poolOf(kind);
    const time = await run(
      (function* () {
        yield* pool.apply(jobs, 'whereLater', [20]);
        for (const next of pool.imap(jobs, 'square', [1, 2])) yield* next;
        return yield* now();
      })(),
      { clock: new VirtualClock() },
    );
    assert.is(time, 0);
  });

  test('to wait for a worker in runSync is an error that says so', () => {
    const pool = poolOf(kind);
    assert.match(
      thrown(() => runSync(pool.apply(jobs, 'square', [1]))).message,
      /cannot wait for the outside world in runSync: use run/,
    );
    assert.equal(pool.workers, []);
  });

  test.run();
}
