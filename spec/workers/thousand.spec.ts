// A map of 1,000 items, in whose middle a worker dies: 999 results and one error, or all of them with a retry.
// Never a hang, and no item is run that need not be.
import { WorkerDiedError } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { fresh, lines } from '../support/files.ts';
import { kinds, poolOf, within } from '../support/workers.ts';

const items = Array.from({ length: 1_000 }, (_, i) => i);

/** Logs each item that it is called with; item 500 is the end of its worker, once. */
const moduleFor = (file: string) =>
  `data:text/javascript,${encodeURIComponent(`import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
export const work = (x) => {
  appendFileSync(${JSON.stringify(file)}, x + '\\n');
  if (x === 500) try {
    appendFileSync(${JSON.stringify(`${file}-died`)}, '', { flag: 'ax' });
    if (isMainThread) process.kill(process.pid, 'SIGKILL'); else process.exit(9);
  } catch {}
  return new Promise((resolve) => setTimeout(resolve, 1, x * x));
};`)}`;

for (const kind of kinds) {
  const test = suite(`1,000 items in ${kind === 'process' ? 'processes' : 'threads'}`);

  test('one worker is killed in the middle: 999 results, and one WorkerDiedError', () =>
    within(function* () {
      const crew = poolOf(kind, { workers: 2 });
      const file = fresh();
      const settled = yield* crew.mapSettled<number>(moduleFor(file), 'work', items);
      const died = settled.filter(({ status }) => status === 'rejected') as { reason: WorkerDiedError }[];
      assert.is(died.length, 1);
      const { reason } = died[0]!;
      assert.instance(reason, WorkerDiedError);
      assert.is(kind === 'process' ? reason.signal : reason.exitCode, kind === 'process' ? 'SIGKILL' : 9);
      const lost = settled.findIndex(({ status }) => status === 'rejected');
      assert.equal(reason.running, [`work(${lost})`]);
      assert.ok(settled.every((one, i) => one.status === 'rejected' || one.value === i * i));
      const called = lines(file);
      assert.is(called.length - new Set(called).size, 0, 'no item ran twice');
    }));

  test('with a retry all 1,000 results, in order', () =>
    within(function* () {
      const crew = poolOf(kind, { workers: 2 });
      const file = fresh();
      assert.equal(
        yield* crew.map<number>(moduleFor(file), 'work', items, { retries: 1 }),
        items.map((x) => x * x),
      );
      const called = lines(file);
      assert.ok(called.length - new Set(called).size <= 1, 'at most the one that was lost ran twice');
    }));

  test('without, map throws it, and the rest is not run', () =>
    within(function* () {
      const crew = poolOf(kind, { workers: 2 });
      const file = fresh();
      assert.instance(yield* caught(crew.map(moduleFor(file), 'work', items)), WorkerDiedError);
      assert.ok(lines(file).length < 1_000);
    }));

  test.run();
}
