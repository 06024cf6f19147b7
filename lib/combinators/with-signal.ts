// withSignal: work that an AbortSignal ends. It runs on the task's own stack, in a scope that can be cancelled by
// itself, as with `timeout`. Relies on the kernel, effects/in-scope.

import { inScope } from '../effects/in-scope.ts';
import { giveBack, givenBackBy } from '../kernel/acquired.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, inherited } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { mustBe } from '../words/messages.ts';

const performWithSignal = /* @__PURE__ */ givenBackBy(
  (task: Task, [signal, work]: [AbortSignal, Awaitable<unknown>]) => {
    if (signal.aborted) throw reasonOf(signal);
    return task._call(
      inScope(task, work, (scope) => {
        const abort = () => scope.cancel(reasonOf(signal));
        signal.addEventListener('abort', abort);
        return () => signal.removeEventListener('abort', abort);
      }),
    );
  },
  ([, work]: [AbortSignal, Awaitable<unknown>], answer, task) => giveBack(work, answer, task),
);

/** A signal that is not the platform's may have none. */
function reasonOf(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException('This operation was aborted', 'AbortError');
}

/**
 * The result of the work. When the signal is aborted meanwhile, the work is cancelled, and when it has cleaned up, the
 * signal's reason is thrown. If the signal is aborted already, that is thrown at once, and the work does not begin. The
 * tasks that were spawned in the work belong to it: they are waited for, and cancelled with it. An error of a clean-up
 * is thrown instead. A task, future or promise is only waited for, and goes on.
 *
 * To have a signal for functions of the platform, use `abortSignal`. To cancel a whole program, give the signal to
 * `run`. Cancelled from outside, the work is cancelled, and no reason is thrown. Throws a `TypeError` at the call for
 * what is no `AbortSignal`, and for work that cannot be awaited.
 *
 * @example
 * const rows = yield* withSignal(request.signal, query('select 1'));
 */
export function withSignal<A extends Awaitable<unknown>>(signal: AbortSignal, work: A): Effect<Result<A>> {
  // Not by `instanceof`: a signal may come from another realm, or be a polyfill's.
  if (typeof signal?.addEventListener !== 'function' || typeof signal.aborted !== 'boolean')
    throw new TypeError(mustBe('withSignal', 'an AbortSignal and the work', signal));
  const payload = [signal, checkAwaitable(work, 'the work of withSignal')];
  return new Effect('withSignal', payload, performWithSignal, inherited(work));
}
