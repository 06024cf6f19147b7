// Workers that have nothing to do, and workers that do not react: neither holds up its pool.
import { cancel, spawn } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fresh, lines } from '../support/files.ts';
import { program } from '../support/programs.ts';
import { alive, jobs, kinds, poolOf, until, within } from '../support/workers.ts';

const test = suite('workers that are idle or deaf');
const processJobs = new URL('./process-jobs.js', import.meta.url);
const url = JSON.stringify(processJobs.href);

for (const kind of kinds) {
  test(`a ${kind} that is idle for longer than the option says ends, and the next call starts another`, () =>
    within(function* () {
      const pool = poolOf(kind, { workers: 2, idle: 300 });
      const file = fresh();
      yield* pool.apply(jobs, 'logAtExit', [file]);
      const { id } = pool.workers[0]!;
      // A call that is longer than that is none of its idleness.
      yield* pool.apply(jobs, 'whereLater', [600]);
      assert.equal(
        pool.workers.map((one) => one.id),
        [id],
      );
      yield* until(() => pool.workers.length === 0);
      assert.equal(lines(file), ['exit'], 'it was not killed');
      if (kind === 'process') assert.not(alive(id));
      assert.is(yield* pool.apply(jobs, 'square', [3]), 9);
      assert.not.equal(pool.workers[0]!.id, id);
      yield* pool.close();
    }));
}

// These take longer than five seconds, so they run at the same time.
test('with grace: Infinity a worker that is blocked is ended after five seconds, and one that cleans up never', async () => {
  const blocked = (kind: string, body: string, file = JSON.stringify(fresh())) =>
    program(
      `
      import { run, sleep, spawn } from 'treadle'; import { Pool } from 'treadle/workers'; import { existsSync } from 'node:fs';
      const pool = new Pool({ kind: '${kind}', workers: 1, grace: Infinity });
      run((function* () {
        ${body.replace('FILE', file)};
        while (!existsSync(${file})) yield* sleep(10);
        throw new Error('main failed');
      })()).then(undefined, (error) => console.log(error.message));`,
      { limit: 200_000 },
    );
  const cleans = within(function* () {
    const pool = poolOf('process', { grace: Infinity });
    const file = fresh();
    const task = yield* spawn(pool.apply(processJobs, 'cleanSlowly', [file, 6_000]));
    yield* until(() => lines(file).length > 0);
    yield* cancel(task);
    assert.equal(lines(file), ['started', 'clean']);
    yield* pool.close();
  });
  const programs = [
    blocked('thread', `yield* spawn(pool.apply(${url}, 'block', [FILE]))`), // deaf to its cancellation
    blocked('process', `yield* pool.apply(${url}, 'blockLater', [FILE])`), // deaf to its end
  ];
  for (const { code, out, err } of await Promise.all(programs))
    assert.equal([code, out, err], [0, 'main failed\n', '']);
  await cleans;
});

test('idle takes a duration', () => {
  for (const idle of [-1, NaN, '1' as unknown as number]) assert.throws(() => poolOf('thread', { idle }), /idle/);
});

for (const kind of kinds) {
  test(`an error of a ${kind} that runs nothing any more is printed, and not lost`, async () => {
    const { code, out, err } = await program(`
      import { run, sleep } from 'treadle'; import { Pool } from 'treadle/workers';
      run((function* () {
        const pool = new Pool({ kind: '${kind}', workers: 1 });
        yield* pool.apply(${url}, 'throwLater');
        while (pool.workers.length > 0) yield* sleep(10);
        console.log('goes on');
      })());`);
    assert.equal([code, out], [1, 'goes on\n']);
    assert.match(err, new RegExp(`^treadle: error in ${kind} \\d+: RangeError.*: nobody runs any more\\n`));
  });
}

test.run();
