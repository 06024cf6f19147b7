// An initializer that fails: what waits gets its error, and workers are not started for nothing.
import { rmSync, writeFileSync } from 'node:fs';
import { allSettled, sleep, spawn } from 'treadle';
import type { Settled } from 'treadle';
import type { WorkerDiedError } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh, lines } from '../support/files.ts';
import { jobs, kinds, poolOf, within } from '../support/workers.ts';

/** Logs each time that it is called. Fails then, unless there is a file with the name of its second argument. */
const prepare = `data:text/javascript,${encodeURIComponent(`import { appendFileSync, existsSync } from 'node:fs';
  export const prepare = (log, open) => {
    appendFileSync(log, 'called\\n');
    if (!existsSync(open)) throw new RangeError('no database');
  };`)}`;

const messages = (settled: readonly Settled<unknown>[]) =>
  new Set(settled.map((one) => (one.status === 'rejected' ? String((one.reason as Error).message) : 'fulfilled')));

/** At most how many have been started by now: `n`, and after each second they are tried again. */
const mostSince = (n: number, start: number) => n * (1 + Math.floor((performance.now() - start) / 1000));

for (const kind of kinds) {
  const test = suite(`an initializer that fails in a ${kind}`);
  const says = 'the initializer prepare failed: no database';
  const poolWith = (workers: number, log: string, open: string) =>
    poolOf(kind, { workers, initializer: { module: prepare, export: 'prepare', args: [log, open] } });

  test('that ends its worker loses no call that is made when the ones before fail', () =>
    within(function* () {
      const prepare = `data:text/javascript,export const prepare = () => process.exit(3);`;
      const pool = poolOf(kind, { initializer: { module: prepare, export: 'prepare' } });
      const first = yield* spawn(caught(pool.apply(jobs, 'square', [1])));
      yield* sleep(0);
      const names: string[] = [];
      for (const next of pool.imap(jobs, 'square', [1, 2, 3])) names.push(((yield* caught(next)) as Error).name);
      assert.equal(names, ['WorkerDiedError', 'WorkerDiedError', 'WorkerDiedError']);
      assert.is(((yield* first) as Error).name, 'WorkerDiedError');
    }));

  test('is the error of all calls that wait, and starts no worker for each of them', () =>
    within(function* () {
      const log = fresh();
      const pool = poolWith(2, log, fresh());
      const start = performance.now();
      const settled = yield* allSettled(Array.from({ length: 30 }, () => pool.apply(jobs, 'square', [1])));
      assert.equal([...messages(settled)], [says]);
      const errors = settled.map((one) => (one as { reason: Error }).reason);
      assert.is(new Set(errors).size, 30, 'an error of its own for each, which notes whom it has met');
      for (const { cause } of errors) assert.instance(cause, RangeError);
      assert.ok(lines(log).length <= mostSince(2, start), `${lines(log).length} workers`);
    }));

  test('nor for each item of a map, whose items wait outside of the pool', () =>
    within(function* () {
      const log = fresh();
      const pool = poolWith(2, log, fresh());
      const start = performance.now();
      const settled = yield* pool.mapSettled(jobs, 'square', new Array(30).fill(1));
      assert.equal([...messages(settled)], [says]);
      const seen: string[] = [];
      for (const next of pool.imap(jobs, 'square', new Array(30).fill(1)))
        seen.push((yield* caught(next)).message as string);
      assert.equal([seen.length, new Set(seen).size], [30, 1]);
      assert.ok(lines(log).length <= mostSince(4, start), `${lines(log).length} workers`);
    }));

  test('because the worker ends in it, is the error of all calls that wait, too: at once, and while it waits', () =>
    within(function* () {
      for (const end of [
        'process.exit(5)',
        'return new Promise((r) => setTimeout(r, 50)).then(() => process.exit(5))',
      ]) {
        const log = fresh();
        const module = `data:text/javascript,${encodeURIComponent(`import { appendFileSync } from 'node:fs';
          export function prepare() { appendFileSync(${JSON.stringify(log)}, 'called\\n'); ${end}; }`)}`;
        const pool = poolOf(kind, { workers: 2, initializer: { module, export: 'prepare' } });
        const start = performance.now();
        const settled = yield* allSettled(Array.from({ length: 30 }, () => pool.apply(jobs, 'square', [1])));
        assert.equal([...new Set(settled.map((one) => (one as { reason: WorkerDiedError }).reason.exitCode))], [5]);
        assert.match(
          String((settled.at(-1) as { reason: unknown }).reason),
          /exit code 5 before it could run anything$/,
        );
        assert.ok(lines(log).length <= mostSince(2, start), `${lines(log).length} workers`);
      }
    }));

  test('is tried again after a second', () =>
    within(function* () {
      const [log, open] = [fresh(), fresh()];
      const pool = poolWith(1, log, open);
      assert.is((yield* caught(pool.apply(jobs, 'square', [3]))).message, says);
      assert.is((yield* caught(pool.apply(jobs, 'square', [3]))).message, says);
      assert.is(lines(log).length, 1);
      yield* sleep(1_050);
      writeFileSync(open, '');
      assert.is(yield* pool.apply(jobs, 'square', [3]), 9);
      assert.is(lines(log).length, 2);
    }));

  test('in one worker fails nothing that waits for another one, in which it has succeeded', () =>
    within(function* () {
      const [log, open] = [fresh(), fresh()];
      writeFileSync(open, '');
      const pool = poolWith(2, log, open);
      assert.is(yield* pool.apply(jobs, 'square', [2]), 4);
      rmSync(open);
      const slow = yield* spawn(pool.apply(jobs, 'whereLater', [300]));
      yield* sleep(0); // the worker that is there has it, so the next call needs another one
      const settled = yield* allSettled([1, 2, 3, 4].map((x) => pool.apply(jobs, 'square', [x])));
      assert.equal(
        settled.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).message)),
        [says, 4, 9, 16],
      );
      yield* slow;
    }));

  test.run();
}
