// Seeing effects being made, for instruments that have `effectMade`. The constructor of effects is the engine's hottest
// one: a hook in it, even an empty one, would cost every program. So while somebody wants to see it, and only then, the
// prototype of effects has a setter for `payload`, which the constructor's assignment meets. It is the only place in
// which a class of the engine is changed, it is shared by all instruments, and afterwards the prototype is as it was.
// Relies on the kernel and the watch.

import { Effect } from '../kernel/effect.ts';
import { Task } from '../kernel/task.ts';
import { runningLoops } from '../host/loops.ts';
import type { Loop } from '../loop/loop.ts';
import type { Watch } from './watch.ts';

/** The loops that run, and have an instrument that wants to know. */
const curious = new Set<Watch>();

/** Called when a loop starts or ends, and when an instrument comes or goes. */
export function seeEffectsMade(watch: Watch, wanted: boolean): void {
  if (wanted) curious.add(watch);
  else curious.delete(watch);
  const installed = Object.hasOwn(Effect.prototype, 'payload');
  if (curious.size > 0 && !installed) install();
  else if (curious.size === 0 && installed) Reflect.deleteProperty(Effect.prototype, 'payload');
}

function install(): void {
  Object.defineProperty(Effect.prototype, 'payload', {
    configurable: true,
    set(this: Effect<unknown>, value: unknown) {
      Object.defineProperty(this, 'payload', { value, writable: true, enumerable: true, configurable: true });
      for (const watch of curious)
        if (watch.running instanceof Task && isInnermost(watch.loop))
          watch.tell(watch.listeners.effectMade, this, watch.running);
    },
  });
}

/** A task of this loop runs: not one of a program that it has started with `runSync`, in the middle of its step? */
function isInnermost(loop: Loop): boolean {
  const within = [...runningLoops].filter((other) => other._runsAtOnce).pop();
  return within === undefined || within === loop;
}
