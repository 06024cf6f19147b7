// Calls that have not reached their worker when it dies: they are sent to another one, and still begin only once.
import { closeSync, openSync } from 'node:fs';
import { all, allSettled } from 'treadle';
import { WorkerDiedError } from 'treadle/workers';
import type { Pool } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh, lines } from '../support/files.ts';
import { jobs, kinds, poolOf, within } from '../support/workers.ts';

/** Blocks this program, so that it hears nothing of its workers. */
function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;) continue;
}

/** The worker dies while it has nothing to do. The pool has not heard of it when this returns. */
function* killIdle(pool: Pool) {
  if (pool.kind === 'process') process.kill(pool.workers[0]!.id, 'SIGKILL');
  else {
    const file = fresh();
    yield* pool.apply(jobs, 'exitLater', [20, file]);
    while (lines(file).length === 0) block(1);
  }
  block(50);
}

for (const kind of kinds) {
  const test = suite(`calls that a ${kind} never receives`);

  test('an idle worker dies, and a call in the same turn is none the worse for it', () =>
    within(function* () {
      const pool = poolOf(kind);
      for (let i = 0; i < 3; i++) {
        const before = yield* pool.apply(jobs, 'where');
        yield* killIdle(pool);
        assert.not.equal(yield* pool.apply(jobs, 'where'), before);
      }
    }));

  test('nor are several, which begin in their order', () =>
    within(function* () {
      const pool = poolOf(kind, { concurrency: 4 });
      yield* pool.apply(jobs, 'square', [1]);
      yield* killIdle(pool);
      const file = fresh();
      yield* all([1, 2, 3, 4, 5, 6].map((n) => pool.apply(jobs, 'log', [file, n])));
      assert.equal(lines(file), ['1', '2', '3', '4', '5', '6']);
    }));

  test('a call that has begun is not sent again', () =>
    within(function* () {
      const pool = poolOf(kind, { concurrency: 2 });
      const file = fresh();
      yield* pool.apply(jobs, 'square', [1]);
      const error = yield* caught(pool.apply(jobs, 'logAndDie', [file]));
      assert.instance(error, WorkerDiedError);
      assert.equal(lines(file), ['begun']);
    }));

  test('whenever workers die, each call begins once at most, and one that was sent again is not known to have died', () =>
    within(function* () {
      const pool = poolOf(kind, { workers: 2, concurrency: 3 });
      const file = fresh();
      const calls = Array.from({ length: 60 }, (_, n) => pool.apply(jobs, 'logAndDieAtTen', [file, n]));
      const settled = yield* allSettled(calls);
      const begun = lines(file).map(Number);
      assert.is(new Set(begun).size, begun.length, 'none began twice');
      settled.forEach((one, n) => {
        if (one.status === 'fulfilled') assert.ok(begun.includes(n));
        else assert.ok((one.reason as WorkerDiedError).running.some((call) => call.endsWith(`, ${n})`)));
      });
      for (const n of [9, 19, 29, 39, 49, 59]) assert.is(settled[n]!.status, 'rejected');
    }));

  test.run();
}

const test = suite('calls that a process never receives, and nobody can tell');

test('a call whose workers are killed before they receive it is sent to five, and not for ever', () =>
  within(function* () {
    const file = fresh();
    const dies = `import { appendFileSync } from 'node:fs';
      appendFileSync(${JSON.stringify(file)}, 'started\\n');
      process.kill(process.pid, 'SIGKILL');`;
    const pool = poolOf('process', { execArgv: ['--import', `data:text/javascript,${encodeURIComponent(dies)}`] });
    const error = yield* caught(pool.apply(jobs, 'square', [1]));
    assert.instance(error, WorkerDiedError);
    assert.is(error.signal, 'SIGKILL');
    assert.is(lines(file).length, 5);
  }));

test('a process that cannot be started leaves no file open', () =>
  within(function* () {
    const lowestFree = (): number => {
      const file = openSync(new URL(import.meta.url), 'r');
      closeSync(file);
      return file;
    };
    const numbers: number[] = [];
    for (let i = 0; i < 3; i++) {
      const pool = poolOf('process', { env: { X: 'with a \0 in it' } });
      assert.match(
        String(yield* caught(pool.apply(jobs, 'square', [1]))),
        /WorkerDiedError: a process that was not started died of TypeError/,
      );
      numbers.push(lowestFree());
    }
    assert.is(numbers[2], numbers[0]);
  }));

test('where no file can be made, each call may have begun: none is sent again', () =>
  within(function* () {
    const { TMPDIR } = process.env;
    process.env.TMPDIR = '/no/such/folder';
    try {
      const pool = poolOf('process', { env: { TMPDIR } });
      yield* pool.apply(jobs, 'square', [1]);
      yield* killIdle(pool);
      assert.instance(yield* caught(pool.apply(jobs, 'square', [1])), WorkerDiedError);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
    }
  }));

test.run();
