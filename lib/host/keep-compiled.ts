// Keeps the engine compiled between two programs. V8's optimised code refers to the hidden classes of objects weakly:
// when no task, loop or callback lives, a full collection drops those classes, and all code that was compiled for
// them. That is the whole kernel. A program of 2,000 spawns and joins right after such a collection takes 430 ns for
// each with this, and 2,500 to 3,700 ns without. So one loop of each class is kept, with a task that is never run and
// a callback that waits for it: a few hundred bytes in all. Only Node does this (node.ts): there servers and tests run
// one program after the other, and in a page one program lives as long as the page. Relies on the kernel.

import { Effect } from '../kernel/effect.ts';
import { Task } from '../kernel/task.ts';
import type { Loop, LoopOptions } from '../loop/loop.ts';

const kept = /* @__PURE__ */ new Map<unknown, Task>();

/** For the class of this loop. Every kind of loop has hidden classes of its own. */
export function keepCompiled(loop: Loop): void {
  const Kind = loop.constructor as new (options: LoopOptions) => Loop;
  if (kept.has(Kind)) return;
  const idle = new Kind({ debug: false });
  const task = new Task(idle, idle._scope, new Effect<void>('nothing', undefined, () => undefined));
  task.addDoneCallback(() => {});
  kept.set(Kind, task);
}
