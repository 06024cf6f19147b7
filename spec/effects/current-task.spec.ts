import { deepStrictEqual } from 'node:assert';
import { abortSignal, cancel, currentTask, run, sleep, spawn, yieldNow } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught } from '../support/errors.ts';
import { delay } from '../support/host.ts';
import { virtually } from '../support/virtual.ts';
import { after, failing } from '../support/work.ts';

const test = suite('currentTask and abortSignal');

test('currentTask is the task that yields it', () => {
  virtually(function* () {
    const child = yield* spawn(currentTask());
    assert.is(yield* child, child);
    const me = yield* currentTask();
    assert.is(child.parent, me);
    assert.is(me.state, 'running');
  });
});

test('main is what run returned', async () => {
  const task = run(currentTask(), { name: 'boss', clock: new VirtualClock() });
  let found: unknown;
  task.addDoneCallback(() => {
    found = task.result();
  });
  await delay(5);
  assert.is(found, task);
  assert.is(task.name, 'boss');
});

test('the signal is aborted when the task is cancelled, with the reason, before its clean-up runs', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        const signal = yield* abortSignal();
        signal.addEventListener('abort', () => log.push(`aborted: ${signal.reason}`));
        try {
          assert.not(signal.aborted);
          yield* sleep(Infinity);
        } finally {
          log.push('clean-up');
          yield* yieldNow();
        }
      })(),
    );
    yield* sleep(1);
    yield* cancel(task, 'enough');
  });
  assert.equal(log, ['aborted: enough', 'clean-up']);
});

test('it is the same signal each time it is asked for, and each task has its own', () => {
  virtually(function* () {
    const first = yield* abortSignal();
    assert.is(yield* abortSignal(), first);
    assert.is.not(yield* yield* spawn(abortSignal()), first);
    assert.instance(first, AbortSignal);
  });
});

for (const [how, work] of [
  ['well', () => after(5, 'x')],
  ['badly', () => failing(5, new Error('no'))],
] as const) {
  test(`it is aborted at the latest when the task is over: one that ends ${how}`, () => {
    virtually(function* () {
      let signal: AbortSignal | undefined;
      const task = yield* spawn(
        (function* () {
          signal = yield* abortSignal();
          yield* work();
        })(),
      );
      yield* sleep(4);
      assert.is(signal?.aborted, false);
      if (how === 'well') yield* task;
      else yield* caught(task);
      assert.is(signal?.aborted, true);
    });
  });
}

test('asked for in a clean-up, the signal of a cancelled task is aborted already', () => {
  let aborted: boolean | undefined;
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        try {
          yield* sleep(Infinity);
        } finally {
          const signal = yield* abortSignal();
          aborted = signal.aborted;
          assert.is(signal.reason, 'why');
        }
      })(),
    );
    yield* sleep(1);
    yield* cancel(task, 'why');
  });
  assert.is(aborted, true);
});

test('they print as they were written and are deeply equal', () => {
  assert.equal([String(currentTask()), String(abortSignal())], ['currentTask()', 'abortSignal()']);
  deepStrictEqual(currentTask(), currentTask());
  deepStrictEqual(abortSignal(), abortSignal());
});

test.run();
