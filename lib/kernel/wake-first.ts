// wakeFirst: a wake-up to the front of the ready queue. It is for two tasks that must go on as if in one step, because
// what the first one did has settled something for the second: the child that decides a combinator and the task that
// waits for it, the receiver of an item and its sender. With other tasks between the two steps, one of them could
// cancel the second task, and then half of it would have happened.
//
// A function and not a method of tasks, so that programs that need none of this do not load it. Relies on modes.

import { NEXT, READY } from './modes.ts';
import type { Task } from './task.ts';

/** The task goes on directly after the step that runs now. The caller has taken it out of its place. */
export function wakeFirst(task: Task): void {
  task._mode = NEXT;
  task._inbox = undefined;
  task._status = READY;
  task._waitingOn = undefined;
  task.loop._scheduleFirst(task);
}
