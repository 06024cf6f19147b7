import { cancel, Future, now, sleep, spawn, timeout, TimeoutError, wait, yieldNow } from 'treadle';
import type { Task } from 'treadle';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { caught, refuses, thrown } from '../support/errors.ts';
import { processorTime } from '../support/host.ts';
import { same, sameSet } from '../support/lists.ts';
import { virtualLoop, virtually } from '../support/virtual.ts';
import { after, failing, turns } from '../support/work.ts';

const test = suite('wait');

function* sleepers(...times: number[]): Generator<any, Task<number>[], any> {
  const tasks: Task<number>[] = [];
  for (const ms of times) tasks.push(yield* spawn(after(ms, ms)));
  return tasks;
}

test('waits until all are over, and gives them in the order in which they were given', () => {
  virtually(function* () {
    const tasks = yield* sleepers(30, 10, 20);
    const { done, pending } = yield* wait(tasks);
    same(done, tasks);
    same(pending, []);
    assert.is(yield* now(), 30);
  });
});

test('with a timeout gives what is over by then, throws nothing, cancels nothing', () => {
  virtually(function* () {
    const tasks = yield* sleepers(30, 10, 40, 20);
    const { done, pending } = yield* wait(tasks, { timeout: 25 });
    assert.is(yield* now(), 25);
    same(done, [tasks[1], tasks[3]]);
    same(pending, [tasks[0], tasks[2]]);
    assert.equal(
      pending.map(({ state }) => state),
      ['waiting', 'waiting'],
    );
    assert.equal(
      (yield* wait(tasks)).done.map((task) => task.result()),
      [30, 10, 40, 20],
    );
  });
});

test('that is over before its timeout leaves no timer behind', () => {
  virtually(function* () {
    yield* wait(yield* sleepers(10), { timeout: 1e6 });
    yield* sleep(1);
    assert.is(yield* now(), 11);
  });
});

test('first-completed gives what is over as soon as one is, whatever became of it', () => {
  virtually(function* () {
    const tasks = yield* sleepers(20, 10, 30);
    const { done, pending } = yield* wait(tasks, { returnWhen: 'first-completed' });
    assert.is(yield* now(), 10);
    same(done, [tasks[1]]);
    same(pending, [tasks[0], tasks[2]]);
    tasks[2]!.cancel();
    same((yield* wait([tasks[0]!, tasks[2]!], { returnWhen: 'first-completed' })).done, [tasks[2]]);
    const failed = yield* spawn(failing(5, new Error('no')));
    same((yield* wait([tasks[0]!, failed], { returnWhen: 'first-completed' })).done, [failed]);
    failed.error();
  });
});

test('first-failed waits for a failure; a task that was cancelled is none', () => {
  virtually(function* () {
    const tasks: Task<unknown>[] = [
      ...(yield* sleepers(5, 50)),
      yield* spawn(failing(20, new Error('no'))),
      yield* spawn(sleep(60)),
    ];
    tasks[3]!.cancel();
    const { done, pending } = yield* wait(tasks, { returnWhen: 'first-failed' });
    assert.is(yield* now(), 20);
    same(done, [tasks[0], tasks[2], tasks[3]]);
    same(pending, [tasks[1]]);
    assert.match(String(tasks[2]!.error()), /no/);
  });
});

test('first-failed waits for all when none fails', () => {
  virtually(function* () {
    const tasks = yield* sleepers(10, 20);
    const cancelled = yield* spawn(sleep(5));
    cancelled.cancel();
    same((yield* wait([...tasks, cancelled], { returnWhen: 'first-failed' })).done, [...tasks, cancelled]);
    assert.is(yield* now(), 20);
  });
});

test('what is decided already is answered at once: no turn passes', () => {
  const log: string[] = [];
  virtually(function* () {
    const [quick, slow] = yield* sleepers(1, 50);
    const failed = yield* spawn(failing(1, new Error('no')));
    yield* sleep(2);
    yield* spawn(
      (function* () {
        log.push('other');
      })(),
    );
    same((yield* wait([quick!])).done, [quick]);
    same((yield* wait([quick!, slow!], { returnWhen: 'first-completed' })).pending, [slow]);
    same((yield* wait([slow!, failed], { returnWhen: 'first-failed' })).done, [failed]);
    log.push('main');
    failed.error();
  });
  assert.equal(log, ['main', 'other']);
});

test('a timeout of 0 lets the others have their turn and then tells', () => {
  virtually(function* () {
    const [instant, slow] = [
      yield* spawn(
        (function* () {
          return 1;
        })(),
      ),
      yield* spawn(sleep(10)),
    ];
    const { done, pending } = yield* wait([slow, instant] as Task<unknown>[], { timeout: 0 });
    same(done, [instant]);
    same(pending, [slow]);
    assert.is(yield* now(), 0);
  });
});

test('tells what is over when the one who waits has its turn, not before', () => {
  virtually(function* () {
    const tasks = yield* sleepers(10, 10, 20);
    const { done, pending } = yield* wait(tasks, { returnWhen: 'first-completed' });
    same(done, tasks.slice(0, 2));
    same(pending, tasks.slice(2));
  });
});

test('does not throw the errors of tasks, and does not count as having seen them', () => {
  const error = new Error('nobody looked');
  assert.is(
    thrown(() =>
      virtually(function* () {
        const task = yield* spawn(failing(1, error));
        const { done } = yield* wait([task]);
        assert.equal(
          done.map(({ state }) => state),
          ['failed'],
        );
      }),
    ),
    error,
  );
});

