// wakeFirst: a wake-up to the front of the ready queue. It is for two tasks that must go on as if in one step, because
// what the first one did has settled something for the second: the child that decides a combinator and the task that
// waits for it, the receiver of an item and its sender. With other tasks between the two steps, one of them could
// cancel the second task, and then half of it would have happened.
//
// A function and not a method of tasks, so that programs that do not need it do not load it. Relies on modes.

import type { Loop } from '../loop/loop.ts';
import { NEXT, READY } from './modes.ts';
import type { Task } from './task.ts';
import type { Place, Waiter } from './waiting.ts';

/**
 * Stands in the ready queue where something ends, such as a pass of an EventLoop: its turn comes when that has ended.
 */
export class Marker implements Waiter {
  /** @internal */ _next: Waiter | undefined = undefined;
  /** @internal */ _previous: Waiter | undefined = undefined;
  /** @internal */ _place: Place | undefined = undefined;
  /** @internal True while it stands in the queue. */
  _queued = false;
  private readonly _reached: (() => void) | undefined;

  constructor(reached?: () => void) {
    this._reached = reached;
  }

  /** @internal */ _run(): void {
    this._queued = false;
    this._reached?.();
  }

  /** @internal Nobody parks it. */
  _wake(): void {}
}

/** The task goes on directly after the step that runs now. The caller has taken it out of its place. */
export function wakeFirst(task: Task): void {
  task._mode = NEXT;
  task._inbox = undefined;
  task._status = READY;
  task._yielded = undefined;
  scheduleFirst(task.loop, task);
}

/**
 * Puts a waiter at the front of the ready queue. The slice goes on until it has run: nothing from outside, such as a
 * cancellation by a timer, comes between the step that runs now and this waiter.
 */
export function scheduleFirst(loop: Loop, waiter: Waiter): void {
  const end = (loop._endOfFront ??= new Marker());
  if (!end._queued) {
    end._queued = true;
    loop._putBack(end);
  }
  loop._putBack(waiter);
  loop._wakeUp();
}
