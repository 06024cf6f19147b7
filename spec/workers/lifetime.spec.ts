// How pools end: close, terminate, join, the end of the program that uses them; and that nothing is left.
import { all, CancelledError, EventLoop, run, sleep, spawn, timeout } from 'treadle';
import type { Coroutine } from 'treadle';
import type { Pool } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh, lines, untilLine } from '../support/files.ts';
import { alive, coroutines, jobs, kinds, poolOf, until, within } from '../support/workers.ts';

const later = `data:text/javascript,${encodeURIComponent('export const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms, ms));')}`;

/** Are the workers that the pool has now gone? Threads of one program cannot be looked up: their pool says. */
function workersOf(pool: Pool): () => boolean {
  const ids = pool.workers.map(({ id }) => id);
  assert.ok(ids.length > 0);
  return () => pool.workers.length === 0 && (pool.kind === 'thread' || ids.every((id) => !alive(id)));
}

for (const kind of kinds) {
  const test = suite(`the end of a pool of ${kind === 'process' ? 'processes' : 'threads'}`);

  test('close waits for what runs and what waits, takes nothing more, and then the workers end', () =>
    within(function* () {
      const pool = poolOf(kind, { workers: 2, name: 'crew' });
      const file = fresh();
      yield* pool.apply(jobs, 'logAtExit', [file]);
      const tasks = yield* spawn(all([1, 2, 3, 4].map((n) => pool.apply(later, 'later', [150 + n]))));
      yield* sleep(1);
      const closing = yield* spawn(pool.close());
      yield* sleep(1);
      assert.equal([pool.closed, String(pool).includes('closing')], [true, true]);
      const error = yield* caught(pool.apply(jobs, 'square', [1]));
      assert.equal([error.name, error.message], ['InvalidStateError', 'crew is closing: it takes no more calls']);
      const gone = workersOf(pool);
      yield* closing;
      assert.ok(gone());
      assert.equal([tasks.state, yield* tasks], ['succeeded', [151, 152, 153, 154]]);
      assert.equal(lines(file), ['exit'], "a worker that ends runs its 'exit' listeners");
      yield* pool.close(); // twice is fine
      yield* pool.join();
      yield* pool.terminate();
      assert.match((yield* caught(pool.map(jobs, 'square', [1]))).message, /crew is closed/);
    }));

  test('close goes on although whoever waited for it has left', () =>
    within(function* () {
      const pool = poolOf(kind);
      const task = yield* spawn(pool.apply(jobs, 'whereLater', [60]));
      yield* until(() => pool.workers.length > 0);
      yield* caught(timeout(5, pool.close()));
      yield* pool.join();
      assert.is(task.state, 'succeeded');
      assert.equal(pool.workers, []);
    }));

  test('terminate does not wait: what runs and what waits is rejected, and no clean-up runs', () =>
    within(function* () {
      const pool = poolOf(kind);
      const file = fresh();
      const running = yield* spawn(caught(pool.apply(coroutines, 'patient', [file])));
      const waiting = yield* spawn(caught(pool.apply(jobs, 'square', [1])));
      yield* untilLine(file, 'started');
      const gone = workersOf(pool);
      const before = performance.now();
      yield* pool.terminate();
      assert.ok(performance.now() - before < 30_000);
      assert.ok(gone());
      for (const error of [yield* running, yield* waiting]) {
        assert.instance(error, CancelledError);
        assert.is(error.reason, 'pool was terminated');
      }
      assert.equal(lines(file), ['started']);
    }));

  test('an answer that comes while it is terminated changes nothing', () =>
    within(function* () {
      const pool = poolOf(kind);
      yield* pool.apply(jobs, 'square', [1]);
      const task = yield* spawn(caught(pool.apply(jobs, 'square', [2])));
      yield* sleep(0);
      const before = Date.now(); // the answer arrives while nobody looks
      while (Date.now() - before < 30) continue;
      yield* pool.terminate();
      assert.instance(yield* task, CancelledError);
    }));

  test('terminate ends even what blocks its worker, and a map that runs', () =>
    within(function* () {
      const pool = poolOf(kind, { workers: 2, grace: 60_000 });
      const files = [fresh(), fresh(), fresh()];
      const task = yield* spawn(caught(pool.map(jobs, 'busy', files)));
      yield* all(files.slice(0, 2).map((file) => untilLine(file, 'started')));
      yield* pool.terminate();
      assert.instance(yield* task, CancelledError);
    }));

  test('join waits for the end that somebody else makes, and is an error while nobody does', () =>
    within(function* () {
      const pool = poolOf(kind);
      const error = yield* caught(pool.join());
      assert.equal(
        [error.name, error.message],
        ['InvalidStateError', 'pool is open: close() or terminate() it before join()'],
      );
      yield* pool.apply(jobs, 'square', [1]);
      yield* spawn(
        (function* () {
          yield* sleep(20);
          yield* pool.close();
        })(),
      );
      yield* until(() => pool.closed);
      yield* pool.join();
      assert.equal(pool.workers, []);
      for (const name of ['close', 'terminate'] as const) yield* poolOf(kind)[name](); // one that was never used
    }));

  test('await using closes it', async () => {
    const pool = poolOf(kind);
    const result = run(
      (function* () {
        return yield* pool.apply<number>(jobs, 'square', [5]);
      })(),
    );
    await Promise.resolve(); // the call is under way
    await pool[Symbol.asyncDispose]();
    assert.equal([pool.closed, pool.workers.length, await result], [true, 0, 25]);
  });

  test('nothing of it survives the end of run, which waits for that; the pool can be used again', async () => {
    const pool = poolOf(kind, { workers: 2 });
    let gone = () => false;
    const file = fresh();
    for (let i = 0; i < 2; i++) {
      await run(
        (function* () {
          yield* pool.apply(jobs, 'logAtExit', [file]);
          yield* all([pool.apply(jobs, 'whereLater', [10]), pool.apply(jobs, 'whereLater', [10])]);
          gone = workersOf(pool);
        })(),
      );
      assert.ok(gone());
      assert.is(lines(file).length, i + 1, 'they were not killed');
    }
    assert.is(pool.closed, false);
  });

  test('nor when main fails or is cancelled', async () => {
    const pool = poolOf(kind);
    let gone = () => false;
    const use = function* (): Coroutine<void> {
      yield* pool.apply(jobs, 'square', [1]);
      gone = workersOf(pool);
    };
    const failing = run(
      (function* () {
        yield* use();
        throw new Error('main failed');
      })(),
    );
    assert.is(
      (
        await failing.then(
          () => undefined,
          (error) => error as Error,
        )
      )?.message,
      'main failed',
    );
    assert.ok(gone());

    const controller = new AbortController();
    const file = fresh();
    const cancelled = run(
      (function* () {
        yield* use();
        yield* spawn(pool.apply(coroutines, 'patient', [file]));
        yield* untilLine(file, 'started');
        controller.abort();
        yield* sleep(60_000);
      })(),
      { signal: controller.signal },
    );
    await cancelled.then(undefined, () => undefined);
    assert.equal(
      [cancelled.state, ...lines(file)],
      ['cancelled', 'started', 'clean'],
      'a child of main cleans up in its worker',
    );
    assert.ok(gone());
  });

  test('what daemons and detached tasks still run is cancelled when main ends, and cleans up', async () => {
    const pool = poolOf(kind, { concurrency: 3 });
    const files = [fresh(), fresh()];
    await run(
      (function* () {
        yield* spawn(pool.apply(coroutines, 'patient', [files[0]]), { daemon: true });
        yield* spawn(
          (function* () {
            yield* spawn(pool.apply(coroutines, 'patient', [files[1]]), { detached: true });
          })(),
        );
        for (const file of files) yield* untilLine(file, 'started');
      })(),
    );
    assert.equal(
      files.map((file) => lines(file)),
      [
        ['started', 'clean'],
        ['started', 'clean'],
      ],
    );
    assert.equal(pool.workers, []);
  });

  test('a pool that two programs use at the same time ends with the last of them', async () => {
    const pool = poolOf(kind, { concurrency: 2 });
    const second = run(
      (function* () {
        yield* pool.apply(jobs, 'square', [1]);
        yield* sleep(500);
        return yield* pool.apply(jobs, 'square', [2]);
      })(),
    );
    await run(
      (function* () {
        yield* pool.apply(jobs, 'square', [1]);
      })(),
    );
    assert.is(pool.workers.length, 1);
    assert.is(await second, 4);
    assert.is(pool.workers.length, 0);
  });

  test('a pool that is first used in the clean-up of a main that ends is ended after it', async () => {
    const pool = poolOf(kind);
    let result: unknown;
    const task = run(
      (function* () {
        yield* spawn(
          (function* () {
            try {
              yield* sleep(60_000);
            } finally {
              result = yield* pool.apply(jobs, 'square', [3]);
            }
          })(),
        );
        yield* sleep(1);
        throw new Error('main failed');
      })(),
    );
    await task.then(undefined, () => undefined);
    assert.is(result, 9);
    await within(() => until(() => pool.workers.length === 0));
  });

  test('a clean-up of a main that fails can still use it', async () => {
    const pool = poolOf(kind);
    const results: unknown[] = [];
    const task = run(
      (function* () {
        yield* pool.apply(jobs, 'square', [1]);
        for (const n of [2, 3]) {
          yield* spawn(
            (function* () {
              try {
                yield* sleep(60_000);
              } finally {
                results.push(yield* pool.apply(jobs, 'squareLater', [n]));
                for (const next of pool.imap(jobs, 'squareLater', [n, n])) results.push(yield* next);
              }
            })(),
          );
        }
        yield* sleep(1);
        throw new Error('main failed');
      })(),
    );
    await task.then(undefined, () => undefined);
    assert.equal(results.sort(), [4, 4, 4, 9, 9, 9]);
    assert.equal(pool.workers, []);
  });

  test('a call that is made and left in the turn in which main ends leaves no worker', async () => {
    const pool = poolOf(kind);
    await run(
      (function* () {
        yield* spawn(pool.apply(jobs, 'square', [3]), { daemon: true });
        yield* sleep(0);
      })(),
    );
    await within(() => until(() => pool.workers.length === 0));
  });

  test('in an event loop that runs for ever its workers live as long as the task that uses it', async () => {
    const pool = poolOf(kind);
    const loop = new EventLoop();
    loop.runForever();
    assert.is(await loop.createTask(pool.apply<number>(jobs, 'square', [3])), 9);
    assert.equal(pool.workers, []);
    loop.stop();
  });

  test('workers with open handles end all the same', () =>
    within(function* () {
      const pool = poolOf(kind, { grace: 60_000 });
      assert.is(yield* pool.apply(jobs, 'listen'), 'listens');
      const before = performance.now();
      yield* pool.close();
      assert.ok(performance.now() - before < 30_000);
    }));

  test.run();
}
