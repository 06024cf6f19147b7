// The frame that combinators share: a plan says when they are decided, and what they answer.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cancel, Lock, now, Queue, sleep, spawn, wait } from 'treadle';
import type { Awaitable, Coroutine, Task } from 'treadle';
import { combinator } from '../../lib/combinators/together.ts';
import type { Plan } from '../../lib/combinators/together.ts';
import { ACQUIRES, Effect } from '../../lib/kernel/effect.ts';
import { caught } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { after, breaking, failing, lasting } from '../support/work.ts';

const test = suite('a combinator');

/** The effect of a combinator with this plan. */
const planned = <T = unknown>(plan: Plan): Effect<T> =>
  new Effect<T>(
    'planned',
    undefined,
    combinator(() => plan),
    ACQUIRES,
  );

test('starts its children, waits until all are over, and has one answer', () =>
  virtually(function* () {
    const answer = yield* planned({
      start(group) {
        group.start(after(5, 'a'));
        group.start(after(10, 'b'));
      },
      answer: (group) => `${group.children.length} left, and ${(group.winner as Task).result()} was first`,
    });
    assert.equal([answer, yield* now()], ['0 left, and a was first', 10]);
  }));

test('cancels the rest when it is decided, and answers when that has cleaned up', () => {
  const log: unknown[] = [];
  virtually(function* () {
    yield* planned({
      start(group) {
        group.start(sleep(5));
        group.start(lasting(log, 'loser'));
      },
      decided: (group) => group.winner !== undefined,
      answer: () => log.push('answers'),
    });
    assert.is(yield* now(), 15);
  });
  assert.equal(log, ['loser cleans up', 'loser is clean', 'answers']);
});

test('that cannot start all cancels those that it has started, and throws that error', () => {
  const log: unknown[] = [];
  const error = new Error('cannot start');
  virtually(function* () {
    const work = planned({
      start(group) {
        group.start(lasting(log, 'started'));
        throw error;
      },
      answer: () => log.push('NEVER'),
    });
    assert.is(yield* caught(work), error);
  });
  assert.equal(log, [], 'it was cancelled before its first step');
});

test('whose answer throws has failed, with what its children acquired given back', () => {
  const lock = new Lock();
  const error = new Error('no answer');
  virtually(function* () {
    const work = planned({
      start: (group) => void group.start(lock.acquire()),
      answer() {
        assert.ok(lock.locked);
        throw error;
      },
    });
    assert.is(yield* caught(work), error);
  });
  assert.not(lock.locked);
});

test('keeps what the chosen child acquired, and gives back the others', () => {
  const jobs = new Queue<number>();
  for (const job of [1, 2]) jobs.putNowait(job);
  virtually(function* () {
    let second: Task;
    const answer = yield* planned({
      start(group) {
        group.start(jobs.get());
        second = group.start(jobs.get()) as Task;
      },
      answer: () => second.result(),
      chosen: () => second,
    });
    assert.is(answer, 2);
  });
  assert.equal([jobs.getNowait(), jobs.size], [1, 0]);
});

test('that is cancelled gives all back, and throws nothing', () => {
  const lock = new Lock();
  virtually(function* () {
    const task = yield* spawn(
      planned({
        start(group) {
          group.start(lock.acquire());
          group.start(sleep(Infinity));
        },
        answer: () => 'NEVER',
      }),
    );
    yield* sleep(1);
    assert.ok(lock.locked);
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
  });
  assert.not(lock.locked);
});

const endings: Record<string, (work: Awaitable<unknown>) => Coroutine<unknown>> = {
  'its own code catches it': function* (work) {
    return yield* caught(work);
  },
  'its task fails with it': function* (work) {
    const task = yield* spawn(work);
    yield* sleep(20);
    task.cancel(); // while the other one cleans up
    yield* wait([task]);
    return task.error();
  },
};
for (const [what, ending] of Object.entries(endings)) {
  test(`that has failed while another one cleans up: ${what}`, () => {
    const error = new Error('decides');
    virtually(function* () {
      const work = planned({
        start(group) {
          group.start(failing(10, error));
          group.start(lasting([], 'other', 50));
        },
        decided: (group) => group.failed.length > 0,
        answer: (group) => group.throwFailures(),
      });
      assert.is(yield* ending(work), error);
      assert.is(yield* now(), 60);
    });
  });
}

test('an error of a clean-up makes the cancelled task fail', () => {
  const error = new Error('unclean');
  virtually(function* () {
    const task = yield* spawn(planned({ start: (group) => void group.start(breaking(error)), answer: () => 'NEVER' }));
    yield* sleep(1);
    task.cancel();
    yield* wait([task]);
    assert.is(task.error(), error);
  });
});

test('overlooks failures before the decision when its plan says so, and only then', () => {
  for (const overlooksLosses of [true, false]) {
    virtually(function* () {
      const error = new Error('a loss');
      const task = yield* spawn(
        planned({
          start(group) {
            group.start(failing(1, error));
            group.start(sleep(Infinity));
          },
          answer: () => 'NEVER',
          overlooksLosses,
        }),
      );
      yield* sleep(5);
      task.cancel();
      yield* wait([task]);
      assert.is(task.state, overlooksLosses ? 'cancelled' : 'failed');
      if (!overlooksLosses) assert.is(task.error(), error);
    });
  }
});

test.run();
