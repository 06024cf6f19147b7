// The trampoline: how a task takes a step. Each is taken by hand here, so that what a step does can be seen.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CancelledError, currentTask } from 'treadle';
import type { Coroutine } from 'treadle';
import { Effect, SUSPENDED } from '../../lib/kernel/effect.ts';
import type { Task } from '../../lib/kernel/task.ts';
import { handOver, List } from '../../lib/kernel/waiting.ts';
import { thrown } from '../support/errors.ts';
import { HandLoop } from '../support/hand-loop.ts';
import { hostTurns } from '../support/host.ts';

/** An effect that is answered at once; the log is told when it is performed. */
const inline = (log: unknown[], value: unknown) =>
  new Effect<unknown>('inline', [value], () => {
    log.push(`performs ${value}`);
    return value;
  });

/** An effect that parks the task in the list. */
const park = (list: List<Task<any>>) =>
  new Effect<unknown>('park', undefined, (task: Task<any>) => {
    list._park(task);
    return SUSPENDED;
  });

const test = suite('the trampoline');

test('the first step performs the work, as if it had been yielded: an effect, a coroutine, a task', () => {
  const loop = new HandLoop();
  const log: unknown[] = [];
  const effect = loop.task(inline(log, 1));
  const body = (function* () {
    log.push('body');
    return 2;
  })();
  const coroutine = loop.task(body);
  assert.equal(log, [], 'nothing before its turn');
  const joiner = loop.task(effect);
  loop.steps();
  assert.equal(
    [effect, coroutine, joiner].map((task) => task.result()),
    [1, 2, 1],
  );
  assert.equal(log, ['performs 1', 'body']);
});

test('a step goes on with the answers that are there, and ends where the task must wait', () => {
  const loop = new HandLoop();
  const log: unknown[] = [];
  const list = new List<Task<any>>();
  const task = loop.task(
    (function* () {
      log.push(yield* inline(log, 1));
      log.push(yield* inline(log, 2));
      log.push(yield* park(list));
      log.push(yield* inline(log, 4));
    })(),
  );
  assert.is(loop.steps(), 1);
  assert.equal(log, ['performs 1', 1, 'performs 2', 2]);
  assert.is(task.state, 'waiting');
  assert.is(String(task.waitingOn), 'park()');
  list._shift()!._wake(3);
  assert.equal([task.state, task.waitingOn], ['ready', undefined]);
  assert.is(loop.steps(), 1);
  assert.equal(log.slice(4), [3, 'performs 4', 4]);
  assert.is(task.state, 'succeeded');
});

test('a task is in one place at a time: parked, in the ready queue, running, or nowhere at its end', () => {
  const loop = new HandLoop();
  const list = new List<Task<any>>();
  let inside: unknown;
  const task = loop.task(
    (function* () {
      yield* park(list);
      const self = yield* currentTask();
      inside = [self._place, loop._first, list._first, self.state];
    })(),
  );
  loop.step();
  assert.equal([task._place === list, loop._first], [true, undefined]);
  list._shift()!._wake();
  assert.equal([task._place, loop._first === task, list._first], [undefined, true, undefined]);
  loop.step();
  assert.equal(inside, [undefined, undefined, undefined, 'running']);
  assert.equal([task._place, loop._first, list._first], [undefined, undefined, undefined]);
});

test('a task is resumed as it was woken: with an answer, by an error, or to perform something first', () => {
  const loop = new HandLoop();
  const log: unknown[] = [];
  const list = new List<Task<any>>();
  loop.task(
    (function* () {
      for (let i = 0; i < 3; i++) {
        try {
          log.push(['answer', yield* park(list)]);
        } catch (error) {
          log.push(['error', error]);
        }
      }
    })(),
  );
  loop.steps();
  list._shift()!._wake('a');
  loop.steps();
  list._shift()!._wakeThrowing('b');
  loop.steps();
  list._shift()!._wakePerforming(inline(log, 'c'));
  loop.steps();
  assert.equal(log, [['answer', 'a'], ['error', 'b'], 'performs c', ['answer', 'c']]);
});

