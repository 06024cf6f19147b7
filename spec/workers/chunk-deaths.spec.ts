// Workers that die in the middle of a chunk: its items that had begun are lost or tried again, the others are run.
import { all, allSettled } from 'treadle';
import type { Settled } from 'treadle';
import { transfer, WorkerDiedError } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh, lines } from '../support/files.ts';
import { jobs, kinds, poolOf, stage, within } from '../support/workers.ts';

const said = (one: Settled<unknown>) => (one.status === 'fulfilled' ? one.value : (one.reason as Error).name);
const DIED = 'WorkerDiedError';

/** How often each of the items has begun. */
const begun = (file: string, count: number): number[] => {
  const numbers = lines(file).map(Number);
  return Array.from({ length: count }, (_, n) => numbers.filter((one) => one === n).length);
};

for (const kind of kinds) {
  const test = suite(`a ${kind} dies in a chunk`);
  const ends = kind === 'process' ? (['exit', 'SIGKILL'] as const) : (['exit'] as const);
  const pool = poolOf(kind);
  const { play, end } = stage();
  test.after(end);

  test('each item that had not begun is run, and none begins twice', () =>
    play(function* () {
      for (const end of ends) {
        const file = fresh();
        const items = Array.from({ length: 10 }, (_, n) => (n === 2 ? [file, n, end] : [file, n]));
        const settled = yield* pool.mapSettled(jobs, 'logAndEnd', items, { chunk: 5 });
        assert.equal(settled.map(said), [DIED, DIED, DIED, 3, 4, 5, 6, 7, 8, 9]);
        assert.equal(begun(file, 10), new Array(10).fill(1));
      }
    }));

  test('imap gives what became of each', () =>
    play(function* () {
      for (const ordered of [true, false]) {
        const file = fresh();
        const items = Array.from({ length: 8 }, (_, n) => (n === 1 ? [file, n, 'exit'] : [file, n]));
        const seen: unknown[] = [];
        for (const next of pool.imap(jobs, 'logAndEnd', items, { chunk: 4, ordered }))
          seen.push(said((yield* allSettled([next]))[0]));
        if (ordered) assert.equal(seen, [DIED, DIED, 2, 3, 4, 5, 6, 7]);
        else assert.equal(seen.map(String).sort(), ['2', '3', '4', '5', '6', '7', DIED, DIED]);
        assert.equal(begun(file, 8), new Array(8).fill(1));
      }
    }));

  test('with retries only the item that ends each worker is lost, and those that never began use no try', () =>
    play(function* () {
      const file = fresh();
      const items = Array.from({ length: 6 }, (_, n) => (n === 2 ? [file, n, ends.at(-1)] : [file, n]));
      const settled = yield* pool.mapSettled(jobs, 'logAndEnd', items, { chunk: 6, retries: 1 });
      assert.equal(settled.map(said), [0, 1, DIED, 3, 4, 5]);
      assert.equal(begun(file, 6), [2, 2, 2, 1, 1, 1]);
    }));

  test('the first item that is lost fails a map, and the items behind it are not run', () =>
    play(function* () {
      const file = fresh();
      const items = [0, 1, 2, 3, 4, 5].map((n) => (n === 1 ? [file, n, 'exit'] : [file, n]));
      const error = yield* caught(pool.map(jobs, 'logAndEnd', items, { chunk: 3 }));
      assert.instance(error, WorkerDiedError);
      assert.equal(begun(file, 6), [1, 1, 0, 0, 0, 0]);
    }));

  test('a map that tries them again gives its results in order', () =>
    play(function* () {
      const file = fresh();
      const dieOnce = `data:text/javascript,${encodeURIComponent(`import { dieOnce } from ${JSON.stringify(jobs.href)};
        export const f = (x) => x === 2 ? dieOnce(${JSON.stringify(file)}, x) : x;`)}`;
      assert.equal(yield* pool.map(dieOnce, 'f', [1, 2, 3, 4], { chunk: 4, retries: 1 }), [1, 2, 3, 4]);
    }));

  test('the quickest items are counted, too', () =>
    play(function* () {
      const items = Array.from({ length: 200 }, (_, n) => n);
      const settled = yield* pool.mapSettled(jobs, 'exitAtHundred', items, { chunk: 200 });
      assert.equal(settled.map(said), items.map((n) => (n <= 100 ? DIED : n))); // prettier-ignore
    }));

  test('of several chunks at once, each loses what it had begun', () =>
    within(function* () {
      const pool = poolOf(kind, { concurrency: 2 });
      const chunks = [[10_000, 1], [-1, 2]]; // prettier-ignore
      const settled = yield* all(chunks.map((chunk) => pool.mapSettled(jobs, 'waitOrExit', chunk, { chunk: 2 })));
      assert.equal(settled.flat().map(said), [DIED, 1, DIED, 2]);
    }));

  test('what was handed over to it cannot be sent again', () =>
    play(function* () {
      const items = [1, 2, 3].map((length) => transfer(new Uint8Array(length)));
      const settled = yield* pool.mapSettled(jobs, 'exitAtTwoBytes', items, { chunk: 3 });
      assert.equal(settled.map(said), kind === 'thread' ? [DIED, DIED, DIED] : [DIED, DIED, 3]);
    }));

  test('a module that ends its worker is an error of the chunk for which it is loaded, and is not loaded again', () =>
    play(function* () {
      const file = fresh();
      const exits = `data:text/javascript,${encodeURIComponent(`import { log } from ${JSON.stringify(jobs.href)};
        log(${JSON.stringify(file)}, 'loaded'); process.exit(5); export const f = () => 1;`)}`;
      const settled = yield* pool.mapSettled(exits, 'f', [1, 2], { chunk: 2 });
      assert.equal(settled.map(said), [DIED, DIED]);
      assert.equal(lines(file), ['loaded']);
    }));

  test.run();
}
