// Circles of tasks that wait for each other.
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { circlesAmong } from '../../lib/tracing/circles.ts';
import type { TaskFacts } from '../../lib/tracing/survey.ts';

const test = suite('circles of tasks');

/** Tasks of these loops: the ids that each waits for. */
const circles = (...loops: Record<number, number[]>[]): number[][] =>
  circlesAmong(
    loops.flatMap((tasks, i) =>
      Object.entries(tasks).map(
        ([id, waitsFor]) => ({ loop: i + 1, id: Number(id), waitsFor }) as unknown as TaskFacts,
      ),
    ),
  ).map((circle) => circle.map(({ id }) => id));

test('are found, each once, in the order in which they wait', () => {
  assert.equal(circles({ 1: [2], 2: [3], 3: [1] }), [[1, 2, 3]]);
  assert.equal(circles({ 1: [2, 3], 2: [1], 3: [3] }), [[1, 2], [3]]);
  assert.equal(circles({ 1: [2], 2: [3], 3: [2], 4: [3] }), [[2, 3]], 'those that lead to one are not in it');
});

test('are none where waiting has an end, or a task that is not described is waited for', () => {
  assert.equal(circles({ 1: [2, 3], 2: [3], 3: [] }), []);
  assert.equal(circles({ 1: [9] }), []);
  assert.equal(circles({ 1: [2] }, { 2: [1] }), [], 'ids of two loops');
});

test('are found in a chain of 100,000', () => {
  const tasks: Record<number, number[]> = {};
  for (let id = 1; id <= 100_000; id++) tasks[id] = [(id % 100_000) + 1];
  assert.is(circles(tasks)[0]!.length, 100_000);
});

test.run();
