// What a task waits on, in the words of the log: a time, other tasks, a place that tasks share, or the world outside.
// Relies on treadle, places and show.

import { Future, Task } from 'treadle';
import type { PlaceId, TaskId, Waits } from '../walk/log.ts';
import type { Known } from './known.ts';
import type { Places } from './places.ts';
import { isEffect, isInstance } from './show.ts';

export type Wait = Pick<Waits, 'on'> & {
  readonly tasks?: readonly TaskId[];
  /** The lock, the queue; a future. */
  readonly object?: object;
  readonly place?: PlaceId;
  readonly due?: number | undefined;
};

/** `on` is what the task was suspended on; an array when its own frames are over. */
export function waitOf(known: Known, on: unknown, now: number, places: Places): Wait {
  if (Array.isArray(on)) return { on: 'children', tasks: idsOf(on) };
  if (isInstance(on, Task) || isInstance(on, Future)) return ofOutcome(on, places);
  if (!isEffect(on)) return { on: 'outside' };
  const { kind, payload } = on;
  const [first]: unknown[] = Array.isArray(payload) ? payload : [payload];
  if (kind === 'sleep' || kind === 'sleepUntil') return { on: 'time', due: dueOf(kind, first, now) };
  if (kind === 'children') return { on: 'children', tasks: known.childrenOfFrame() };
  if (kind === 'wait') return { on: 'tasks', tasks: idsOf(first) };
  if ((kind === 'join' || kind === 'cancel') && typeof first === 'object' && first) return ofOutcome(first, places);
  const object = places.of(on);
  return object === undefined ? { on: 'outside' } : { on: 'place', object, place: places.idOf(object) };
}

/** When a timer is due that is set now. */
export function dueOf(kind: string, value: unknown, now: number): number | undefined {
  const due =
    typeof value === 'number' ?
      kind === 'sleepUntil' ?
        value
      : now + value
    : NaN;
  return Number.isFinite(due) ? Math.max(due, now) : undefined;
}

function ofOutcome(outcome: object, places: Places): Wait {
  if (outcome instanceof Task) return { on: 'tasks', tasks: [outcome.id] };
  return { on: 'place', object: outcome, place: places.idOf(outcome, 'Future', 'future') };
}

function idsOf(tasks: unknown): TaskId[] {
  const found = Array.isArray(tasks) ? (tasks as unknown[]).filter((one) => isInstance(one, Task)) : [];
  return (found as Task[]).filter((task) => !task.done).map(({ id }) => id);
}
