// How a loop comes to be watched: four of its methods are replaced on this one object, for good. All that becomes ready
// passes through `_schedule` and `_putBack`, so there the watch meets every task and callback of the loop: first when
// it is made, and then whenever it is woken. Other loops, and the classes, stay as they are. Relies on the loop.

import { Handle } from '../kernel/handle.ts';
import { Task } from '../kernel/task.ts';
import { Marker } from '../kernel/wake-first.ts';
import type { Waiter } from '../kernel/waiting.ts';
import type { Loop } from '../loop/loop.ts';
import { liveTasks } from '../host/deadlock.ts';
import { chooseFirst } from './choose.ts';
import { giveWatch } from './watch.ts';
import type { Watch } from './watch.ts';
import { watchHandle } from './watched-handle.ts';
import { watchTask, WatchedTask } from './watched-task.ts';

/** Gives the loop a watch. Tasks that are alive become watched ones. */
export function watchLoop(loop: Loop): Watch {
  const watch = giveWatch(loop);
  for (const task of liveTasks(loop)) watchTask(task);

  const { _schedule, _putBack, _beginPass } = loop;
  loop._schedule = function (waiter: Waiter) {
    _schedule.call(loop, waiter);
    meet(watch, waiter);
  };
  loop._putBack = function (waiter: Waiter) {
    _putBack.call(loop, waiter);
    if (waiter !== watch.running) meet(watch, waiter); // else its turn is not over, only the slice is
  };
  loop._beginPass = function () {
    watch.tell(watch.listeners.passBegins, loop);
    _beginPass.call(loop);
    chooseFirst(watch);
  };
  // Behind what had to follow directly on a step.
  loop._endOfFront ??= new Marker(() => chooseFirst(watch));
  watchClock(watch);
  return watch;
}

/** A task or a callback is ready. */
function meet(watch: Watch, waiter: Waiter): void {
  if (waiter instanceof WatchedTask) watch.tellTaskWoken(waiter);
  else if (waiter instanceof Task) {
    watchTask(waiter);
    watch.tell(watch.listeners.taskSpawned, waiter, watch.running);
  } else if (waiter instanceof Handle && waiter.constructor === Handle) watchHandle(waiter);
}

/** Instruments hear of the new time before they hear of the tasks that it wakes. */
function watchClock(watch: Watch): void {
  const clock = watch.loop._clock;
  if (clock._moveOn === undefined) return;
  clock._onMove = (time) => watch.tell(watch.listeners.clockMoved, time, watch.loop);
}
