// The frame of every combinator that runs several works as children, waits until they are over, and has one answer.
// `all`, `race`, `any`, `allSettled`, `taskGroup`, `map` and `forEach` differ in how the children are started, when
// they are decided, and what they answer. Relies on the kernel, group.

import { giveBackNoted, givenBackBy, noteAnswer } from '../kernel/acquired.ts';
import type { Awaitable, Coroutine } from '../kernel/awaitable.ts';
import { keepCleanUpError } from '../kernel/cancel-scope.ts';
import type { Handler } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { combine } from '../words/combine.ts';
import { Group } from './group.ts';

/** What sets a combinator apart. */
export interface Plan {
  /** Starts the children, or gives the work that starts them one after the other. */
  start(group: Group): Coroutine<void> | void;
  /** Is it decided? Then the rest is cancelled. Asked whenever a child has ended. Without it, all run to their end. */
  decided?(group: Group): boolean;
  /** The answer, when all are over and have cleaned up; or throws. */
  answer(group: Group): unknown;
  /** Lets go of what the works came from, when all are over. What it gives is waited for, and nothing cuts it. */
  leave?(): Awaitable<unknown> | void;
  /** Failures before the decision are no errors of the combinator. */
  readonly overlooksLosses?: boolean;
  /** The only child whose answer is handed over: what the others acquired is given back. By default all are. */
  chosen?(group: Group): Task | undefined;
}

/** The handler of a combinator's effect: its plan is made of the effect's payload. */
export function combinator<P>(plan: (payload: P) => Plan): Handler {
  return givenBackBy(
    (task: Task, payload: P) => task._call(together(task, plan(payload))),
    // A combinator within a combinator, whose answer nobody gets: what its own children acquired is given back.
    giveBackNoted,
  );
}

function* together(task: Task, plan: Plan): Generator<unknown, unknown, unknown> {
  const group = new Group(task);
  const errors: unknown[] = [];
  let answer: unknown;
  let closed = true; // by return(): stays so, unless one of the lines below is reached
  try {
    const starting = plan.start(group);
    if (plan.decided) group.cancelWhen(() => plan.decided?.(group) === true);
    if (starting) yield starting; // a frame of its own, which is closed before this one is
    yield group.untilOver();
    answer = plan.answer(group);
    closed = false;
  } catch (error) {
    errors.push(error);
    closed = false;
  } finally {
    group.shields = true; // from here on nothing is cut
    group.cancelRest();
    if (!group.drain()) yield group.untilOver();
    try {
      const leaving = plan.leave?.();
      if (leaving) yield leaving;
    } catch (error) {
      errors.push(error);
    }
    if (plan.overlooksLosses) group.overlookLosses();
    if (closed || errors.length > 0) group.giveBack();
    else if (plan.chosen) group.giveBack(plan.chosen(group));
    group.leave();
    if (closed || errors.length > 0) errors.push(...group.takeErrors());
    if (closed) for (const error of errors) keepCleanUpError(task, task._scope, error);
  }
  if (errors.length > 0) throw combine(errors);
  if (group.hasAcquired) noteAnswer(task, () => group.giveBack());
  return answer;
}
