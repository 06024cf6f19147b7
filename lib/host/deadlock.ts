// Deadlock: every task of a loop waits, and nothing can wake one of them. Here is how that is found out, how it is
// reported, and how the tasks are ended, so that their clean-ups run.
//
// A virtual clock knows it at once (virtual-clock.ts): nothing is ready, no timer is set, and nobody waits for the
// world outside. On the system's clock the host may still call in, so the host decides: in Node it is the moment when
// the process would end (node.ts, `goOnAlone` here).
//
// Both ask first whether another loop that still has something to do could wake a task. Locks, queues and channels
// belong to no loop, so any of them could.
//
// Relies on the kernel, loops and the messages.

import { openShields } from '../kernel/cancel-scope.ts';
import { FAILED } from '../kernel/modes.ts';
import { Outcome } from '../kernel/outcome.ts';
import type { Task } from '../kernel/task.ts';
import type { Loop } from '../loop/loop.ts';
import { DeadlockError } from '../words/errors.ts';
import { show } from '../words/messages.ts';
import { isInstance } from '../words/thrown.ts';
import { runningLoops } from './loops.ts';

/** All tasks of a loop that are not over: its own, and after them their children, generation by generation. */
export function liveTasks(loop: Loop): Task[] {
  const tasks: Task[] = [...loop._scope.children];
  for (const task of tasks) for (const child of task.children) tasks.push(child);
  return tasks;
}

// ---- Who could wake a task

/**
 * Nothing is ready in a loop with a virtual clock, and no timer is set. Could a task of it be woken by another loop?
 * The loop looks again when one of the others is over (`leaveLoop`).
 */
export function mayBeWokenElsewhere(loop: Loop): boolean {
  return waitsForOther(loop) || [...runningLoops].some((other) => other !== loop && hasSomethingToDo(other));
}

function hasSomethingToDo(loop: Loop): boolean {
  if (loop._awake || loop._outside > 0 || loop._clock._hasTimers()) return true;
  // On the system's clock the host may call in at any moment and wake one of its tasks.
  return loop._clock._moveOn === undefined && liveTasks(loop).length > 0;
}

/** Does one of its tasks wait for a task or future of another loop? */
function waitsForOther(loop: Loop): boolean {
  return liveTasks(loop).some((task) =>
    argumentsOf(task.waitingOn).some((value) => isInstance(value, Outcome) && value.loop !== loop),
  );
}

/**
 * What a task was given to wait for: what it yielded, or the arguments of the effect, as in `join(task)`,
 * `cancel(task, reason)` and `wait([task, task])`. No deeper than that: an argument may also be a value of the program,
 * such as an array that contains itself and is to be put into a queue.
 */
function argumentsOf(waitingOn: unknown): unknown[] {
  const { payload = waitingOn } = (waitingOn ?? {}) as { readonly payload?: unknown };
  return Array.isArray(payload) ?
      payload.flatMap((value: unknown) => (isArray(value) ? [...value] : [value]))
    : [payload];
}

/** A value of the program may be a revoked proxy, which throws when it is asked this. */
function isArray(value: unknown): value is unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * The host has nothing left to do, so nobody outside will wake a task. One loop goes on by itself: one whose virtual
 * clock has stood still for the outside and still has timers, because what it does next may wake the others. If there
 * is none, all are stuck, and one of them is broken up. Gives the loop, or nothing when all loops are asleep without
 * tasks.
 */
export function goOnAlone(): Loop | undefined {
  // The newest first, because an older one may wait for it through a promise.
  const asleep = [...runningLoops].reverse().filter((loop) => !loop._awake);
  const moved = asleep.find((loop) => loop._clock._moveOn?.());
  if (moved !== undefined) return moved;
  // First those whose tasks wait only for each other: the others may be waiting for them.
  const stuck = asleep.filter((loop) => loop._outside === 0 && !waitsForOther(loop));
  return [...stuck, ...asleep].find(breakDeadlock);
}

// ---- What is done about it

/**
 * Ends all tasks of the loop, so that their clean-ups run, and makes main fail with the report. If even the clean-ups
 * are stuck, main fails at once. False when the loop has nothing to do: no task is left, or nobody could be told.
 */
export function breakDeadlock(loop: Loop): boolean {
  const tasks = liveTasks(loop);
  const { _main: main } = loop;
  if (tasks.length === 0) return false;
  const error = report(tasks);
  if (main === undefined) loop._report(error, 'the event loop');
  else main._addError(error);
  // A shield that waits for ever cannot put a cancellation off: its wait is what cannot end.
  for (const task of tasks) openShields(task);
  for (const task of tasks) if (!task.cancel()) task._interrupt();
  if (tasks.some((task) => task.state === 'ready')) return true;
  // Even the clean-ups wait for each other. They cannot be run to their end, but the program can.
  if (main === undefined) return false;
  abandon(main, error);
  return true;
}

/**
 * A slot that `treadle/tracing` and `treadle/debug` fill: the lines where these tasks are suspended, to stand below
 * each.
 */
export const reporting: { linesOf?(tasks: readonly Task[]): readonly string[] } = {};

function report(tasks: readonly Task[]): DeadlockError {
  const places = reporting.linesOf?.(tasks);
  const lines = tasks.map((task, i) => {
    const holder = task._place?._holder;
    return `\n  ${task}${holder === undefined ? '' : `, held by ${show(holder)}`}${places?.[i] ?? ''}`;
  });
  const error = new DeadlockError(`every task waits and nothing can wake them:${lines.join('')}`);
  error.stack = `${error}`; // where the engine found it helps nobody
  return error;
}

/** Main fails where it stands. Nothing wakes it from now on, also when a clean-up goes on after all and ends. */
function abandon(main: Task, error: DeadlockError): void {
  try {
    main._place?._withdraw(main);
  } catch {
    // There is nobody left to tell.
  }
  main._place = undefined;
  main._settle(FAILED, error);
}
