// Moments: where a program is, as a number that is the same each time. It counts what the program does: the steps of
// its tasks, its callbacks, and the effects that it performs. How fast the machine is does not matter: a step that the
// loop interrupts, because it is the host's turn, is still one step.
//
// Everything that enters a loop from outside does so between two steps, or while one is interrupted. Between two such
// entries a program is deterministic. So a moment says exactly when something came. Relies on instruments, the kernel.

import type { Instrument, Resumption } from '../../instruments/instrument.ts';
import type { Task } from '../../kernel/task.ts';
import { oneLine } from '../../words/show.ts';

export class Moments implements Instrument {
  readonly name: string = 'journal';
  /** The moment. */
  step = 0;
  /** A step or a callback runs: what happens now is the program's own doing. */
  inside = false;
  /** The task that runs. */
  running: Task | undefined = undefined;
  /** The task whose step is interrupted, until it goes on. The loop says so. */
  paused: Task | undefined = undefined;

  stepBegins(task: Task, how: Resumption): void {
    // What it goes on with was counted before, unless it is another thing: a cancellation has come meanwhile.
    const goesOn = this.paused === task && how === 'perform';
    this.paused = undefined;
    if (!goesOn) this.step++;
    this.inside = true;
    this.running = task;
  }

  stepEnds(): void {
    this.inside = false;
    this.running = undefined;
  }

  callbackBegins(): void {
    this.step++;
    this.inside = true;
  }

  callbackEnds(): void {
    this.inside = false;
  }

  effectPerformed(_task: Task, _yielded: unknown): void {
    this.step++;
  }
}

/** A task as a journal names it: its id, which is the same in each run, and the names of its owners. */
export function pathOf(task: Task): string {
  let path = oneLine(task.name);
  let depth = 1;
  for (let owner = task.parent; owner; owner = owner.parent) {
    if (depth++ === 5) return `#${task.id} .../${path}`;
    path = `${oneLine(owner.name)}/${path}`;
  }
  return `#${task.id} ${path}`;
}
