// The log of a run: what an instrument was told, as plain data that survives JSON. `run/record.ts` writes it, `walk/`
// goes through it, and `sentences-*.ts` says each event in a sentence. Events stand in the order in which they happened.
//
// Relies on nothing: there are only types here.

/** The number of a task, from 1 on. */
export type TaskId = number;

/** Who did something: a task, or a callback of the loop; without one it was a timer, the host, or code outside. */
export type By = TaskId | 'callback';

/** One generator within a frame: `yield*` of a plain generator puts several into one frame. The outermost one first. */
export interface Activation {
  /** The function's name; `''` for a function without one. */
  readonly name: string;
  /** The line of the `yield` at which it is suspended, counted from 1. */
  readonly line: number;
}

/** What all events have. */
interface Common {
  /** The loop's time in milliseconds. */
  readonly time: number;
}

/** What happens within a step of a task. */
interface OfTask extends Common {
  readonly task: TaskId;
}

/**
 * What was yielded. `line` and `inside` say where; an event without them was yielded by the engine's own generators
 * (those of `timeout` and `lock.with`, for example), and is shown in grey: inside treadle.
 */
interface Yielded extends OfTask {
  /** As it is written: `sleep(100)`. At most 200 characters. */
  readonly text: string;
  readonly line?: number;
  /** The generators of the innermost frame, the one that yielded last. */
  readonly inside?: readonly Activation[];
  /** It was yielded before, and is performed once more: a join whose task is over, or what was put off. */
  readonly again?: true;
  /** It sets the n-th timer of the run, or sends the n-th request: for faults. */
  readonly timer?: number;
  readonly request?: number;
}

