// A recording: what a recorder has written down, or what was read from a file. Pictures, traces and summaries are made
// of it. There are only types here. Relies on nothing.

/** The version of recordings, and of the files that hold them. */
export type Version = 1;

/** What a recorder has written down, or what was read from a file. Pictures, traces and summaries are made of it. */
export interface Recording {
  readonly version: Version;
  /** On a virtual clock, times are the program's: steps take none of it, and how long they really took is in `took`. */
  readonly clock: 'system' | 'virtual';
  /** When the loop's clock showed 0: milliseconds since 1970, with fractions. */
  readonly startedAt: number;
  /** The loop's time when the recording ends, in milliseconds. */
  readonly until: number;
  /** How many events are missing: at the end, because the recorder was full, or at the beginning, if it is a ring. */
  readonly dropped: number;
  /** In the order in which they were written down. May be gone through more than once. */
  readonly events: Iterable<RecordedEvent>;
}

/** Who did something: the id of a task; a callback of the loop; nothing for a timer, the host, or code outside. */
export type RecordedCause = number | 'callback' | undefined;

/** All times are the loop's, in milliseconds. Tasks are named by their ids. */
export type RecordedEvent =
  | RecordedSpawn
  | RecordedAlive
  | RecordedWake
  | RecordedStep
  | RecordedCallback
  | RecordedFrame
  | RecordedCancel
  | RecordedEnd;

/** A task was made. It is ready. */
export interface RecordedSpawn {
  readonly kind: 'spawned';
  readonly time: number;
  readonly task: number;
  readonly name: string;
  readonly owner?: number;
  readonly by?: RecordedCause;
}

/** A task was there already when the recording began. */
export interface RecordedAlive {
  readonly kind: 'alive';
  /** Since when it waits or is ready, as far as that is known. */
  readonly time: number;
  readonly task: number;
  readonly name: string;
  readonly owner?: number;
  /** What it waits on; nothing if it is ready, or runs. */
  readonly on?: string;
  /** It is being cancelled, and cleans up. */
  readonly closing?: true;
}

/** It was put into the ready queue. */
export interface RecordedWake {
  readonly kind: 'woken';
  readonly time: number;
  readonly task: number;
  readonly by?: RecordedCause;
}

/** It ran, from `time` to `until`. Written down when the step is over, and so behind what has happened in it. */
export interface RecordedStep {
  readonly kind: 'step';
  readonly time: number;
  readonly until: number;
  readonly task: number;
  /** What it waits on now; nothing if it is ready again, or over. */
  readonly on?: string;
  /** On a virtual clock: how many milliseconds it really took. */
  readonly took?: number;
  /**
   * Where the task is suspended behind it, `at page (file:///app.ts:12:5)`: of a step that took longer than 50 ms, and
   * longer than all before it, in Node.
   */
  readonly line?: string;
}

/** A callback of the loop ran. */
export interface RecordedCallback {
  readonly kind: 'callback';
  readonly time: number;
  readonly until: number;
  readonly took?: number;
}

/**
 * `called`: a frame was pushed onto a task's stack, which has `depth` frames now. `returned`: one was popped, and
 * `depth` are left. `closing`: the innermost one is about to be closed, so its clean-up begins.
 */
export interface RecordedFrame {
  readonly kind: 'called' | 'returned' | 'closing';
  /** When the step began in which this happened. */
  readonly time: number;
  readonly task: number;
  readonly depth: number;
  /** Of a frame that was called. */
  readonly name?: string;
}

/** Somebody asked it to end. */
export interface RecordedCancel {
  readonly kind: 'cancel';
  readonly time: number;
  readonly task: number;
  readonly by?: RecordedCause;
  readonly reason?: string;
}

/** It is over. */
export interface RecordedEnd {
  readonly kind: 'over';
  readonly time: number;
  readonly task: number;
  readonly state: 'succeeded' | 'failed' | 'cancelled';
  /** Of one that has failed. */
  readonly error?: string;
}
