// The director decides whatever is open in a simulation: which of the ready tasks goes next, and by how much each
// timer is late. It asks a decider, and keeps what was decided. That list, with a seed for `random()`, is the whole
// difference between two runs of a program. Relies on nothing.

import type { Handle } from '../kernel/handle.ts';
import type { Task } from '../kernel/task.ts';
import type { Instrument } from '../instruments/instrument.ts';

/** Those that are ready. Of a timer's lateness: nothing. */
export type Ready = readonly (Task | Handle)[] | undefined;

/** Gives one of `count` possibilities, from 0. 0 is what the engine does by itself: the first one, no lateness. */
export type Decider = (count: number, ready: Ready) => number;

/**
 * A ready task is passed over at most this often. Without a limit, a task that looks again and again whether something
 * has happened (`while (!ready) yield* yieldNow()`) could keep all others from running. No engine does that, and it
 * would be reported as a program that never ends.
 */
export const PATIENCE = 100;

export class Director implements Instrument {
  readonly name = 'the director of a simulation';
  /** What was decided. */
  readonly choices: number[] = [];
  /** Among how many; 1 where there was nothing to decide. */
  readonly counts: number[] = [];
  private readonly decide: Decider;
  /** The last step was chosen against the engine's order; a timer was set by that many milliseconds too late. */
  switched = false;
  late = 0;
  private passedOver: Task | Handle | undefined = undefined;
  private times = 0;
  private isClosed = false;

  constructor(decide: Decider) {
    this.decide = decide;
  }

  chooseNext(ready: readonly (Task | Handle)[]): number {
    const first = ready[0];
    if (first !== this.passedOver) {
      this.passedOver = first;
      this.times = 0;
    }
    const choice = this.choose(this.times < PATIENCE ? ready.length : 1, ready);
    if (choice === 0) this.passedOver = undefined;
    else this.times++;
    this.switched = choice !== 0;
    return choice;
  }

  /** By how many milliseconds a timer is late, at most `most`. */
  lateness(most: number): number {
    return (this.late = this.choose(most + 1, undefined));
  }

  /** From now on everything goes in order, and nothing is kept. */
  close(): void {
    this.isClosed = true;
  }

  private choose(count: number, ready: Ready): number {
    if (this.isClosed) return 0;
    const choice = this.decide(count, ready);
    this.choices.push(choice);
    this.counts.push(count);
    return choice;
  }
}

/** All possibilities are equally likely. */
export function byChance(random: () => number): Decider {
  return (count) => Math.floor(random() * count);
}
