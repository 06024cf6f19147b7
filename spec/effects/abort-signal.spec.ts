// abortSignal: the cancellation of a task, or of a scope of it, for functions of the platform.
import { deepStrictEqual } from 'node:assert';
import { abortSignal, cancel, run, shield, sleep, spawn, timeout, TimeoutError, yieldNow } from 'treadle';
import type { Coroutine } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, rejection } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { after, failing } from '../support/work.ts';

const test = suite('abortSignal');

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

test('within a time limit it is that of the limit: aborted with the TimeoutError, while the signal outside is not', () => {
  virtually(function* () {
    const outside = yield* abortSignal();
    let inside: AbortSignal | undefined;
    const log: string[] = [];
    const error = yield* caught(
      timeout(
        10,
        (function* (): Coroutine<void> {
          inside = yield* abortSignal();
          inside.addEventListener('abort', () => log.push('aborted'));
          try {
            yield* sleep(Infinity);
          } finally {
            log.push('clean-up');
          }
        })(),
      ),
    );
    assert.instance(error, TimeoutError);
    assert.is(inside!.reason, error);
    assert.equal(log, ['aborted', 'clean-up']);
    assert.not(outside.aborted);
  });
});

test('within a time limit it is aborted when the limit is over without being reached', () => {
  virtually(function* () {
    const signal = yield* timeout(10, abortSignal());
    assert.ok(signal.aborted);
  });
});

test('behind a shield it is not aborted by a cancellation that is put off', () => {
  const log: string[] = [];
  virtually(function* () {
    const task = yield* spawn(
      (function* () {
        const outside = yield* abortSignal();
        yield* shield(
          (function* () {
            const inside = yield* abortSignal();
            yield* sleep(20);
            log.push(`${inside.aborted} ${outside.aborted}`);
          })(),
        );
      })(),
    );
    yield* sleep(10);
    yield* cancel(task);
  });
  assert.is(log.length, 1);
  assert.match(log[0]!, /^false /);
});

test('it is aborted when a deadlock closes the task, before its clean-up', async () => {
  const log: string[] = [];
  const task = run(
    (function* () {
      const signal = yield* abortSignal();
      signal.addEventListener('abort', () => log.push('aborted'));
      try {
        yield* sleep(Infinity);
      } finally {
        log.push('clean-up');
      }
    })(),
    { clock: new VirtualClock() },
  );
  const error = await rejection(task);
  assert.is(error.name, 'DeadlockError');
  assert.equal(log, ['aborted', 'clean-up']);
});

test('it prints as it was written, and is deeply equal to another', () => {
  assert.is(String(abortSignal()), 'abortSignal()');
  deepStrictEqual(abortSignal(), abortSignal());
});

test.run();
