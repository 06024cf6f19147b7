// The deadlock report: every task of a loop waits, and nothing can wake one of them. Who may say so is the
// host, at the moment when Node would end the process (host.ts), and a virtual clock
// (virtual-clock.ts). Relies on errors, explain and outcome.

import { FAILED } from '../kernel/modes.ts';
import { DeadlockError } from '../words/errors.ts';
import type { Place } from '../kernel/waiting.ts';
import { Outcome } from '../kernel/outcome.ts';
import { show } from '../words/messages.ts';

interface StuckTask {
  readonly _place: Place | undefined;
  readonly done: boolean;
  readonly children: StuckTask[];
  readonly loop: unknown;
  readonly waitingOn: unknown;
  _addError(error: unknown): void;
  _close(): boolean;
  _ready(): void;
  _settle(status: number, value: unknown): void;
}

interface StuckLoop<T extends StuckTask> {
  readonly _children: T[];
  readonly _main: T | undefined;
  _report(error: unknown, where: string): void;
}

/** All tasks of a loop that are not over: its own, and after them their children, generation by generation. */
export function liveTasks<T extends StuckTask>(loop: StuckLoop<T>): T[] {
  const tasks = loop._children.filter((task) => !task.done);
  for (const task of tasks) for (const child of task.children) tasks.push(child as T);
  return tasks;
}

/** Does one of them wait for a task or future of another loop? Then that one may wake it. */
export function waitsElsewhere<T extends StuckTask>(loop: StuckLoop<T>): boolean {
  return liveTasks(loop).some(({ waitingOn }) => {
    const { payload = waitingOn } = (waitingOn ?? {}) as { payload?: unknown };
    // The arguments of join(task), cancel(task, reason), wait([task]), or a task that was yielded as it is.
    return [payload]
      .flat(Infinity)
      .some((value: unknown) => value instanceof Outcome && (value.loop as unknown) !== loop);
  });
}

/** Closes all tasks, so that their clean-ups run, and makes main fail. False when there is nobody to report to. */
export function breakDeadlock<T extends StuckTask>(loop: StuckLoop<T>): boolean {
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
  if (tasks.filter((task) => task._close()).length > 0) return true;
  // Even the clean-ups wait for each other. They cannot be run to their end, but the program can.
  if (_main === undefined) return false;
  _main._ready = () => {}; // from now on: a clean-up may go on after all, and end
  _main._settle(FAILED, error);
  return true;
}
