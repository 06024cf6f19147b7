// timeout: work with a time limit. Relies on children.

import { frameOf } from '../effects/coroutine.ts';
import { currentTask } from '../effects/current-task.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { checkDuration } from '../words/check.ts';
import { Effect } from '../kernel/effect.ts';
import { TimeoutError } from '../words/errors.ts';
import { Handle } from '../kernel/outcome.ts';
import { show } from '../words/messages.ts';
import { checkAwaitable } from '../kernel/yieldable.ts';
import { Children } from './children.ts';

const perform = /* @__PURE__ */ frameOf('timeout', function* (ms: number, work: Awaitable<unknown>) {
  const task = yield* currentTask();
  const { loop } = task;
  const children = new Children(task);
  const child = children.start(work);
  let expired = false;
  // Behind the child in the ready queue: a limit of 0 still lets it run to its first suspension.
  const limit = new Handle(loop, () => {
    expired = child.cancel(`timeout after ${ms} ms`);
  });
  loop._scheduleAt(ms > 0 ? loop.now() + ms : 0, limit);
  try {
    yield children.untilOver();
  } finally {
    limit.cancel();
    if (children.alive > 0) yield children.close();
  }
  if (expired && child.state === 'cancelled')
    throw new TimeoutError(`${show(work)} took longer than ${ms} ms, and was cancelled`);
  return child.result();
});

/**
 * The result of the work, or, when that takes longer than `ms` milliseconds and was cancelled and has
 * cleaned up, a `TimeoutError`. An error of the work's clean-up is thrown instead. A task, future or promise
 * is only waited for, and goes on. `timeout(0, ...)` ends at the first suspension, `timeout(Infinity, ...)` never.
 *
 * @example
 * const text = yield* timeout(5_000, page('/slow'));
 */
export function timeout<A extends Awaitable<unknown>>(ms: number, work: A): Effect<Result<A>> {
  return new Effect('timeout', [checkDuration('timeout', ms), checkAwaitable(work, 'the work of timeout')], perform);
}