test('only the innermost frame is resumed, whatever the depth', () => {
  const loop = new HandLoop();
  const list = new List<Task<any>>();
  const level = function* (depth: number): Coroutine<unknown> {
    if (depth > 0) return (yield level(depth - 1)) as unknown;
    for (let i = 0; i < 5; i++) yield* park(list);
    return 'bottom';
  };
  const task = loop.task(level(1_000));
  loop.steps();
  const { _frame } = task; // the one at the bottom of 1,001
  for (let i = 0; i < 4; i++) {
    list._shift()!._wake();
    loop.steps();
    assert.is(task._frame, _frame, 'the same frame is on top');
  }
  list._shift()!._wake();
  loop.steps();
  assert.equal([task._frame, task.result()], [undefined, 'bottom']);
});

test('what a frame returns is the answer of its caller, what it throws is thrown there', () => {
  const loop = new HandLoop();
  const error = new Error('no');
  const log: unknown[] = [];
  const task = loop.task(
    (function* (): Coroutine<unknown> {
      log.push(
        yield (function* () {
          return 'result';
        })(),
      );
      try {
        yield (function* (): Coroutine<void> {
          throw error;
        })();
      } catch (caught) {
        log.push(caught);
      }
      return yield (function* () {
        return inline(log, 'a plain value');
      })();
    })(),
  );
  loop.steps();
  assert.equal(log, ['result', error], 'an effect that is returned is not performed');
  assert.instance(task.result(), Effect);
});

test('an error of a handler is thrown at the yield, as is that of a value that cannot be yielded', () => {
  const loop = new HandLoop();
  const log: unknown[] = [];
  loop.task(
    (function* (): Coroutine<void> {
      const breaking = new Effect('breaking', undefined, () => {
        throw 'no';
      });
      for (const wrong of [breaking, 5, undefined]) {
        try {
          yield wrong as never;
        } catch (error) {
          log.push(error instanceof TypeError ? error.message.replace(/;.*/, '') : error);
        }
      }
    })(),
  );
  loop.steps();
  assert.equal(log, ['no', '5 cannot be yielded', 'undefined cannot be yielded']);
});

test('a task that never waits is put off when the budget is overdrawn: the effect is performed once, later', () => {
  const loop = new HandLoop();
  const log: unknown[] = [];
  const task = loop.task(
    (function* () {
      for (let i = 0; i < 1_000; i++) assert.is(yield* inline(log, i), i);
      return 'done';
    })(),
  );
  loop._budget = 0;
  loop.step();
  const first = log.length;
  assert.ok(first > 50 && first < 200, `${first} in one step`);
  assert.equal([task.state, task._place], ['ready', undefined]);
  let steps = 1;
  for (; !task.done; steps++) {
    loop._budget = 0;
    loop.step();
  }
  assert.equal(
    log,
    Array.from({ length: 1_000 }, (_, i) => `performs ${i}`),
  );
  assert.ok(steps > 5);
});

test('a budget that is not spent is used up by inline answers, one for each behind the first of a step', () => {
  const loop = new HandLoop();
  loop.task(
    (function* () {
      for (let i = 0; i < 10; i++) yield* inline([], i);
    })(),
  );
  loop._budget = 32;
  loop.steps();
  assert.is(loop._budget, 32 - 9); // the loop counts the first as its step
});

test('a task that is woken goes to the end of the ready queue', () => {
  const loop = new HandLoop();
  const log: string[] = [];
  const list = new List<Task<any>>();
  const names = ['a', 'b', 'c'];
  for (const name of names)
    loop.task(
      (function* () {
        yield* park(list);
        log.push(name);
      })(),
    );
  loop.steps();
  const [a, b, c] = [list._shift()!, list._shift()!, list._shift()!];
  for (const task of [b, c, a]) task._wake();
  loop.steps();
  assert.equal(log, ['b', 'c', 'a']);
});

test('a cancelled task leaves its place, and is closed in its next step, not before', () => {
  const loop = new HandLoop();
  const log: string[] = [];
  const list = new List<Task<any>>();
  const task = loop.task(
    (function* () {
      try {
        yield* park(list);
        log.push('WENT ON');
      } catch {
        log.push('CAUGHT');
      } finally {
        log.push('finally');
      }
    })(),
  );
  loop.steps();
  task.cancel('why');
  assert.equal([list._first, task.state, log], [undefined, 'ready', []]);
  loop.steps();
  assert.equal([task.state, log], ['cancelled', ['finally']]);
  assert.equal((thrown(() => task.result()) as CancelledError).reason, 'why');
});

