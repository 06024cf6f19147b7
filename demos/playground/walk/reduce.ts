// The reducer: the state after an event, from the state before it. Pure from outside: `apply` changes a draft, which is
// a copy, and within the draft every task, frame and place is replaced and not changed.
//
// It knows nothing of treadle. Whatever is shown must follow from the log.
//
// Relies on reduce-task and reduce-places.

import type { LogEvent, Log } from './log.ts';
import { applyToPlaces } from './reduce-places.ts';
import { taskAfter } from './reduce-task.ts';
import { hasLine } from './lines.ts';
import type { PlaceState, State, TaskState, Timer } from './state.ts';

/** A state that may still be changed. */
export interface Draft {
  n: number;
  turn: number;
  time: number;
  running: number | undefined;
  ready: number[];
  timers: Timer[];
  tasks: Map<number, TaskState>;
  places: Map<number, PlaceState>;
  lines: number;
  deadlock: readonly number[] | undefined;
  end: State['end'];
}

export const BEGINNING: State = {
  n: 0,
  turn: 0,
  time: 0,
  running: undefined,
  ready: [],
  timers: [],
  tasks: new Map(),
  places: new Map(),
  lines: 0,
  deadlock: undefined,
  end: undefined,
};

export function draftOf(state: State): Draft {
  const { ready, timers, tasks, places } = state;
  return { ...state, ready: [...ready], timers: [...timers], tasks: new Map(tasks), places: new Map(places) };
}

/** The state after one event more. */
export function reduce(state: State, event: LogEvent, log: Log): State {
  const draft = draftOf(state);
  apply(draft, event, log);
  return draft;
}

export function apply(draft: Draft, event: LogEvent, log: Log): void {
  draft.n++;
  draft.time = event.time;
  if (hasLine(event)) draft.lines++;
  if ('turn' in event) draft.turn = event.turn;
  applyToQueue(draft, event);
  applyToTimers(draft, event);
  applyToPlaces(draft, event, log);
  if ('task' in event && event.task !== undefined) {
    const task = taskAfter(draft.tasks.get(event.task), event, log);
    if (task) draft.tasks.set(event.task, task);
  }
  switch (event.kind) {
    case 'spawned':
      adopt(draft, event.task, event.owner);
      break;
    case 'callback':
    case 'clock':
      draft.running = undefined;
      break;
    case 'deadlock':
      draft.running = undefined;
      draft.deadlock = event.circle.length > 0 ? event.circle : event.tasks;
      break;
    case 'stopped':
      draft.end = 'stopped';
      break;
    case 'ended':
      draft.running = undefined;
      draft.end = event.state;
      break;
  }
}

/** The owner has a child more. */
function adopt({ tasks }: Draft, child: number, owner: number | undefined): void {
  const task = owner === undefined ? undefined : tasks.get(owner);
  if (task) tasks.set(task.id, { ...task, children: [...task.children, child] });
}

function applyToQueue(draft: Draft, event: LogEvent): void {
  switch (event.kind) {
    case 'spawned':
      draft.ready.push(event.task);
      break;
    case 'woken':
      if (draft.running === event.task) draft.running = undefined; // it has cancelled itself
      if (event.front) draft.ready.unshift(event.task);
      else draft.ready.push(event.task);
      break;
    case 'begins': {
      const { running } = draft;
      // One task runs at a time. What it did last was no event: its step is over.
      if (running !== undefined && running !== event.task) rest(draft, running);
      const place = draft.ready.indexOf(event.task);
      if (place >= 0) draft.ready.splice(place, 1);
      draft.running = event.task;
      break;
    }
    case 'waits':
      draft.running = undefined;
      break;
    case 'pauses':
      draft.running = undefined;
      draft.ready.push(event.task);
      break;
    case 'over': {
      if (draft.running === event.task) draft.running = undefined;
      const place = draft.ready.indexOf(event.task);
      if (place >= 0) draft.ready.splice(place, 1);
      break;
    }
  }
}

/** A task that ran, and does no longer. */
function rest({ tasks }: Draft, id: number): void {
  const task = tasks.get(id);
  if (task?.doing === 'running') tasks.set(id, { ...task, doing: 'ready' });
}

function applyToTimers(draft: Draft, event: LogEvent): void {
  const drop = (test: (timer: Timer) => boolean) => {
    if (draft.timers.some(test)) draft.timers = draft.timers.filter((timer) => !test(timer));
  };
  switch (event.kind) {
    case 'waits':
      if (event.due !== undefined) insert(draft, event, undefined, event.due);
      break;
    case 'calls':
      if (event.due !== undefined) insert(draft, event, event.depth, event.due);
      break;
    case 'callback':
      drop(({ task, depth, due }) => task === event.about && depth !== undefined && due <= event.time);
      break;
    case 'woken':
      drop(({ task, depth }) => task === event.task && depth === undefined);
      break;
    case 'returns':
      drop(({ task, depth }) => task === event.task && depth !== undefined && depth > event.depth);
      break;
    case 'over':
      drop(({ task }) => task === event.task);
      break;
  }
}

/** Behind those that are due as early. */
function insert(
  draft: Draft,
  { task, text, timer }: { readonly task: number; readonly text: string; readonly timer?: number },
  depth: number | undefined,
  due: number,
): void {
  const place = draft.timers.findIndex((other) => other.due > due);
  draft.timers.splice(place < 0 ? draft.timers.length : place, 0, { task, depth, text, due, number: timer });
}
