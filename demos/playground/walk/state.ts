// The state of a run after n events of its log: all that the panels of the page show. Relies on nothing: types only.

import type { Activation, By, PlaceId, TaskId } from './log.ts';

/** What a task is doing. `closing` beside it says that it is cleaning up meanwhile. */
export type Doing = 'ready' | 'running' | 'waiting' | 'succeeded' | 'failed' | 'cancelled';

export interface Frame {
  /** `timeout`, `page`, `main`; `''` if nothing is known of it. */
  readonly name: string;
  /** What was yielded to call it: `timeout(50, page())`. */
  readonly text: string;
  /** The generators in it, the outermost first: `main:16`. Empty: it has not yielded yet, or it is the engine's. */
  readonly inside: readonly Activation[];
  /** One of the engine's: grey. */
  readonly engine: boolean;
  /** `return()` was called on it. */
  readonly closing: boolean;
}

export interface Wait {
  /** `sleep(100)`. */
  readonly text: string;
  readonly on: 'time' | 'tasks' | 'children' | 'place' | 'outside';
  /** The tasks that it waits for: links. */
  readonly tasks: readonly TaskId[];
  /** The place where it stands: a link. */
  readonly place: PlaceId | undefined;
  /** Who holds that, now: a link. */
  readonly holder: TaskId | undefined;
  /** When a timer will end it. */
  readonly due: number | undefined;
  /** Which request of the run it is, for the fault. */
  readonly request: number | undefined;
  /** Yielded by the engine's own generators: grey. */
  readonly engine: boolean;
}

export interface TaskState {
  readonly id: TaskId;
  readonly name: string;
  /** How it is called: by its name, `order`, or `#2 order` if the whole run has several of this name. */
  readonly label: string;
  readonly owner: TaskId | undefined;
  /** In the order in which they were spawned; also those that are over. */
  readonly children: readonly TaskId[];
  readonly doing: Doing;
  /** Its frames are being closed. */
  readonly closing: boolean;
  /** The outermost first. */
  readonly frames: readonly Frame[];
  /** While it waits. */
  readonly wait: Wait | undefined;
  /** The line at which it is suspended, or of what it did last: the mark in the editor. */
  readonly line: number | undefined;
  /** The last event of it was the engine's: the mark is grey. */
  readonly inEngine: boolean;
  /** It was asked to end. */
  readonly cancel: { readonly by: By | undefined; readonly reason: string | undefined } | undefined;
  /** The result, the error, or the reason, when it is over. */
  readonly outcome: string | undefined;
}

export interface Timer {
  readonly task: TaskId;
  /** Of a time limit: the depth of its frame. */
  readonly depth: number | undefined;
  readonly text: string;
  /** Without the lateness. */
  readonly due: number;
  /** Which timer of the run it is, for the fault. */
  readonly number: number | undefined;
}

export interface PlaceState {
  readonly id: PlaceId;
  /** `Lock`, `Queue`. */
  readonly type: string;
  readonly name: string;
  readonly holder: TaskId | undefined;
  /** Those that wait, in their order. */
  readonly waiters: readonly TaskId[];
  /** Of a queue, when it was last told. */
  readonly size: number | undefined;
}

/** A line of the log panel, under its task. */
export interface LogLine {
  /** The index of its event: the line is there from state `event + 1` on. */
  readonly event: number;
  readonly time: number;
  readonly task: TaskId | undefined;
  readonly kind: 'print' | 'effect' | 'end' | 'note';
  readonly text: string;
}

/** After `n` events. */
export interface State {
  readonly n: number;
  /** How many steps of tasks and callbacks have begun. */
  readonly turn: number;
  readonly time: number;
  readonly running: TaskId | undefined;
  /** In their order: the first one goes next. */
  readonly ready: readonly TaskId[];
  /** The one that is due first stands first; equal ones in the order in which they were set. */
  readonly timers: readonly Timer[];
  /** In the order in which they were spawned. */
  readonly tasks: ReadonlyMap<TaskId, TaskState>;
  /** Those that were there by then. */
  readonly places: ReadonlyMap<PlaceId, PlaceState>;
  /** How many lines of `Walk.lines` are there. */
  readonly lines: number;
  readonly deadlock: readonly TaskId[] | undefined;
  readonly end: 'succeeded' | 'failed' | 'cancelled' | 'stopped' | undefined;
}

/** A log that one can go through. See `walkThrough` in walk.ts. */
export interface Walk {
  /** How many events there are: `stateAt` takes 0 to `length`. */
  readonly length: number;
  readonly lines: readonly LogLine[];
  stateAt(n: number): State;
  /** Where the next turn begins: the n at which its first event has just happened; `length` if there is none. */
  nextTurn(n: number): number;
  /** Where the turn before begins; 0 if there is none. */
  previousTurn(n: number): number;
  /** Where it goes wrong: at the deadlock, the first failure, or the last step out of order; `length` if all is well. */
  readonly fatal: number;
}

/** A stretch in the lane of a task on the timeline, between two positions of the walk. */
export interface Span {
  /** The task is in this state in `stateAt(from)` to `stateAt(until - 1)`. */
  readonly from: number;
  readonly until: number;
  readonly doing: Doing;
  readonly closing: boolean;
}

export interface Lane {
  readonly task: TaskId;
  readonly label: string;
  /** In the tree: 0 for main. */
  readonly depth: number;
  readonly spans: readonly Span[];
}
