// Whom a task waits for, as far as that is certain: tasks without which it cannot go on. So a circle of them is stuck,
// unless a time limit, a cancellation or somebody outside the circle breaks it. Relies on the shapes of the kernel.
//
// The function is also sent to another process as text, by `treadle ps`. So it uses nothing from outside itself, and
// knows a task by its fields: there may be several copies of the package.

import type { Task } from '../kernel/task.ts';

/** The tasks that this one waits for. `on` is what it waits on, if the task does not know that yet. */
export function waitsFor(task: Task<any>, on: unknown = task.waitingOn): Task<any>[] {
  const isTask = (value: unknown): value is Task<any> => {
    try {
      return typeof value === 'object' && value !== null && '_owner' in value && '_frame' in value;
    } catch {
      return false; // a proxy that refuses
    }
  };
  const place = task._place as
    | { readonly _holder?: unknown; readonly task?: unknown; readonly children?: unknown; readonly phase?: number }
    | undefined;
  // A lock that somebody holds.
  if (isTask(place?._holder)) return [place._holder];
  // Its own end: it waits for all its children.
  if (Array.isArray(on)) return on.filter(isTask);
  // A combinator. Only when the rest is being cancelled, or there is no rest, it certainly waits for each child.
  if (place?.task === task && Array.isArray(place.children))
    return place.phase !== 0 || place.children.length === 1 ? place.children.filter(isTask) : [];
  // `yield* task`, `join(task)`, `cancel(task)`.
  const { kind, payload } = (on ?? {}) as { readonly kind?: unknown; readonly payload?: unknown };
  const joined =
    kind === 'join' || kind === 'cancel' ?
      Array.isArray(payload) ?
        payload[0]
      : payload
    : on;
  return isTask(joined) && !joined.done ? [joined] : [];
}