test('a frame is closed when the frame above it is gone, after all that this one still waits for', () => {
  const loop = new HandLoop();
  const log: string[] = [];
  const list = new List<Task<any>>();
  const level = function* (depth: number): Coroutine<void> {
    try {
      yield depth > 0 ? level(depth - 1) : park(list);
      log.push('WENT ON');
    } finally {
      log.push(`closes ${depth}`);
      yield* park(list);
      log.push(`is closed ${depth}`);
    }
  };
  const task = loop.task(level(2));
  loop.steps();
  task.cancel();
  loop.steps();
  const seen = [];
  while (!task.done) {
    seen.push(log.at(-1));
    list._shift()!._wake();
    loop.steps();
  }
  assert.equal(seen, ['closes 0', 'closes 1', 'closes 2']);
  assert.equal(log, ['closes 0', 'is closed 0', 'closes 1', 'is closed 1', 'closes 2', 'is closed 2']);
});

test('a cancellation that is due is delivered before what was yielded is performed', () => {
  const loop = new HandLoop();
  const log: unknown[] = [];
  const task = loop.task(
    (function* () {
      try {
        (yield* currentTask()).cancel();
        yield* inline(log, 'NEVER');
      } finally {
        log.push(yield* inline(log, 'in the clean-up'));
      }
    })(),
  );
  loop.steps();
  assert.equal([task.state, ...log], ['cancelled', 'performs in the clean-up', 'in the clean-up']);
});

test('a promise that was yielded in vain, because a cancellation came first, does not end the process', async () => {
  const unhandled: unknown[] = [];
  const listen = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', listen);
  const loop = new HandLoop();
  const task = loop.task(
    (function* () {
      (yield* currentTask()).cancel();
      yield Promise.reject(new Error('nobody looks'));
    })(),
  );
  loop.steps();
  const second = loop.task(Promise.reject(new Error('never performed')));
  second.cancel();
  loop.steps();
  await hostTurns(3);
  process.off('unhandledRejection', listen);
  assert.equal([task.state, second.state, unhandled], ['cancelled', 'cancelled', []]);
});

test('what was handed over is taken back by a cancellation before the turn of the task, and is its own from then on', () => {
  for (const cancelled of ['before its turn', 'in its turn']) {
    const loop = new HandLoop();
    const list = new List<Task<any>>();
    const log: unknown[] = [];
    const task = loop.task(
      (function* () {
        log.push(yield* park(list));
        const self = yield* currentTask();
        assert.is(self._place, undefined);
        if (cancelled === 'in its turn') self.cancel();
        yield* park(list);
      })(),
    );
    loop.steps();
    handOver(list._shift()!, { _withdraw: () => log.push('taken back') }, 'a key');
    if (cancelled === 'before its turn') task.cancel();
    assert.is(task._place === undefined, cancelled === 'before its turn', 'taken back once');
    loop.steps();
    assert.equal([task.state, log], ['cancelled', [cancelled === 'in its turn' ? 'a key' : 'taken back']]);
  }
});

test('an error of a frame that is being closed is kept: no frame below is thrown it, each is closed, and the task fails', () => {
  const loop = new HandLoop();
  const list = new List<Task<any>>();
  const log: string[] = [];
  const error = new Error('in the clean-up');
  const level = function* (depth: number): Coroutine<void> {
    try {
      yield depth > 0 ? level(depth - 1) : park(list);
    } catch {
      log.push(`CAUGHT ${depth}`);
    } finally {
      log.push(`closes ${depth}`);
      if (depth === 1) throw error;
    }
  };
  const task = loop.task(level(2));
  loop.steps();
  task.cancel();
  loop.steps();
  assert.equal([task.state, task.error(), log], ['failed', error, ['closes 0', 'closes 1', 'closes 2']]);
});

test('an error that comes on top of a cancellation, before the next yield, is kept as well, and clean-ups run whole', () => {
  const loop = new HandLoop();
  const log: string[] = [];
  const error = new Error('on top');
  const task = loop.task(
    (function* () {
      try {
        yield (function* () {
          (yield* currentTask()).cancel();
          throw error;
        })();
      } catch {
        log.push('CAUGHT');
      } finally {
        log.push(String(yield* inline([], 'closes')));
        log.push(String(yield* inline([], 'is closed')));
      }
    })(),
  );
  loop.steps();
  assert.equal([task.state, task.error(), log], ['failed', error, ['closes', 'is closed']]);
});

test('a task that is over lets go of its coroutine', () => {
  const loop = new HandLoop();
  const task = loop.task((function* () {})());
  loop.steps();
  assert.equal(
    [task._generator, task._frame, task._inbox, task.waitingOn],
    [undefined, undefined, undefined, undefined],
  );
});

test.run();
