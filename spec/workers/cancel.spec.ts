// Cancelling what workers do: what waits at once, what runs through its clean-up or its signal, and what does
// not listen by ending its worker.
import { all, allSettled, cancel, CancelledError, spawn, timeout, TimeoutError } from 'treadle';
import { WorkerDiedError } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh, lines, untilLine } from '../support/files.ts';
import { program } from '../support/programs.ts';
import { coroutines, jobs, kinds, poolOf, stage, until, within } from '../support/workers.ts';

for (const kind of kinds) {
  const test = suite(`cancelling what a ${kind} does`);
  const pool = poolOf(kind); // of all specs that want no other
  const { play, end } = stage();
  test.after(end);

  test('closes the coroutine in the worker: its finally blocks run, and are waited for; the worker is kept', () =>
    play(function* () {
      const before = yield* pool.apply(jobs, 'where');
      const file = fresh();
      const task = yield* spawn(pool.apply(coroutines, 'patient', [file]));
      yield* untilLine(file, 'started');
      assert.is(yield* cancel(task, 'no longer needed'), true);
      assert.equal(lines(file), ['started', 'clean']);
      assert.is(task.state, 'cancelled');
      assert.equal(yield* pool.apply(jobs, 'where'), before);
    }));

  test('however long that takes, if grace has no limit', () =>
    within(function* () {
      const pool = poolOf(kind, { grace: Infinity });
      const file = fresh();
      const task = yield* spawn(pool.apply(coroutines, 'patient', [file]));
      yield* untilLine(file, 'started');
      yield* cancel(task);
      assert.equal(lines(file), ['started', 'clean']);
      yield* pool.close();
    }));

  test('aborts the signal of a function that returns a promise, with the reason', () =>
    play(function* () {
      const before = yield* pool.apply(jobs, 'where');
      for (const [name, said] of [
        ['heedful', 'aborted: because'],
        ['throwsReason', 'aborted'],
      ] as const) {
        const file = fresh();
        const task = yield* spawn(pool.apply(coroutines, name, [file]));
        yield* untilLine(file, 'started');
        yield* cancel(task, 'because');
        assert.equal([task.state, ...lines(file)], ['cancelled', 'started', said]);
      }
      const file = fresh();
      const unnamed = yield* spawn(pool.apply(coroutines, 'heedful', [file]));
      yield* untilLine(file, 'started');
      yield* cancel(unnamed);
      assert.match(lines(file)[1]!, /aborted: AbortError/);
      assert.equal(yield* pool.apply(jobs, 'where'), before);
    }));

  test('a reason that cannot be cloned, or that the worker could not read, is sent as text', () =>
    play(function* () {
      const itsOwnCause = new Error('its own cause');
      itsOwnCause.cause = itsOwnCause;
      for (const [reason, text] of [
        [Symbol('why'), 'Symbol(why)'],
        [itsOwnCause, 'Error: its own cause'],
      ] as const) {
        const file = fresh();
        const task = yield* spawn(pool.apply(coroutines, 'heedful', [file]));
        yield* untilLine(file, 'started');
        yield* cancel(task, reason);
        assert.equal(lines(file), ['started', `aborted: ${text}`]);
      }
    }));

  test('an error of the clean-up is not lost', () =>
    play(function* () {
      for (const name of ['failsToClean', 'failsToAbort']) {
        const file = fresh();
        const task = yield* spawn(pool.apply(coroutines, name, [file]));
        yield* untilLine(file, 'started');
        const error = yield* caught(cancel(task));
        assert.equal([task.state, error.name, error.message], ['failed', 'NotFound', 'the clean-up failed']);
      }
    }));

  for (const [name, how] of [
    ['deaf', 'does not listen'],
    ['busy', 'blocks its worker'],
  ] as const) {
    test(`what ${how} is ended together with its worker, after the time of grace`, () =>
      within(function* () {
        const pool = poolOf(kind, { grace: 100 });
        const before = yield* pool.apply(jobs, 'where');
        const file = fresh();
        const task = yield* spawn(pool.apply(jobs, name, [file]));
        yield* untilLine(file, 'started');
        const start = performance.now();
        yield* cancel(task);
        const ms = performance.now() - start;
        assert.ok(ms >= 99 && ms < 30_000, `${ms} ms`);
        assert.is(task.state, 'cancelled');
        assert.not.equal(yield* pool.apply(jobs, 'where'), before);
      }));
  }

  test('its neighbours in that worker are told why they died, or are tried again', () =>
    within(function* () {
      const pool = poolOf(kind, { grace: 50, concurrency: 3 });
      const file = fresh();
      const task = yield* spawn(pool.apply(jobs, 'deaf', [file]));
      yield* untilLine(file, 'started');
      const slow = yield* spawn(
        allSettled([pool.apply(jobs, 'whereLater', [60_000]), pool.apply(jobs, 'whereLater', [600], { retries: 1 })]),
      );
      yield* until(() => pool.workers[0]!.running === 3);
      yield* cancel(task);
      const [died, again] = yield* slow;
      const error = (died as { reason: WorkerDiedError }).reason;
      assert.instance(error, WorkerDiedError);
      assert.instance(error.cause, TimeoutError);
      assert.match(
        error.message,
        /died of TimeoutError: deaf\(.*\) did not heed its cancellation within 50 ms, while it ran/,
      );
      assert.is(again!.status, 'fulfilled');
    }));

  test('what has not started never starts, and is over at once', () =>
    play(function* () {
      const [file, other] = [fresh(), fresh()];
      const first = yield* spawn(pool.apply(coroutines, 'patient', [other]));
      const waiting = yield* spawn(pool.apply(jobs, 'log', [file, 'never']));
      yield* untilLine(other, 'started');
      yield* cancel(waiting);
      assert.not(first.done, 'nothing was waited for');
      yield* cancel(first);
      yield* pool.apply(jobs, 'square', [1]);
      assert.equal(lines(file), []);
    }));

  test('while the worker loads the module, the function is not called any more', () =>
    within(function* () {
      const pool = poolOf(kind, { grace: 5_000 });
      const file = fresh();
      const slow = `data:text/javascript,${encodeURIComponent(`import { appendFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(file)}, 'loads\\n');
      await new Promise((resolve) => setTimeout(resolve, 500));
      export const log = (file) => appendFileSync(file, 'never\\n');`)}`;
      const task = yield* spawn(pool.apply(slow, 'log', [file]));
      yield* untilLine(file, 'loads');
      yield* cancel(task);
      assert.equal([task.state, ...lines(file)], ['cancelled', 'loads']);
    }));

  test('a map that is cancelled stops what waits at once and what runs through its clean-up', () =>
    within(function* () {
      const pool = poolOf(kind, { workers: 2, concurrency: 2 });
      const files = Array.from({ length: 20 }, fresh);
      const task = yield* spawn(pool.map(coroutines, 'patient', files));
      yield* all(files.slice(0, 4).map((file) => untilLine(file, 'started')));
      yield* cancel(task);
      assert.equal(
        files.map((file) => lines(file).join(' ')),
        [...new Array(4).fill('started clean'), ...new Array(16).fill('')],
      );
      assert.equal(
        pool.workers.map(({ running }) => running),
        [0, 0],
      );
    }));

  test('so does the first failure of a map, and a time limit', () =>
    within(function* () {
      const pool = poolOf(kind, { workers: 1, concurrency: 2 });
      const file = fresh();
      const work =
        'data:text/javascript,' +
        encodeURIComponent(`import { patient } from ${JSON.stringify(coroutines.href)};
      export const work = (x) => { if (x.endsWith('!')) throw new Error(x); return patient(x); };`);
      const error = yield* caught(
        all([
          pool.apply(work, 'work', [file]),
          (function* () {
            yield* untilLine(file, 'started');
            yield* pool.apply(work, 'work', ['no!']);
          })(),
        ]),
      );
      assert.is(error.message, 'no!');
      assert.equal(lines(file), ['started', 'clean']);
      let other = '';
      for (let ms = 150; ms < 20_000 && lines(other).filter((line) => line === 'started').length < 2; ms *= 3) {
        other = fresh(); // the last one was too short for both to start
        assert.instance(yield* caught(timeout(ms, pool.map(coroutines, 'patient', [other, other]))), TimeoutError);
      }
      assert.equal(lines(other).sort(), ['clean', 'clean', 'started', 'started']);
    }));

  test('a second cancellation does not cut the clean-up short', () =>
    play(function* () {
      const file = fresh();
      const task = yield* spawn(pool.apply(coroutines, 'patient', [file]));
      yield* untilLine(file, 'started');
      task.cancel();
      yield* cancel(task, 'again');
      assert.equal(lines(file), ['started', 'clean']);
    }));

  test('a worker that dies while it cleans up is no error: it was to end', () =>
    play(function* () {
      const file = fresh();
      const dies = `data:text/javascript,${encodeURIComponent(`import { appendFileSync } from 'node:fs';
      export function* dies(file) { try { appendFileSync(file, 'started\\n'); yield new Promise(() => {}); } finally { process.exit(3); } }`)}`;
      const task = yield* spawn(pool.apply(dies, 'dies', [file]));
      yield* untilLine(file, 'started');
      assert.is(yield* cancel(task), true);
      assert.is(yield* pool.apply(jobs, 'square', [2]), 4);
    }));

  test('a call that never reached its worker, which went on to compute after the call before, is no error of the program', async () => {
    const module = `data:text/javascript,${encodeURIComponent(`import { writeFileSync } from 'node:fs';
      export const f = (file) => void setTimeout(() => { writeFileSync(file, ''); while (true); });`)}`;
    const { code, out, err } = await program(
      `
      import { existsSync } from 'node:fs';
      import { run, sleep, timeout } from 'treadle'; import { Pool } from 'treadle/workers';
      const [module, file] = [${JSON.stringify(module)}, ${JSON.stringify(fresh())}];
      run((function* () {
        const pool = new Pool({ kind: '${kind}', workers: 1, grace: 50 });
        yield* pool.apply(module, 'f', [file]);
        while (!existsSync(file)) yield* sleep(5);
        yield* timeout(10, pool.apply(module, 'f', [file]));
      })()).then(undefined, (error) => console.log(error.name));`,
      { measured: true },
    );
    assert.equal([code, out, err], [0, 'TimeoutError\n', '']);
  });

  test('a task that joins the call is thrown a CancelledError with the reason', () =>
    play(function* () {
      const file = fresh();
      const task = yield* spawn(pool.apply(coroutines, 'patient', [file]));
      const joiner = yield* spawn(caught(task));
      yield* untilLine(file, 'started');
      yield* cancel(task, 'no longer needed');
      const error = yield* joiner;
      assert.instance(error, CancelledError);
      assert.is(error.reason, 'no longer needed');
    }));

  test.run();
}
