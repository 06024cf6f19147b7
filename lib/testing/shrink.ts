// Shrinking: from a schedule that fails to one that still fails and has as few switches as it takes. A choice that can
// be what the engine does by itself says nothing. What is left are the switches that matter. Relies on execute.

import type { Decider, Director } from './director.ts';
import { Exhaustive } from './exhaustive.ts';

export interface Tried {
  readonly director: Director;
  readonly steps: number;
  /** True when it fails in the same way as the schedule that is shrunk. */
  readonly fails: boolean;
}

export type Try = (decide: Decider) => Tried;

/**
 * Shrinking ends after this many runs, or after this much work: 60 million units take about ten seconds. Work is
 * counted and not timed, so that the same failure is always shrunk to the same schedule.
 */
const MOST_RUNS = 1_500;
const MOST_WORK = 60_000_000;

/** Makes these choices, and behind them what the engine does. One that is not there is 0. */
export function byList(choices: readonly number[]): Decider {
  let at = 0;
  return (count) => {
    const choice = choices[at++] ?? 0;
    return choice < count ? choice : 0;
  };
}

/** `tryOut` runs the program with what a decider decides. `isFewest`: no schedule with fewer switches fails. */
export function shrink(choices: readonly number[], tryOut: Try, isFewest = false): readonly number[] {
  let best = trimmed(choices);
  let runs = 0;
  let work = 0;
  const isSpent = () => runs >= MOST_RUNS || work >= MOST_WORK;
  /** Keeps what still fails, if it is simpler. */
  const keepsMade = (decide: Decider): Tried => {
    runs++;
    const tried = tryOut(decide);
    work += workOf(tried);
    const made = trimmed(tried.director.choices);
    if (tried.fails && isSimpler(made, best)) best = made;
    return tried;
  };
  const keeps = (candidate: readonly number[]): boolean => {
    if (isSpent()) return false;
    const before = best;
    keepsMade(byList(candidate));
    return best !== before;
  };
  const simplify = () => {
    for (let start: readonly number[] | undefined; start !== best && !isSpent();) {
      start = best;
      cutEnd(() => best, keeps);
      dropSwitches(() => best, keeps);
      smallerChoices(() => best, keeps);
    }
  };
  keeps([]); // what always fails
  simplify();
  if (isFewest) return best;
  // No switch can be left out, but others may be fewer. So all schedules that have fewer are tried, within the limits
  // above.
  const all = new Exhaustive(MOST_RUNS);
  for (let decide = all.next(); decide && all.switches < switchesOf(best).length && !isSpent(); decide = all.next()) {
    const tried = keepsMade(decide);
    if (!tried.fails) all.learn(tried.director);
  }
  simplify();
  return best;
}

type Best = () => readonly number[];
type Keeps = (candidate: readonly number[]) => boolean;

/** The second half of the switches, the last quarter, and so on. */
function cutEnd(best: Best, keeps: Keeps): void {
  for (let size = Math.ceil(switchesOf(best()).length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (;;) {
      const switches = switchesOf(best());
      const first = switches[switches.length - size];
      if (first === undefined || !keeps(best().slice(0, first))) break;
    }
  }
}

/** Groups of switches, then smaller groups, at last each one: not made, or not there with what stands beside it. */
function dropSwitches(best: Best, keeps: Keeps): void {
  for (let size = Math.ceil(switchesOf(best()).length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < switchesOf(best()).length;) {
      const group = new Set(switchesOf(best()).slice(from, from + size));
      const unmade = best().map((choice, at) => (group.has(at) ? 0 : choice));
      // Without that place, those behind it keep their meaning when the switch had made one step more.
      const removed = best().filter((_, at) => !group.has(at));
      if (!keeps(unmade) && !keeps(removed)) from += size;
    }
  }
}

/** The second ready task instead of the fifth; one millisecond late instead of three. */
function smallerChoices(best: Best, keeps: Keeps): void {
  for (let index = 0; index < switchesOf(best()).length; index++) {
    const at = switchesOf(best())[index] as number;
    const choice = best()[at] as number;
    for (let smaller = 1; smaller < choice && smaller < 5; smaller++)
      if (keeps(best().map((other, place) => (place === at ? smaller : other)))) break;
  }
}

/** A step takes as long as a look at six ready tasks, and every choice looks at all that are ready. */
function workOf({ steps, director }: Tried): number {
  return director.counts.reduce((sum, count) => sum + count, 6 * steps);
}

/** The places of the choices that differ from what the engine does by itself. */
export function switchesOf(choices: readonly number[]): number[] {
  return choices.flatMap((choice, at) => (choice === 0 ? [] : [at]));
}

function isSimpler(one: readonly number[], other: readonly number[]): boolean {
  const [a, b] = [switchesOf(one), switchesOf(other)];
  if (a.length !== b.length) return a.length < b.length;
  if (one.length !== other.length) return one.length < other.length;
  const sum = (choices: readonly number[]) => choices.reduce((total, choice) => total + choice, 0);
  return sum(one) < sum(other);
}

/** Without the zeros at the end, which mean nothing. */
function trimmed(choices: readonly number[]): readonly number[] {
  let end = choices.length;
  while (end > 0 && choices[end - 1] === 0) end--;
  return choices.slice(0, end);
}
