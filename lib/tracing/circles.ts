// Circles of tasks that wait for each other: each holds a lock that the next one wants, or joins it. Relies on survey.

import type { TaskFacts } from './survey.ts';

/** Each circle once, as the tasks in it, in the order in which they wait: the last one waits for the first. */
export function circlesAmong(tasks: readonly TaskFacts[]): TaskFacts[][] {
  const found: TaskFacts[][] = [];
  const byKey = new Map(tasks.map((task) => [keyOf(task.loop, task.id), task]));
  const looked = new Set<TaskFacts>();
  for (const start of tasks) {
    if (looked.has(start)) continue;
    // Follows what each task waits for, with a stack of its own: a chain may have a million tasks.
    const path: { readonly task: TaskFacts; next: number }[] = [];
    const onPath = new Map<TaskFacts, number>();
    const enter = (task: TaskFacts) => {
      looked.add(task);
      onPath.set(task, path.length);
      path.push({ task, next: 0 });
    };
    enter(start);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const id = top.task.waitsFor[top.next++];
      if (id === undefined) {
        onPath.delete(top.task);
        path.pop();
        continue;
      }
      const other = byKey.get(keyOf(top.task.loop, id));
      const since = other && onPath.get(other);
      if (since !== undefined) found.push(path.slice(since).map(({ task }) => task));
      else if (other && !looked.has(other)) enter(other);
    }
  }
  return found;
}

const keyOf = (loop: number, id: number): string => `${loop}.${id}`;
