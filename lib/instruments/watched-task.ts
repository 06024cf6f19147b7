// A task of a loop that instruments look into. It does what every task does, and tells the loop's watch of it.
//
// The class is never constructed: a task becomes one when the watched loop first schedules it, which its constructor
// does at its end (watch-loop.ts). So the engine's classes are as they are, also while a loop beside this one is
// watched, and a loop without instruments runs the code that it would run if this folder did not exist.
//
// Relies on the kernel and the watch.

import { SUSPENDED } from '../kernel/effect.ts';
import type { Frame } from '../kernel/frame.ts';
import { CANCELLING, CLOSE, PERFORM, THROW, WAITING } from '../kernel/modes.ts';
import { Task } from '../kernel/task.ts';
import { chooseFirst } from './choose.ts';
import type { Instrument, Resumption } from './instrument.ts';
import { watchOf } from './watch.ts';

export class WatchedTask extends Task {
  /** @internal Its first step has begun; no frame is left, and it may wait for its children. */
  declare _started: boolean;
  /** @internal */ declare _ending: boolean;
  /** @internal The innermost frame and the number of frames that the instruments know of. */
  declare _knownFrame: Frame | undefined;
  /** @internal */ declare _depth: number;
  /** @internal Something is being performed; what that performs in its turn is not told. */
  declare _performing: boolean;
  /** @internal What is being performed. */
  declare _performed: unknown;

  /** @internal */ override _run(): void {
    const watch = watchOf(this.loop);
    const before = watch.running;
    watch.running = this;
    if (watch.listeners.stepBegins.length > 0)
      watch.tell(watch.listeners.stepBegins, this, resumption(this), this._inbox);
    this._started = true;
    super._run();
    tellEndedFrames(this);
    watch.tellStepEnds(this);
    watch.running = before;
    chooseFirst(watch);
  }

  /** @internal */ override _perform(yielded: unknown): unknown {
    const watch = watchOf(this.loop);
    const isAlone = watch.performers.length === 0; // then no closure is made for it
    if (this._performing) return isAlone ? super._perform(yielded) : performThrough(this, watch.performers, 0, yielded);
    tellEndedFrames(this);
    const { seesEffects } = watch;
    if (seesEffects) watch.tell(watch.listeners.effectPerformed, this, yielded);
    this._performing = true;
    this._performed = yielded;
    const { _frame } = this;
    try {
      const answer = isAlone ? super._perform(yielded) : performThrough(this, watch.performers, 0, yielded);
      if (!seesEffects) return answer;
      if (answer === SUSPENDED) watch.tell(watch.listeners.taskSuspended, this, yielded);
      // A frame more means that it was a call.
      else if (this._frame === _frame) watch.tell(watch.listeners.effectAnswered, this, yielded, answer);
      return answer;
    } catch (error) {
      watch.tell(watch.listeners.effectFailed, this, yielded, error);
      throw error;
    } finally {
      this._performing = false;
      this._performed = undefined;
    }
  }

  /** @internal */ override _call(generator: Frame['_generator']): void {
    super._call(generator);
    this._knownFrame = this._frame;
    const watch = watchOf(this.loop);
    watch.tell(watch.listeners.frameCalled, this, ++this._depth, this._performed);
  }

  /** @internal */ override _close(begins: boolean): number {
    tellEndedFrames(this);
    const watch = watchOf(this.loop);
    const mode = super._close(begins);
    // A scope may end the closing here, with an error of its own.
    if (mode === CLOSE && this._frame) watch.tell(watch.listeners.frameClosing, this, this._depth);
    return mode;
  }

  /** @internal */ override _end(mode: number, value: unknown): void {
    this._ending = true;
    const watch = watchOf(this.loop);
    tellEndedFrames(this);
    super._end(mode, value);
    const { taskSuspended } = watch.listeners;
    if (this._status === WAITING && taskSuspended.length > 0) watch.tell(taskSuspended, this, this.children);
  }

  /** @internal */ override _settle(status: number, value: unknown): void {
    tellEndedFrames(this);
    const watch = watchOf(this.loop);
    super._settle(status, value);
    watch.tell(watch.listeners.taskOver, this);
  }

  override cancel(reason?: unknown): boolean {
    const asks = !this.done && !(this._flags & CANCELLING);
    const watch = watchOf(this.loop);
    if (asks) watch.tell(watch.listeners.cancelAsked, this, reason, watch.running);
    return super.cancel(reason);
  }
}

/**
 * A task becomes one that tells what it does. The fields come first: an object whose prototype was replaced gets a
 * hidden class of its own with each field that is added to it, and then a step costs 20 times as much from 100 tasks
 * on.
 */
export function watchTask(task: Task): void {
  const watched = task as WatchedTask;
  watched._started = watched._ending = false;
  watched._knownFrame = task._frame;
  watched._depth = 0;
  for (let frame = task._frame; frame; frame = frame._caller) watched._depth++;
  watched._performing = false;
  watched._performed = undefined;
  Object.setPrototypeOf(task, WatchedTask.prototype);
}

/**
 * The other instruments first, from the outermost one in, and then the engine. A task that the engine has suspended
 * stays so, whatever an instrument answers.
 */
function performThrough(
  task: WatchedTask,
  performers: readonly Instrument[],
  index: number,
  yielded: unknown,
): unknown {
  const performer = performers[index];
  if (performer === undefined) return Task.prototype._perform.call(task, yielded);
  let given: unknown;
  const next = (other: unknown) => (given = performThrough(task, performers, index + 1, other));
  const answer = (performer.performEffect as NonNullable<Instrument['performEffect']>)(task, yielded, next);
  return given === SUSPENDED ? SUSPENDED : answer;
}

/** The trampoline pops frames without a call. Instruments hear of them at the next thing that the task does. */
function tellEndedFrames(task: WatchedTask): void {
  if (task._knownFrame === task._frame) return;
  const watch = watchOf(task.loop);
  while (task._knownFrame !== task._frame && task._knownFrame) {
    task._knownFrame = task._knownFrame._caller;
    watch.tell(watch.listeners.frameEnded, task, --task._depth);
  }
}

function resumption(task: WatchedTask): Resumption {
  if (task._ending) return 'children';
  if (!task._started && task._mode !== CLOSE) return 'start';
  if (task._mode === PERFORM) return 'perform';
  if (task._mode === CLOSE) return 'close';
  return task._mode === THROW ? 'throw' : 'next';
}
