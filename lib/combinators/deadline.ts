// deadline: a time limit that the work itself can move. It runs on the task's own stack, as `timeout` does. Relies on
// the kernel, effects/in-scope.

import { inScope } from '../effects/in-scope.ts';
import { acquiring, giveBackNoted, givenBackBy, noteAnswer, wayBack } from '../kernel/acquired.ts';
import type { Awaitable, Coroutine, Result } from '../kernel/awaitable.ts';
import type { CancelScope } from '../kernel/cancel-scope.ts';
import { ACQUIRES, Effect } from '../kernel/effect.ts';
import { Handle } from '../kernel/handle.ts';
import type { Task } from '../kernel/task.ts';
import { checkDuration, checkFunction } from '../words/check.ts';
import { TimeoutError } from '../words/errors.ts';

/** The limit of a `deadline`, in the hands of its work. */
export class Limit {
  private readonly scope: CancelScope;
  private timer: Handle | undefined = undefined;
  private time = Infinity;
  private isOver = false;

  /** @internal */
  constructor(scope: CancelScope, ms: number) {
    this.scope = scope;
    this.reschedule(ms);
  }

  /** When the work will be cancelled, as a time of the loop's clock in milliseconds; `Infinity` for never. */
  get when(): number {
    return this.time;
  }

  /** True when the limit has expired: the work is being cancelled, and cleans up. */
  get expired(): boolean {
    return this.scope.error !== undefined;
  }

  /**
   * The work may take `ms` milliseconds from now on; `Infinity` takes the limit away. Gives false, and changes nothing,
   * when the limit has expired or the work is over. Throws a `TypeError` or `RangeError` for a wrong `ms`.
   */
  reschedule(ms: number): boolean {
    checkDuration('reschedule', ms);
    if (this.expired || this.isOver) return false;
    this.timer?.cancel();
    const { loop } = this.scope.task;
    const now = loop.now();
    this.time = now + ms;
    this.timer = new Handle(loop, () => this.expire());
    // A limit of 0 is behind this step in the ready queue: the work still runs to its next suspension.
    loop._scheduleAt(ms > 0 ? this.time : 0, this.timer);
    return true;
  }

  private expire(): void {
    const at = `its limit of ${Math.round(this.time)} ms on the loop's clock`;
    this.scope.cancel(new TimeoutError(`the work of deadline was not over at ${at}, and was cancelled`));
  }

  /** @internal The work is over. */
  _close(): void {
    this.isOver = true;
    this.timer?.cancel();
  }
}

type Work = (limit: Limit) => Awaitable<unknown>;

const performDeadline = /* @__PURE__ */ givenBackBy((task: Task, [ms, work]: [number, Work]) => {
  let limit: Limit;
  // Called within the scope, because what the work spawns belongs to it.
  const call = new Effect('call', undefined, () => task._call(answering(task, () => work(limit))));
  return task._call(
    inScope(task, acquiring(call, giveBackNoted), (scope) => {
      limit = new Limit(scope, ms);
      return () => limit._close();
    }),
  );
}, giveBackNoted);

/** The function's result may be something acquired. This notes how to give it back. */
function* answering(task: Task, start: () => Awaitable<unknown>): Coroutine<unknown> {
  noteAnswer(task);
  const work = start();
  const answer: unknown = yield work;
  noteAnswer(task, wayBack(work, answer, task));
  return answer;
}

/**
 * Like `timeout`, with a limit that can be moved: `work` is called with the limit, and `limit.reschedule(ms)` gives it
 * that much time from then on. For work that may go on as long as it makes progress. When the limit expires, the work
 * is cancelled, and when it has cleaned up, a `TimeoutError` is thrown. Cancelled from outside, the work is cancelled,
 * and no `TimeoutError` is thrown. Throws a `TypeError` or `RangeError` at the call for a wrong `ms`, and a `TypeError`
 * when `work` is no function.
 *
 * @example
 * yield* deadline(5_000, function* (limit) {
 *   for (const part of parts) {
 *     yield* upload(part);
 *     limit.reschedule(5_000); // the next part has 5 seconds again
 *   }
 * });
 */
export function deadline<A extends Awaitable<unknown>>(ms: number, work: (limit: Limit) => A): Effect<Result<A>> {
  checkDuration('deadline', ms);
  checkFunction('deadline', work, 'a function that is given the limit');
  return new Effect('deadline', [ms, work], performDeadline, ACQUIRES);
}
