// The way of an error through the frames of a task. The stack that the language gives an error ends at the engine,
// which resumes every frame by itself. So whenever a frame has thrown, its call is noted with the error:
//
//     in query('select 7') in loadUser(7) in page('/user/7') in task request-12, spawned by server
//
// The calls become text only when a task has failed with the error (words/task-path.ts). An error that is caught on the
// way costs an entry in a map, and its stack, which the language makes late, is not made for that.
// Relies on effect, words.

import { combine } from '../words/combine.ts';
import { show } from '../words/show.ts';
import { addTaskPath } from '../words/task-path.ts';
import type { Named } from '../words/task-path.ts';
import { explainError } from '../words/thrown.ts';
import { Effect } from './effect.ts';
import type { Frame } from './frame.ts';

/** The calls that an error has left since a task last failed with it, innermost first. */
const ways = /* @__PURE__ */ new WeakMap<object, Effect<unknown>[]>();

/** An error may leave a million frames. */
const MOST_CALLS = 20;

/** A frame is over, because this error came out of it. Gives the error, or one that says better what is wrong. */
export function frameThrew(error: unknown, frame: Frame, task: unknown): unknown {
  const { _calledBy: call } = frame;
  const explained = explainError(error, task);
  if (!(call instanceof Effect) || typeof explained !== 'object' || explained === null) return explained;
  const way = ways.get(explained);
  if (way === undefined) ways.set(explained, [call]);
  else if (way.length < MOST_CALLS) way.push(call);
  return explained;
}

/** What a task was spawned with, and the name that it was given. */
export interface NamedCall {
  readonly kind: string;
  readonly call: Effect<unknown>;
}

/** What a task is called by: its name, what it was spawned with, or both. */
export type Label = string | Effect<unknown> | NamedCall | undefined;

/**
 * The task has failed with these errors: gives the one that it fails with, whose stack now says the way. What the task
 * was spawned with is its last call, if that has arguments.
 */
export function endWay(errors: readonly unknown[], task: Named, label: Label): unknown {
  const combined = combine(errors);
  // A name alone has neither field, and tells nothing that the name of the task does not.
  const call = (label as NamedCall | undefined)?.call ?? (label as Effect<unknown> | undefined);
  for (const error of errors) if (error !== combined && ways.has(error as object)) addWay(error, task, call);
  return addWay(combined, task, call);
}

function addWay(error: unknown, task: Named, call: Effect<unknown> | undefined): unknown {
  const way = ways.get(error as object) ?? [];
  ways.delete(error as object);
  const calls = way.map(show);
  if (way.length === MOST_CALLS) calls.push('more calls');
  else if (call?.payload !== undefined) calls.push(show(call));
  return addTaskPath(error, task, calls);
}
