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

  /** @internal */ override _run(): void {
    const watch = watchOf(this.loop);
    const before = watch.running;
    watch.running = this;
    if (watch.listeners.stepBegins.length > 0) watch.tell('stepBegins', this, resumption(this), this._inbox);
    this._started = true;
    super._run();
    tellEndedFrames(this);
    watch.tell('stepEnds', this);
    watch.running = before;
    chooseFirst(watch);
  }

  /** @internal */ override _perform(yielded: unknown): unknown {
    const watch = watchOf(this.loop);
    if (this._performing) return performThrough(this, watch.performers, 0, yielded);
    tellEndedFrames(this);
    watch.tell('effectPerformed', this, yielded);
    this._performing = true;
    const { _frame } = this;
    try {
      const answer = performThrough(this, watch.performers, 0, yielded);
      if (answer === SUSPENDED) watch.tell('taskSuspended', this, yielded);
      else if (this._frame === _frame) watch.tell('effectAnswered', this, yielded, answer); // else it was a call
      return answer;
    } catch (error) {
      watch.tell('effectFailed', this, yielded, error);
      throw error;
    } finally {
      this._performing = false;
    }
  }

  /** @internal */ override _call(generator: Frame['_generator']): void {
    super._call(generator);
    this._knownFrame = this._frame;
    watchOf(this.loop).tell('frameCalled', this, ++this._depth);
  }

  /** @internal */ override _close(begins: boolean): number {
    tellEndedFrames(this);
    const mode = super._close(begins);
    // A scope may end the closing here, with an error of its own.
    if (mode === CLOSE && this._frame) watchOf(this.loop).tell('frameClosing', this, this._depth);
    return mode;
  }

  /** @internal */ override _end(mode: number, value: unknown): void {
    this._ending = true;
    tellEndedFrames(this);
    super._end(mode, value);
    if (this._status === WAITING) watchOf(this.loop).tell('taskSuspended', this, this.children);
  }

  /** @internal */ override _settle(status: number, value: unknown): void {
    tellEndedFrames(this);
    super._settle(status, value);
    watchOf(this.loop).tell('taskOver', this);
  }

  override cancel(reason?: unknown): boolean {
    const asks = !this.done && !(this._flags & CANCELLING);
    const watch = watchOf(this.loop);
    if (asks) watch.tell('cancelAsked', this, reason, watch.running);
    return super.cancel(reason);
  }
}

/** A task becomes one that tells what it does. */
export function watchTask(task: Task): void {
  const watched = Object.setPrototypeOf(task, WatchedTask.prototype) as WatchedTask;
  watched._started = watched._ending = false;
  watched._knownFrame = task._frame;
  watched._depth = 0;
  for (let frame = task._frame; frame; frame = frame._caller) watched._depth++;
  watched._performing = false;
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

/** The trampoline pops frames by itself. They are told at the next thing that the task does. */
function tellEndedFrames(task: WatchedTask): void {
  if (task._knownFrame === task._frame) return;
  const watch = watchOf(task.loop);
  while (task._knownFrame !== task._frame && task._knownFrame) {
    task._knownFrame = task._knownFrame._caller;
    watch.tell('frameEnded', task, --task._depth);
  }
}

function resumption(task: WatchedTask): Resumption {
  if (task._ending) return 'children';
  if (!task._started && task._mode !== CLOSE) return 'start';
  if (task._mode === PERFORM) return 'perform';
  if (task._mode === CLOSE) return 'close';
  return task._mode === THROW ? 'throw' : 'next';
}
