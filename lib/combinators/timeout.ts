// timeout: work with a time limit. It runs on the task's own stack, in a scope that can be cancelled by itself:
// nothing that it acquires has to be carried over from another task. Relies on the kernel, effects/in-scope.

import { inScope } from '../effects/in-scope.ts';
import { giveBack, givenBackBy } from '../kernel/acquired.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';
import { Effect, inherited } from '../kernel/effect.ts';
import { Handle } from '../kernel/handle.ts';
import type { Task } from '../kernel/task.ts';
import { checkDuration } from '../words/check.ts';
import { TimeoutError } from '../words/errors.ts';
import { show } from '../words/messages.ts';

const performTimeout = /* @__PURE__ */ givenBackBy(
  (task: Task, [ms, work]: [number, Awaitable<unknown>]) => {
    const { loop } = task;
    return task._call(
      inScope(task, work, (scope) => {
        const expire = () =>
          scope.cancel(new TimeoutError(`${show(work)} took longer than ${ms} ms, and was cancelled`));
        const limit = new Handle(loop, expire);
        // A limit of 0 is behind this step in the ready queue: the work still runs to its first suspension.
        loop._scheduleAt(ms > 0 ? loop.now() + ms : 0, limit);
        return () => limit.cancel();
      }),
    );
  },
  ([, work]: [number, Awaitable<unknown>], answer, task) => giveBack(work, answer, task),
);

/**
 * The result of the work, or, when that takes longer than `ms` milliseconds and was cancelled and has cleaned up, a
 * `TimeoutError`. The tasks that were spawned in the work belong to it: they are waited for, and cancelled with it. An
 * error of a clean-up is thrown instead. A task, future or promise is only waited for, and goes on.
 * `timeout(0, ...)` ends at the first suspension, `timeout(Infinity, ...)` never. Cancelled from outside, the work
 * is cancelled, and no `TimeoutError` is thrown. Throws a `TypeError` or `RangeError` at the call for a wrong `ms`.
 *
 * @example
 * const text = yield* timeout(5_000, page('/slow'));
 */
export function timeout<A extends Awaitable<unknown>>(ms: number, work: A): Effect<Result<A>> {
  checkDuration('timeout', ms);
  return new Effect('timeout', [ms, checkAwaitable(work, 'the work of timeout')], performTimeout, inherited(work));
}
