// All schedules of a program, each once. A schedule is known by its switches: the choices that are not what the engine
// does by itself. First comes the one without any; then those with one switch, then with two, and so on. So what is
// found first needs the fewest switches, and most bugs need one or two.
//
// What can be decided behind a switch is known only when a run has come that far. So each run adds, for everything that
// was open behind its last switch, one schedule that has one switch more.
//
// Two steps that do not touch the same things may come in either order, and one of the two orders need not be tried.
// But what a step of a coroutine touches cannot be seen: tasks share the variables of their closures. So this is done
// only for steps in which nothing of the program runs and nobody is woken, see `touchesNothing`.
//
// Relies on the kernel and the director.

import { Effect } from '../kernel/effect.ts';
import type { Handle } from '../kernel/handle.ts';
import { DUE, PERFORM } from '../kernel/modes.ts';
import { Task } from '../kernel/task.ts';
import type { Decider, Director } from './director.ts';
import type { Strategy } from './strategies.ts';

/** A schedule that is to be tried: the switches of its parent, and one more. */
interface Plan {
  readonly parent: Plan | undefined;
  /** At which choice, counted from 0. */
  readonly at: number;
  readonly choice: number;
}

export class Exhaustive implements Strategy {
  private plans: (Plan | undefined)[] = [undefined];
  private position = 0;
  private current: Plan | undefined = undefined;
  /** Where one was chosen that touches nothing: there is no need to try the others first. */
  private readonly closed = new Set<number>();
  /** Of the schedule that is tried. */
  switches = 0;
  private left: number;
  private isCut = false;

  /** No more runs than this will be made, so no more plans are kept. */
  constructor(runs: number) {
    this.left = runs;
  }

  get isComplete(): boolean {
    return this.position === this.plans.length && !this.isCut;
  }

  next(): Decider | undefined {
    if (this.position === this.plans.length) return undefined;
    if (this.position === 10_000) {
      this.plans = this.plans.slice(this.position); // drops the plans that were tried
      this.position = 0;
    }
    this.current = this.plans[this.position++];
    this.left--;
    const switches: Plan[] = [];
    for (let plan = this.current; plan; plan = plan.parent) switches.push(plan);
    this.switches = switches.length;
    let at = 0;
    let next = switches.pop();
    this.closed.clear();
    return (count, ready) => {
      const place = at++;
      if (count > 1 && ready) {
        const alone = ready.findIndex(touchesNothing);
        if (alone >= 0) {
          this.closed.add(place);
          return alone;
        }
      }
      if (next?.at !== place) return 0;
      const { choice } = next;
      next = switches.pop();
      return choice;
    };
  }

  learn({ counts }: Director): void {
    const parent = this.current;
    for (let at = (parent?.at ?? -1) + 1; at < counts.length; at++) {
      if (this.closed.has(at)) continue;
      for (let choice = 1; choice < (counts[at] as number); choice++) {
        if (this.plans.length - this.position >= this.left) {
          this.isCut = true;
          return;
        }
        this.plans.push({ parent, at, choice });
      }
    }
  }
}

/**
 * The first step of `all([sleep(10), ...])`'s child, and the like: it sets a timer, and that is all. Whatever other
 * step comes before it or behind it, the outcome is the same.
 */
function touchesNothing(waiter: Task | Handle): boolean {
  if (!(waiter instanceof Task) || waiter._mode !== PERFORM || waiter._frame !== undefined || waiter._flags & DUE)
    return false;
  const { _inbox: work } = waiter;
  return work instanceof Effect && work.kind === 'sleep' && (work.payload as number) > 0;
}
