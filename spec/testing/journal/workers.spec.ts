// Calls in workers, played back without any.
import { all, cancel, sleep, spawn, timeout } from 'treadle';
import type { Coroutine } from 'treadle';
import { record, replayJournal } from 'treadle/testing';
import { Pool } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { jobs } from '../../support/workers.ts';

const test = suite('a journal of calls in workers');

test('answers, errors and cancellations are those of the recorded run, and no worker is started', async () => {
  const pools: Pool[] = [];
  let most = 0;
  function* program(): Coroutine<unknown[]> {
    const pool = new Pool({ kind: 'thread', workers: 2, grace: 20 });
    pools.push(pool);
    const got: unknown[] = yield* all([pool.apply<number>(jobs, 'square', [3]), pool.apply(jobs, 'square', [4])]);
    most = Math.max(most, pool.workers.length);
    try {
      yield* pool.apply(jobs, 'missing');
    } catch (error) {
      got.push((error as Error).name);
    }
    try {
      yield* timeout(50, pool.apply(jobs, 'whereLater', [5_000]));
    } catch (error) {
      got.push((error as Error).name);
    }
    const task = yield* spawn(pool.apply(jobs, 'whereLater', [5_000]));
    yield* sleep(5);
    yield* cancel(task);
    got.push(yield* pool.map(jobs, 'square', [1, 2, 5]));
    yield* pool.close();
    return got;
  }
  const recording = record(program());
  const result = await recording.task;
  assert.equal(result, [9, 16, 'TypeError', 'TimeoutError', [1, 4, 25]]);
  assert.is(most, 2);
  most = 0;
  assert.equal(replayJournal(program(), `${recording}`), result);
  assert.is(most, 0);
  assert.is(pools.length, 2);
});

test.run();
