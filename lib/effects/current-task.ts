// currentTask: a task looks at itself. Relies on the kernel.

import { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';

function performCurrentTask(task: Task): Task {
  return task;
}

const effect = /* @__PURE__ */ new Effect<Task>('currentTask', undefined, performCurrentTask);

/**
 * The task that yields it. It is answered at once.
 *
 * @example
 * const me = yield* currentTask();
 * console.log(`${me}`); // <Task #1 main running>
 */
export function currentTask(): Effect<Task> {
  return effect;
}
