// random: chance that a simulation can repeat. Relies on the kernel.

import { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';

function perform(task: Task): number {
  return task.loop.random();
}

const effect = /* @__PURE__ */ new Effect<number>('random', undefined, perform);

/**
 * A number from 0 to 1, without 1, from the loop's own source of chance. On the system's clock that is `Math.random()`.
 * On a virtual clock, as in `runSync`, a program is given the same numbers each time it is run; the option `random` of
 * the loop gives it others. `retry` draws its jitter from here. It is answered at once.
 *
 * @example
 * yield* sleep(1_000 * (yield* random()));
 */
export function random(): Effect<number> {
  return effect;
}
