// The answers come in the order in which the tasks end.
import { join } from 'treadle';
import type { Task } from 'treadle';

import { spawn } from 'treadle';

export function* allSettled(tasks: readonly Task[]): Generator<any, unknown[], any> {
  const all: unknown[] = [];
  function* one(task: Task) {
    try {
      all.push({ status: 'fulfilled', value: yield* join(task) });
    } catch (reason) {
      all.push({ status: 'rejected', reason });
    }
  }
  const waiting: Task[] = [];
  for (const task of tasks) waiting.push(yield* spawn(one(task)) as any);
  for (const task of waiting) yield* join(task);
  return all;
}
