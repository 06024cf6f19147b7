// The deadlock report: every task of a loop waits, and nothing can wake one of them. Who may say so is the
// host, at the moment when Node would end the process (host/node.ts), and a virtual clock
// (time/virtual-clock.ts). Relies on the kernel and words.

import { openShields } from '../kernel/cancel-scope.ts';
import { FAILED } from '../kernel/modes.ts';
import { Outcome } from '../kernel/outcome.ts';
import type { Task } from '../kernel/task.ts';
import type { Loop } from '../loop/loop.ts';
import { DeadlockError } from '../words/errors.ts';
import { show } from '../words/messages.ts';

/** All tasks of a loop that are not over: its own, and after them their children, generation by generation. */
export function liveTasks(loop: Loop): Task[] {
  const tasks: Task[] = [...loop._scope.children];
  for (const task of tasks) for (const child of task.children) tasks.push(child);
  return tasks;
}

/** Does one of them wait for a task or future of another loop? Then that one may wake it. */
export function waitsElsewhere(loop: Loop): boolean {
  return liveTasks(loop).some(({ waitingOn }) => {
    const { payload = waitingOn } = (waitingOn ?? {}) as { payload?: unknown };
    // The arguments of join(task), cancel(task, reason), wait([task]), or a task that was yielded as it is.
    return [payload].flat(2).some((value: unknown) => value instanceof Outcome && value.loop !== loop);
  });
}

/** Closes all tasks, so that their clean-ups run, and makes main fail. False when there is nobody to report to. */
export function breakDeadlock(loop: Loop): boolean {
  const tasks = liveTasks(loop);
  const { _main } = loop;
  if (tasks.length === 0) return false;
  const lines = tasks.map((task) => {
    const holder = task._place?._holder;
    return `\n  ${task}${holder === undefined ? '' : `, held by ${show(holder)}`}`;
  });
  const error = new DeadlockError(`every task waits and nothing can wake them:${lines.join('')}`);
  error.stack = `${error}`; // where the engine found it helps nobody
  if (_main) _main._addError(error);
  else loop._report(error, 'the event loop');
  // A shield that waits for ever cannot put a cancellation off: its wait is what cannot end.
  for (const task of tasks) openShields(task);
  for (const task of tasks) if (!task.cancel()) task._interrupt();
  if (tasks.some((task) => task.state === 'ready')) return true;
  // Even the clean-ups wait for each other. They cannot be run to their end, but the program can.
  if (_main === undefined) return false;
  _main._ready = () => {}; // from now on: a clean-up may go on after all, and end
  _main._settle(FAILED, error);
  return true;
}
