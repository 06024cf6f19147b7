// `with`: work that runs while the task holds a lock, a permit, or the lock of a condition. One effect for all three,
// because all three are acquired and released. Relies on the kernel, effects/coroutine.

import { frameOf } from '../effects/coroutine.ts';
import { giveBack, givenBackBy } from '../kernel/acquired.ts';
import type { Awaitable, Result } from '../kernel/awaitable.ts';
import { Effect, inherited } from '../kernel/effect.ts';
import { checkAwaitable } from '../kernel/awaitable.ts';

export interface Holdable {
  readonly name: string;
  acquire(): Effect<void>;
  release(): void;
}

/**
 * The effect `name.with(work)`: acquires, runs the work, and releases whatever became of the work, after its clean-up.
 * Throws a `TypeError` at the call when the work cannot be awaited.
 */
export function holding<A extends Awaitable<unknown>>(guard: Holdable, work: A): Effect<Result<A>> {
  checkAwaitable(work, `run with ${guard.name}`);
  return new Effect(`${guard.name}.with`, [guard, work], performWith, inherited(work));
}

// No cancellation can come between `acquire` and `try`: the generator does not yield there.
const frame = /* @__PURE__ */ frameOf('with', function* (guard: Holdable, work: Awaitable<unknown>) {
  yield guard.acquire();
  try {
    return yield work;
  } finally {
    guard.release();
  }
});

/** The work may acquire something else: `lock.with(jobs.get())`. */
const performWith = /* @__PURE__ */ givenBackBy(frame, ([, work]: [Holdable, Awaitable<unknown>], answer, task) =>
  giveBack(work, answer, task),
);