test('takes futures, and both', () => {
  virtually(function* () {
    const loop = virtualLoop();
    const [soon, never] = [loop.createFuture<string>(), loop.createFuture<string>()];
    const task = yield* spawn(sleep(5));
    yield* spawn(
      (function* () {
        yield* sleep(10);
        soon.setResult('value');
      })(),
    );
    const { done, pending } = yield* wait([never, task, soon], { timeout: 20 });
    same(done, [task, soon]);
    same(pending, [never]);
    assert.instance(done[1], Future);
  });
});

test('one that is given twice is there once', () => {
  virtually(function* () {
    const [task] = yield* sleepers(10);
    same((yield* wait([task!, task!])).done, [task]);
    same((yield* wait([task!, task!])).done, [task]);
  });
});

test('cancelling the one who waits leaves the tasks alone, and leaves nothing at them', () => {
  virtually(function* () {
    const tasks = yield* sleepers(20, 30);
    const waiting = yield* spawn(wait(tasks, { timeout: 100 }));
    yield* sleep(10);
    yield* cancel(waiting);
    assert.equal(
      tasks.map((task) => task._first),
      [undefined, undefined],
    );
    assert.equal([yield* tasks[0]!, yield* tasks[1]!], [20, 30]);
  });
});

test('nothing is left at tasks that are not over either', () => {
  virtually(function* () {
    const tasks = yield* sleepers(20, 30);
    for (let i = 0; i < 10; i++) yield* wait(tasks, { timeout: 1 });
    yield* wait(tasks, { returnWhen: 'first-completed' });
    assert.equal(
      tasks.map((task) => task._first),
      [undefined, undefined],
    );
  });
});

test('cancelled in the turn in which it is decided is cancelled', () => {
  virtually(function* () {
    const [task] = yield* sleepers(10);
    const waiting = yield* spawn(wait([task!]));
    yield* task!;
    yield* cancel(waiting);
    assert.is(waiting.state, 'cancelled');
  });
});

test('within a time limit of its own', () => {
  virtually(function* () {
    const tasks = yield* sleepers(50);
    assert.instance(yield* caught(timeout(10, wait(tasks))), TimeoutError);
    assert.is(tasks[0]!.state, 'waiting');
  });
});

test('a loop that takes the tasks one by one as they are over', () => {
  const order: number[] = [];
  virtually(function* () {
    let pending = yield* sleepers(30, 10, 20);
    while (pending.length > 0) {
      const result = yield* wait(pending, { returnWhen: 'first-completed' });
      for (const task of result.done) order.push(task.result());
      pending = result.pending;
    }
  });
  assert.equal(order, [10, 20, 30]);
});

test('several may wait for the same tasks', () => {
  const log: unknown[] = [];
  virtually(function* () {
    const tasks = yield* sleepers(10, 20);
    for (const returnWhen of ['all', 'first-completed'] as const)
      yield* spawn(
        (function* () {
          const { done } = yield* wait(tasks, { returnWhen });
          log.push([returnWhen, done.length, yield* now()]);
        })(),
      );
  });
  assert.equal(log, [
    ['first-completed', 1, 10],
    ['all', 2, 20],
  ]);
});

test('ten thousand tasks take no time', () => {
  const took = processorTime();
  virtually(function* () {
    const tasks: Task[] = [];
    for (let i = 0; i < 10_000; i++) tasks.push((yield* spawn(sleep(i % 100))) as Task);
    assert.is((yield* wait(tasks, { returnWhen: 'first-failed' })).done.length, 10_000);
  });
  assert.ok(took() < 3_000);
});

test('one that never ends is a deadlock that shows what is waited for', () => {
  const error = thrown(() =>
    virtually(function* () {
      const task = yield* spawn(sleep(Infinity), { name: 'endless' });
      yield* wait([task], { timeout: Infinity });
    }),
  );
  assert.match(error.message, /main waiting on wait\(\[#2 endless\]/);
});

test('anything but an array of tasks and futures is an error at the call that says so', () => {
  virtually(function* () {
    const task = yield* spawn(yieldNow());
    for (const wrong of [[], undefined, null, 5, 'task', task, sleep(1), new Set([task])])
      refuses(() => wait(wrong as never), /wait takes an array of tasks and futures \(spawn the rest\)/);
    refuses(() => wait([task, sleep(1)] as never), /spawn the rest.*sleep\(1\)/);
    refuses(() => wait([(function* () {})()] as never), /spawn/);
    refuses(() => wait([undefined] as never), /undefined/);
    refuses(() => wait([Promise.resolve()] as never), /spawn/);
    refuses(
      () => wait([task], { returnWhen: 'FIRST_COMPLETED' as never }),
      /returnWhen.*first-completed.*'FIRST_COMPLETED'/,
    );
    refuses(() => wait([task], { timeout: -1 }), /wait: timeout.*-1/);
    refuses(() => wait([task], { timeout: NaN }), /NaN/);
  });
});

test('the arrays are new ones', () => {
  virtually(function* () {
    const tasks = yield* sleepers(1);
    const effect = wait(tasks);
    const [first, second] = [yield* effect, yield* effect];
    assert.is.not(first.done, second.done);
    assert.is.not(first.done, tasks);
    sameSet(first.done, second.done);
    yield* turns(1);
  });
});

test.run();
