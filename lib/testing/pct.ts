// Probabilistic concurrency testing (Burckhardt and others, 2010). Every task has a priority that is drawn, and of
// the ready tasks the one with the highest goes. So tasks run for long stretches without being interrupted, and
// one may be held back for very long, which evenly drawn choices hardly ever do. At a few moments, drawn too, the one
// that would go falls below all others.
//
// A bug that needs d orderings between steps, of n tasks and k choices, is found by a run with a probability of at
// least 1 / (n * k^(d-1)). Most bugs have a d of 1 to 3. With d - 1 moments, two runs differ in where those are. Relies
// on the director.

import { seeded } from '../time/seeded.ts';
import type { Decider, Director } from './director.ts';
import type { Strategy } from './strategies.ts';

export class Pct implements Strategy {
  isComplete = false;
  private readonly depth: number;
  /** The most choices that a run has had: so far must the moments be spread. */
  private longest = 0;

  constructor(depth: number) {
    this.depth = depth;
  }

  next(seed: number): Decider | undefined {
    if (this.isComplete) return undefined;
    const random = seeded(seed);
    const priorities = new Map<object, number>();
    const moments = new Set<number>();
    for (let moment = 1; moment < this.depth; moment++) moments.add(Math.floor(random() * this.longest));
    let lowest = 0;
    let at = 0;
    const priorityOf = (waiter: object): number => {
      let priority = priorities.get(waiter);
      if (priority === undefined) priorities.set(waiter, (priority = 1 + random()));
      return priority;
    };
    return (count, ready) => {
      const isMoment = moments.has(at++);
      if (ready === undefined) return Math.floor(random() * count);
      if (count === 1) return 0;
      const priority = ready.map(priorityOf);
      const highest = () => priority.indexOf(Math.max(...priority));
      if (isMoment) {
        const falls = highest();
        priorities.set(ready[falls] as object, (priority[falls] = --lowest));
      }
      return highest();
    };
  }

  learn({ counts }: Director): void {
    this.longest = Math.max(this.longest, counts.length);
    this.isComplete = counts.every((count) => count === 1);
  }
}
