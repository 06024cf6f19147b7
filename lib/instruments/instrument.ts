// An instrument looks into a running loop, and may decide there. Debug mode, recorders, explorers, journals and
// `intercept` are instruments, and so may be anything of yours: docs/instruments.md.
//
// All methods are optional. The loop calls those that exist, in the order in which instruments were attached. An
// instrument that throws in a method that only observes is detached and reported once, and the program goes on as if it
// had never been there. Relies on nothing: there are only types here.

import type { Effect } from '../kernel/effect.ts';
import type { Handle } from '../kernel/handle.ts';
import type { Task } from '../kernel/task.ts';
import type { Loop } from '../loop/loop.ts';

/**
 * Who did something: the task or the callback that ran; `undefined` for a timer, the host, or code outside the loop.
 */
export type Cause = Task | Handle | undefined;

/** A queue or a channel. */
export interface ItemQueue {
  readonly name: string;
  readonly size: number;
  readonly capacity: number;
}

/**
 * How a task goes on in a step:
 * `start` its first step;
 * `next` with the answer to what it yielded;
 * `throw` with an error, thrown at the yield;
 * `close` with `return()`: it is cancelled;
 * `perform` it performs something first: what its spawner gave it, what was put off, or a join whose task is over;
 * `children` its children have news while it waits for them at its end.
 */
export type Resumption = 'start' | 'next' | 'throw' | 'close' | 'perform' | 'children';

/**
 * What looks into a loop, or decides there: an object with some of these methods, which the loop calls. A method must
 * not yield. If it throws, that is reported once, and the instrument is detached.
 */
export interface Instrument {
  /** Shown when it throws; by default the name of its class. */
  readonly name?: string;

  // ---- The life of the loop

  /** It was attached. Calls of `taskSpawned` follow, one for each task that is alive. */
  attached?(loop: Loop): void;
  /** It was detached, by the function that `attach` gave or because it threw. */
  detached?(loop: Loop): void;
  /** The program is over, or the loop was stopped. An `EventLoop` may be run again. */
  loopEnds?(loop: Loop): void;
  /** A virtual clock has moved on, to `time` milliseconds. */
  clockMoved?(time: number, loop: Loop): void;
  /** The ready tasks are about to run, one step after the other: the loop was asleep, or the host had its turn. */
  passBegins?(loop: Loop): void;

  // ---- The life of a task

  /** A task was made, and is queued. */
  taskSpawned?(task: Task, by: Cause): void;
  /** It was put back into the ready queue. */
  taskWoken?(task: Task, by: Cause): void;
  /** A step begins. `value` is the answer for `next`, the error for `throw`, what is performed for `perform`. */
  stepBegins?(task: Task, how: Resumption, value: unknown): void;
  /** The task must wait, is over, or lets others go first. */
  stepEnds?(task: Task): void;
  /** `cancel` was called on it. */
  cancelAsked?(task: Task, reason: unknown, by: Cause): void;
  /** It is over: `task.state` and `task.result()` say how. */
  taskOver?(task: Task): void;

  // ---- Within a step

  /** The task yielded this, and it is about to be performed. */
  effectPerformed?(task: Task, yielded: unknown): void;
  /** It was answered at once. */
  effectAnswered?(task: Task, yielded: unknown, answer: unknown): void;
  /** It threw at once. */
  effectFailed?(task: Task, yielded: unknown, error: unknown): void;
  /** The task waits for this; for its children, as an array of tasks, when its own frames are over. */
  taskSuspended?(task: Task, on: unknown): void;
  /** A frame was pushed onto the task's stack, which is `depth` frames deep now, by performing `yielded`. */
  frameCalled?(task: Task, depth: number, yielded: unknown): void;
  /** A frame was popped: it returned, threw, or was closed to its end. `depth` frames are left. */
  frameEnded?(task: Task, depth: number): void;
  /** `return()` is about to be called on the innermost frame: its `finally` blocks run next. */
  frameClosing?(task: Task, depth: number): void;
  /** A callback of `callSoon`, a timer or a future begins. */
  callbackBegins?(callback: Handle): void;
  /** The callback that has begun is over. */
  callbackEnds?(callback: Handle): void;
  /**
   * A task of the loop has made an effect, which may never be yielded. Expensive: while an instrument with this
   * method is attached to a running loop, the class of effects carries a setter.
   */
  effectMade?(effect: Effect<unknown>, by: Task): void;
  /**
   * An item was put into a queue or a channel, by a task or a callback of the loop, or by code outside all loops.
   * An item that goes straight from a sender to a receiver, through a channel of capacity 0, is not told.
   */
  itemPut?(queue: ItemQueue, by: Cause): void;

  // ---- Methods that decide

  /**
   * Returns the index of the task or callback that goes next. They stand in the order of the engine: the first one
   * would go next without instruments. Called only when two or more are ready. A task that must continue directly
   * after the current step is not among them; of several callbacks only the first one is, because their order is
   * promised. An owner that has ended comes after the tasks that have joined a failed child of it. If anything but an
   * index is returned, the instrument is detached, and the first one goes.
   */
  chooseNext?(ready: readonly (Task | Handle)[], loop: Loop): number;
  /**
   * Performs what the task yielded, or something else instead. `next(yielded)` performs it as the next instrument, or
   * the engine, does; `next(other)` performs something else, such as a coroutine, whose result is then the answer.
   * Return the result of `next`, or an answer of your own. An error that it throws is thrown into the coroutine.
   */
  performEffect?(task: Task, yielded: unknown, next: (yielded: unknown) => unknown): unknown;
}
