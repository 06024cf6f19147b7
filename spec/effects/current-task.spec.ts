// currentTask: the task that yields it.
import { deepStrictEqual } from 'node:assert';
import { currentTask, run, spawn } from 'treadle';
import { VirtualClock } from 'treadle/testing';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventually } from '../support/host.ts';
import { virtually } from '../support/virtual.ts';

const test = suite('currentTask');

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
  await eventually(() => task.done); // not awaited: a task is thenable, and would be awaited in its turn
  assert.is(task.result(), task);
  assert.is(task.name, 'boss');
});

test('it prints as it was written, and is deeply equal to another', () => {
  assert.is(String(currentTask()), 'currentTask()');
  deepStrictEqual(currentTask(), currentTask());
});

test.run();
