// A group: the children of a combinator, the score that is kept of them, and when the combinator goes on.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { call, cancel, currentTask, Lock, Queue, sleep, spawn, yieldNow } from 'treadle';
import type { Coroutine, Task } from 'treadle';
import { Group } from '../../lib/combinators/group.ts';
import { caught } from '../support/errors.ts';
import { same } from '../support/lists.ts';
import { virtually } from '../support/virtual.ts';
import { after, breaking, failing, turns } from '../support/work.ts';

const test = suite('a group');

/** Runs the body in a frame that has opened a group, as a combinator does. */
function inGroup(body: (group: Group) => Coroutine<void>): void {
  virtually(function* () {
    const task = yield* currentTask();
    yield* call(
      (function* (): Coroutine<void> {
        const group = new Group(task);
        yield call(body(group));
        group.cancelRest();
        yield* group.untilOver();
        group.leave();
      })(),
    );
  });
}

test('knows the first child that ended, and the first that succeeded', () =>
  inGroup(function* (group) {
    const bad = group.start(failing(5, new Error('no')));
    const good = group.start(after(10, 'x'));
    group.start(after(15, 'y'));
    yield* group.untilOver();
    same([group.first, group.winner], [bad, good]);
    bad.error();
  }));

test('lists what failed, in that order, and not what it has cancelled itself', () =>
  inGroup(function* (group) {
    const second = group.start(failing(10, new Error('second')));
    const first = group.start(failing(5, new Error('first')));
    const unclean = group.start(breaking(new Error('unclean')));
    group.start(sleep(Infinity));
    group.cancelWhen(() => group.failed.length === 2);
    yield* group.untilOver();
    same(group.failed, [first, second, unclean]);
    assert.is(group.losses, 2, 'before the rest was cancelled');
    const error = yield* caught(
      (function* () {
        group.throwFailures();
      })(),
    );
    assert.equal(
      error.errors.map(({ message }: Error) => message),
      ['first', 'second', 'unclean'],
    );
  }));

test('counts a child that somebody else has cancelled as failed, unless it is lenient', () =>
  inGroup(function* (group) {
    group.start(sleep(Infinity)).cancel();
    yield* yieldNow();
    assert.is(group.failed.length, 1);
    group.lenient = true;
    group.start(sleep(Infinity)).cancel();
    yield* yieldNow();
    assert.is(group.failed.length, 1);
  }));

test('cancels the rest in the step in which it is decided, and whoever is started later at once', () =>
  inGroup(function* (group) {
    let ran = 0;
    const other = group.start(
      (function* () {
        for (;;) {
          ran++;
          yield* yieldNow();
        }
      })(),
    );
    const decider = group.start(turns(3));
    group.start(turns(3)); // is cancelled before its last turn
    group.cancelWhen(() => group.first !== undefined);
    while (!decider.done) yield* yieldNow();
    const before = ran;
    assert.match(`${other}`, /cancel/);
    yield* group.untilOver();
    assert.is(ran, before);
    assert.is(group.start(sleep(1)).toString().includes('cancelling'), true);
  }));

test('that is decided already cancels at once', () =>
  inGroup(function* (group) {
    const child = group.start(sleep(Infinity));
    group.cancelWhen(() => true);
    assert.match(`${child}`, /cancelling/);
  }));

test('continues its task directly after the step of the child that it waited for', () => {
  const order: string[] = [];
  inGroup(function* (group) {
    const noting = function* (name: string): Coroutine<void> {
      order.push(name);
    };
    group.start(noting('a'));
    group.start(noting('b'));
    yield* spawn(noting('another task'));
    yield* group.until(() => group.first !== undefined);
    order.push('goes on');
    yield* group.until(() => group.first !== undefined);
    order.push('goes on at once');
    yield* group.untilOver();
  });
  assert.equal(order, ['a', 'goes on', 'goes on at once', 'b', 'another task']);
});

test('looks at its condition when something has changed that is no child’s end', () =>
  inGroup(function* (group) {
    let open = false;
    group.start(sleep(100));
    const opener = group.start(
      (function* () {
        yield* sleep(5);
        open = true;
        group.look();
        yield* sleep(5);
      })(),
    );
    yield* group.until(() => open);
    assert.not(opener.done);
  }));

test('cancels its children in the step in which its task is cancelled, waiting or ready', () => {
  for (const turn of [0, 1, 2, 3]) {
    virtually(function* () {
      let children: Task[] = [];
      const task = yield* spawn(
        (function* () {
          const group = new Group(yield* currentTask());
          try {
            children = [group.start(sleep(Infinity)), group.start(turns(2))] as Task[];
            yield* group.until(() => group.first !== undefined);
            yield* group.untilOver();
          } finally {
            group.shields = true;
            yield* group.untilOver();
            group.leave();
          }
        })(),
      );
      yield* turns(turn + 1);
      task.cancel();
      for (const child of children)
        assert.ok(child.done || `${child}`.includes('cancelling'), `turn ${turn}: ${child}`);
      yield* cancel(task);
      assert.is(task.state, 'cancelled');
    });
  }
});

test('gives back what its children acquired: the last one first, but for one that is chosen', () => {
  const jobs = new Queue<number>();
  const lock = new Lock();
  for (const job of [1, 2, 3]) jobs.putNowait(job);
  inGroup(function* (group) {
    assert.not(group.hasAcquired);
    group.start(jobs.get());
    const chosen = group.start(jobs.get());
    group.start(jobs.get());
    group.start(lock.acquire());
    group.start(sleep(Infinity)); // has no answer
    yield* group.until(() => group.children.length === 1);
    assert.ok(group.hasAcquired);
    assert.ok(lock.locked);
    group.giveBack(chosen as Task);
    assert.not(lock.locked);
    assert.equal([jobs.getNowait(), jobs.getNowait(), jobs.size], [1, 3, 0]);
  });
});

test('overlooks what had failed before it was decided, and no error of a clean-up', () =>
  inGroup(function* (group) {
    const loss = group.start(failing(1, new Error('a loss')));
    const unclean = new Error('unclean');
    group.start(breaking(unclean));
    yield* sleep(5);
    group.cancelRest();
    yield* group.untilOver();
    group.overlookLosses();
    same(group.takeErrors(), [unclean]);
    assert.is(loss.state, 'failed');
  }));

test.run();
