// Whom a task waits for, as far as that is certain: tasks without which it cannot go on. So a circle of them is stuck,
// unless a time limit, a cancellation or somebody outside the circle breaks it. Relies on the shapes of the kernel.
//
// The function is also sent to another process as text, by `treadle ps`. So it uses nothing from outside itself, and
// knows a task by its fields: there may be several copies of the package.

import type { Task } from '../kernel/task.ts';

/** The places that are looked at: the line before a lock, and scopes. */
type Known =
  | { readonly _holder?: unknown; readonly task?: unknown; readonly children?: unknown; readonly phase?: number }
  | undefined;

/** The tasks that this one waits for. `on` is what it waits on, if the task does not know that yet. */
export function waitsFor(task: Task<any>, on: unknown = task.waitingOn): Task<any>[] {
  const isTask = (value: unknown): value is Task<any> =>
    typeof value === 'object' && value !== null && '_owner' in value && '_frame' in value;
  const place = task._place as Known;
  // A lock that somebody holds.
  if (isTask(place?._holder)) return [place._holder];
  // A combinator. Only when the rest is being cancelled, or there is no rest, it certainly waits for each child.
  const isScope = place?.task === task && Array.isArray(place.children);
  try {
    // Its own end: it waits for all its children.
    if (Array.isArray(on)) return on.filter(isTask);
    if (isScope) {
      const children = place.children as unknown[];
      return place.phase !== 0 || children.length === 1 ? children.filter(isTask) : [];
    }
    // `yield* task`, `join(task)`, `cancel(task)`, `cancel(task, reason)`.
    const { kind, payload } = (on ?? {}) as { readonly kind?: unknown; readonly payload?: unknown };
    const [given]: unknown[] = Array.isArray(payload) ? payload : [payload];
    const joined = kind === 'join' || kind === 'cancel' ? given : on;
    return isTask(joined) && !joined.done ? [joined] : [];
  } catch {
    return []; // a value that refuses to be looked at, such as a revoked proxy
  }
}
