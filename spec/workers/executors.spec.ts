// Executors: calls in a pool that somebody else keeps.
import { all } from 'treadle';
import { processes, runIn, threads, workerSignal } from 'treadle/workers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses } from '../support/errors.ts';
import { coroutines, flags, jobs, poolOf, within } from '../support/workers.ts';

const test = suite('executors');

test('threads and processes make pools, and runIn calls in them', () =>
  within(function* () {
    const executors = [threads({ workers: 1, execArgv: flags }), processes({ workers: 1, execArgv: flags })];
    assert.equal(
      executors.map(({ kind, name }) => [kind, name]),
      [
        ['thread', 'threads'],
        ['process', 'processes'],
      ],
    );
    assert.equal([threads().kind, processes().kind], ['thread', 'process']);
    const [inThread, inProcess] = yield* all(
      executors.map((executor) => runIn<{ pid: number }>(executor, jobs, 'where')),
    );
    assert.is(inThread!.pid, process.pid);
    assert.not.equal(inProcess!.pid, process.pid);
    assert.is(yield* runIn(executors[0]!, jobs, 'square', [3]), 9);
    for (const executor of executors) {
      yield* executor.close();
      assert.match(
        (yield* caught(runIn(executor, jobs, 'square', [3]))).message,
        /(threads|processes) is closed: it takes no more calls/,
      );
    }
  }));

test('runIn wants an executor', () =>
  refuses(() => runIn({} as never, jobs, 'square'), /runIn takes an executor, such as threads\(\) gives, not/));

test('a coroutine has no workerSignal(); outside of workers it is never aborted', () =>
  within(function* () {
    assert.is(workerSignal().aborted, false);
    const pool = poolOf('thread', { concurrency: 2 });
    const [aborted, name, message] = yield* pool.apply<string[]>(coroutines, 'signalOfCoroutine');
    assert.equal([aborted, name], [false, 'InvalidStateError']);
    assert.match(message!, /a coroutine yields abortSignal\(\)/);
    // Not even when it is the promise of another call that wakes it.
    assert.equal(yield* all([pool.apply(coroutines, 'isWoken'), pool.apply(coroutines, 'wakes')]), [
      'InvalidStateError',
      false,
    ]);
  }));

test('a worker that uses a pool is told how to write it', () =>
  within(function* () {
    const error = yield* caught(poolOf('thread').apply(coroutines, 'nested'));
    assert.is(error.name, 'InvalidStateError');
    assert.match(
      error.message,
      /pool was used in a worker, and workers have no workers of their own.*if \(!inWorker\(\)\)/,
    );
  }));

test.run();
