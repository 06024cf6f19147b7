// Strategies: which schedules an exploration tries, and in which order. Relies on the director.

import { seeded } from '../time/seeded.ts';
import { byChance } from './director.ts';
import type { Decider, Director } from './director.ts';
import { Exhaustive } from './exhaustive.ts';
import { Pct } from './pct.ts';

/**
 * How `explore` chooses the next task. `random`: any that is ready, by chance. `pct`: by priorities that change a few
 * times in a run, which finds rare orders sooner. `exhaustive`: all orders, one after the other.
 */
export type StrategyName = 'random' | 'pct' | 'exhaustive';

/** Gives a decider for each run, and learns from it. */
export interface Strategy {
  /** The next run; `undefined` when there is nothing left to try. */
  next(seed: number): Decider | undefined;
  /** That run is over, and nothing was wrong with it. */
  learn(director: Director): void;
  /** Have all schedules been tried? */
  readonly isComplete: boolean;
}

/** `runs`: how many there will be at most. `depth`: of `pct`. */
export function makeStrategy(name: StrategyName, runs: number, depth: number): Strategy {
  if (name === 'exhaustive') return new Exhaustive(runs);
  return name === 'pct' ? new Pct(depth) : new Random();
}

/** The seed of a run. The first one is that of the exploration. */
export function seedOf(seed: number, run: number): number {
  return run === 0 ? seed : (seed + Math.imul(run, 0x9e3779b1)) >>> 0;
}

/** Every choice is drawn: all possibilities are equally likely. */
class Random implements Strategy {
  isComplete = false;

  next(seed: number): Decider | undefined {
    return this.isComplete ? undefined : byChance(seeded(seed));
  }

  /** A program without a choice has one schedule only. */
  learn(director: Director): void {
    this.isComplete = director.counts.every((count) => count === 1);
  }
}