/** A task was made. It is ready, behind all others. */
export interface Spawned extends OfTask {
  readonly kind: 'spawned';
  readonly name: string;
  /** What it was given to run: `page('/a')`. */
  readonly text: string;
  readonly owner?: TaskId;
  readonly by?: By;
  readonly line?: number;
}
/** A step begins. `value`: the answer, the error, or what is performed again. */
export interface Begins extends OfTask {
  readonly kind: 'begins';
  readonly how: 'start' | 'next' | 'throw' | 'close' | 'perform' | 'children';
  readonly value?: string;
  /** Not the first one in the ready queue: the order was changed. */
  readonly switched?: true;
  /** The number of the step, counted from 1: `nextTurn` goes from one to the next. */
  readonly turn: number;
}
/** A frame was pushed. It is the `depth`-th one. */
export interface Calls extends Yielded {
  readonly kind: 'calls';
  readonly depth: number;
  /** `timeout`, `page`; `''` as long as nothing is known of a plain generator. */
  readonly name: string;
  /** Of a time limit: when it is over. */
  readonly due?: number;
  /** The frame is one of the engine's. */
  readonly engine?: true;
}
/** A frame was popped: it returned, threw, or was closed. `depth` frames are left. */
export interface Returns extends OfTask {
  readonly kind: 'returns';
  readonly depth: number;
}
/** `return()` is about to be called on the innermost frame, the `depth`-th one. */
export interface Closes extends OfTask {
  readonly kind: 'closes';
  readonly depth: number;
  readonly line?: number;
  readonly inside?: readonly Activation[];
}
/** What was yielded was answered at once. */
export interface Answers extends Yielded {
  readonly kind: 'answers';
  /** `undefined` if there is nothing to say. */
  readonly answer: string;
  /** The task that is the answer, of `spawn`. */
  readonly about?: TaskId;
  /** The lock that it acquired, or the queue. */
  readonly place?: PlaceId;
  /** It holds the lock from now on. */
  readonly holds?: true;
}
/** What was yielded threw at once, into the coroutine. */
export interface Throws extends Yielded {
  readonly kind: 'throws';
  readonly error: string;
}
/** The task waits. */
export interface Waits extends Yielded {
  readonly kind: 'waits';
  readonly on: 'time' | 'tasks' | 'children' | 'place' | 'outside';
  /** Of `tasks` and `children`: for whom. */
  readonly tasks?: readonly TaskId[];
  /** Of `place`: the lock, queue, event, ... */
  readonly place?: PlaceId;
  /** Who holds the lock at that moment. */
  readonly holder?: TaskId;
  /** Of `time`: when it is due, without the lateness. Missing for `sleep(Infinity)`. */
  readonly due?: number;
  /** By how many milliseconds the timer was late in the end. */
  readonly late?: number;
}
/** The task lets the others go first: it is ready again, at the end of the queue. */
export interface Pauses extends Yielded {
  readonly kind: 'pauses';
  /** It did not ask for it: it has had a hundred answers in one step. */
  readonly forced?: true;
}
/** A task that waited is ready again. */
export interface Woken extends OfTask {
  readonly kind: 'woken';
  readonly by?: By;
  /** It goes on directly after the step that runs now, before all that are ready. */
  readonly front?: true;
  /** What was handed to it: it holds the lock from now on. */
  readonly holds?: PlaceId;
}
/** `cancel` was called on a task. */
export interface Cancels extends OfTask {
  readonly kind: 'cancels';
  readonly by?: By;
  readonly reason?: string;
}
/** A task has ended. */
export interface Over extends OfTask {
  readonly kind: 'over';
  readonly state: 'succeeded' | 'failed' | 'cancelled';
  /** The result, the error, or the reason. */
  readonly value?: string;
}
/** The virtual clock has moved on to `time`. */
export interface Clock extends Common {
  readonly kind: 'clock';
  readonly from: number;
}
/** A callback of the loop begins. */
export interface Callback extends Common {
  readonly kind: 'callback';
  /** Of a time limit that is over: `timeout(50, page())`, and the task in which it is. */
  readonly text?: string;
  readonly about?: TaskId;
  readonly turn: number;
}
/** An item was put into a queue, or taken in by `putNowait`. `size` items are in it now. */
export interface Puts extends Common {
  readonly kind: 'puts';
  readonly by?: By;
  readonly place: PlaceId;
  readonly size: number;
}
/** A lock was released, and nobody waited for it. */
export interface Frees extends Common {
  readonly kind: 'frees';
  readonly place: PlaceId;
}
/** The program printed something, with `console.log` (or `warn`, `error`). */
export interface Prints extends Common {
  readonly kind: 'prints';
  readonly task?: TaskId;
  readonly level: 'log' | 'warn' | 'error';
  readonly text: string;
}
/** Every task waits, and nothing can wake them. All are cancelled next, and main fails with a `DeadlockError`. */
export interface Deadlock extends Common {
  readonly kind: 'deadlock';
  /** Tasks that wait for each other, if it is that: each one for the next, and the last one for the first. */
  readonly circle: readonly TaskId[];
  /** All that wait. */
  readonly tasks: readonly TaskId[];
}
/** A fault that the reader asked for happens here. */
export interface Faults extends Common {
  readonly kind: 'fault';
  readonly what: 'cancel' | 'request' | 'timer';
  readonly task?: TaskId;
  /** Of `request` and `timer`: what was yielded. */
  readonly text?: string;
  /** Of `timer`: milliseconds. */
  readonly late?: number;
}
/** The run was stopped here by a limit, and is not over. */
export interface Stopped extends Common {
  readonly kind: 'stopped';
  readonly why: 'events' | 'time' | 'output';
  /** 5,000 events, 2,000 milliseconds, 200,000 characters. */
  readonly limit: number;
}
/** The program is over. */
export interface Ended extends Common {
  readonly kind: 'ended';
  readonly state: 'succeeded' | 'failed' | 'cancelled';
  readonly value?: string;
}

export type LogEvent =
  | Spawned
  | Begins
  | Calls
  | Returns
  | Closes
  | Answers
  | Throws
  | Waits
  | Pauses
  | Woken
  | Cancels
  | Over
  | Clock
  | Callback
  | Puts
  | Frees
  | Prints
  | Deadlock
  | Faults
  | Stopped
  | Ended;

export type Kind = LogEvent['kind'];

/** The index of a place in `Log.places`. */
export type PlaceId = number;

/** What tasks share: a lock, a queue, an event. */
export interface Place {
  /** The class: `Lock`, `Queue`; `''` if it is not known. */
  readonly type: string;
  readonly name: string;
}

/** A whole run. */
export interface Log {
  readonly events: readonly LogEvent[];
  readonly places: readonly Place[];
}
