// Waiting until something holds: each time when something has changed, all conditions are looked at. Relies on the
// kernel, effects/suspend.

import { performSuspend } from '../effects/suspend.ts';
import { Effect, OUTSIDE } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';

export class Looks {
  private readonly looks = new Set<() => void>();

  /** Waits until the condition holds; `kind` is how the effect prints. */
  until(kind: string, condition: () => boolean): Effect<void> {
    const wait = (resume: (value: never) => void) => {
      const look = (): void => {
        if (condition() && this.looks.delete(look)) resume(undefined as never);
      };
      this.looks.add(look);
      look();
      return () => this.looks.delete(look);
    };
    return new Effect(kind, undefined, (task: Task) => performSuspend(task, [wait]), OUTSIDE);
  }

  /** Something has changed. */
  look(): void {
    for (const look of [...this.looks]) look();
  }
}
