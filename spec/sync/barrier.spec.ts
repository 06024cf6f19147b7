import {
  all,
  Barrier,
  BrokenBarrierError,
  cancel,
  coroutine,
  now,
  sleep,
  spawn,
  timeout,
  TimeoutError,
  yieldNow,
} from 'treadle';
import type { Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { virtually } from '../support/virtual.ts';
import { turns } from '../support/work.ts';

const test = suite('Barrier');

test('lets all go on when the last one has come, who does not wait', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const barrier = new Barrier(3);
    const runner = coroutine('runner', function* (ms: number) {
      yield* sleep(ms);
      const index = yield* barrier.wait();
      log.push(`${ms} is number ${index} at ${yield* now()}`);
    });
    yield* all([30, 10, 20].map(runner));
  });
  assert.equal(log, ['30 is number 2 at 30', '10 is number 0 at 30', '20 is number 1 at 30']);
});

test('and then the next so many', () => {
  const rounds: number[][] = [];
  virtually(function* () {
    const barrier = new Barrier(2);
    const runner = coroutine('runner', function* (ms: number) {
      for (let round = 0; round < 3; round++) {
        yield* sleep(ms);
        yield* barrier.wait();
        (rounds[round] ??= []).push(yield* now());
      }
    });
    yield* all([runner(10), runner(25)]);
  });
  assert.equal(rounds, [
    [25, 25],
    [50, 50],
    [75, 75],
  ]);
});

test('those who come while the others go on are the next ones', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const barrier = new Barrier(3);
    const tasks: Task[] = [];
    for (const name of 'abcdefg')
      tasks.push(
        (yield* spawn(
          (function* () {
            log.push(name + (yield* barrier.wait()));
          })(),
        )) as Task,
      );
    yield* turns(3);
    assert.is(barrier.nWaiting, 1);
    yield* cancel(tasks[6]!);
  });
  assert.equal(log, ['c2', 'f2', 'a0', 'b1', 'd0', 'e1']);
});

test('tells how many wait, for how many, and for one it never waits', () => {
  virtually(function* () {
    const barrier = new Barrier(2);
    assert.equal([barrier.parties, barrier.nWaiting, barrier.broken], [2, 0, false]);
    const task = yield* spawn(barrier.wait());
    yield* yieldNow();
    assert.is(barrier.nWaiting, 1);
    assert.is(yield* barrier.wait(), 1);
    assert.is(barrier.nWaiting, 0);
    assert.is(yield* task, 0);
    const alone = new Barrier(1);
    assert.equal([yield* alone.wait(), yield* alone.wait()], [0, 0]);
  });
});

test('one that is cancelled while it waits has not come, and no number is given twice', () => {
  virtually(function* () {
    const barrier = new Barrier(3);
    const [a, b] = [yield* spawn(barrier.wait()), yield* spawn(barrier.wait())];
    yield* yieldNow();
    yield* cancel(a);
    assert.is(barrier.nWaiting, 1);
    const c = yield* spawn(barrier.wait());
    yield* yieldNow();
    assert.is(barrier.nWaiting, 2);
    assert.equal([yield* barrier.wait(), yield* b, yield* c], [2, 0, 1]);
  });
});

test('one that is cancelled when all have come has come: the others go on', () => {
  virtually(function* () {
    const barrier = new Barrier(3);
    const [a, b] = [yield* spawn(barrier.wait()), yield* spawn(barrier.wait())];
    yield* yieldNow();
    assert.is(yield* barrier.wait(), 2);
    a.cancel();
    assert.is(yield* b, 1);
    assert.equal([a.state, barrier.nWaiting], ['cancelled', 0]);
  });
});

test('a time limit', () => {
  virtually(function* () {
    const barrier = new Barrier(2);
    assert.instance(yield* caught(timeout(10, barrier.wait())), TimeoutError);
    assert.is(barrier.nWaiting, 0);
  });
});

test('abort throws a BrokenBarrierError to those who wait and to those who come, until it is reset', () => {
  virtually(function* () {
    const barrier = new Barrier(3, { name: 'start' });
    const waiting = [yield* spawn(caught(barrier.wait())), yield* spawn(caught(barrier.wait()))];
    yield* turns(2);
    barrier.abort();
    assert.equal([barrier.broken, barrier.nWaiting], [true, 0]);
    for (const error of [yield* waiting[0]!, yield* waiting[1]!, yield* caught(barrier.wait())]) {
      assert.instance(error, BrokenBarrierError);
      assert.match(error.message, /^start (was aborted|is broken)$/);
    }
    barrier.abort();
    barrier.reset();
    assert.not(barrier.broken);
    const task = yield* spawn(all([barrier.wait(), barrier.wait()]));
    yield* turns(2);
    assert.is(yield* barrier.wait(), 2);
    assert.equal(yield* task, [0, 1]);
  });
});

test('reset throws a BrokenBarrierError to those who wait, and is as new', () => {
  virtually(function* () {
    const barrier = new Barrier(2);
    const waiting = yield* spawn(caught(barrier.wait()));
    yield* turns(2);
    barrier.reset();
    assert.equal([barrier.broken, barrier.nWaiting], [false, 0]);
    const next = yield* spawn(barrier.wait());
    assert.match((yield* waiting).message, /barrier was reset/);
    assert.equal([yield* barrier.wait(), yield* next], [1, 0]);
  });
});

test('cancelled in the turn in which it is broken, a waiter is cancelled', () => {
  virtually(function* () {
    const barrier = new Barrier(2);
    const task = yield* spawn(barrier.wait());
    yield* yieldNow();
    barrier.abort();
    yield* cancel(task);
    assert.is(task.state, 'cancelled');
  });
});

test('to wait for one who never comes is a deadlock that names the barrier', () => {
  const error = thrown(() =>
    virtually(function* () {
      yield* new Barrier(2, { name: 'start' }).wait();
    }),
  );
  assert.is(error.name, 'DeadlockError');
  assert.match(error.message, /main waiting on start\.wait\(\)/);
});

for (const wrong of [0, -1, 1.5, NaN, Infinity, '2', undefined]) {
  test(`new Barrier(${typeof wrong === 'string' ? `'${wrong}'` : String(wrong)}) is an error that says what is wanted`, () =>
    refuses(() => new Barrier(wrong as never), /Barrier/, /parties/));
}

test.run();
