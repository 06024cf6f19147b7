// dump: the tree of live tasks, with the line where each frame is suspended. Relies on survey, the lines of frames and
// its text.

import { waitsFor } from '../debug/waits-for.ts';
import { runningLoops } from '../host/loops.ts';
import { Task } from '../kernel/task.ts';
import { askInspector } from '../lines/inspector.ts';
import { engineClassOf, readFrames, stackOf } from '../lines/frames.ts';
import type { FrameLine } from '../lines/frames.ts';
import { Loop } from '../loop/loop.ts';
import { mustBe } from '../words/messages.ts';
import { circlesAmong } from './circles.ts';
import { dumpText } from './dump-text.ts';
import type { DumpTextOptions } from './dump-text.ts';
import { survey } from './survey.ts';
import type { Facts, LoopFacts, TaskFacts } from './survey.ts';

/** A frame of a task, or the number of frames that were left out of a deep stack. */
export type DumpFrame = FrameLine | { readonly leftOut: number };

/** A task, and where it is suspended. */
export interface DumpTask extends TaskFacts {
  /** Innermost first. Empty while it runs, where there is no inspector, and when all its frames are over. */
  readonly frames: readonly DumpFrame[];
  /** It waits for itself, by way of others. */
  readonly inCircle: boolean;
}

/** What was going on when `dump` was called. `String(dump)` tells it as text. */
export interface Dump {
  readonly loops: readonly LoopFacts[];
  /** Each task before its children; `depth` says how deep it stands in the tree. */
  readonly tasks: readonly DumpTask[];
  /** Tasks that wait for each other in a circle: each waits for the next one, and the last for the first. */
  readonly circles: readonly (readonly DumpTask[])[];
  /** False where there is no inspector: then no frame has a line. */
  readonly hasLines: boolean;
  /** As text, in lines of at most 80 columns. */
  toString(options?: DumpTextOptions): string;
}

/** The options of `dump`: how many tasks are described. */
export interface DumpOptions {
  /** How many tasks are described at most, 1,000 by default; the others are counted. */
  readonly limit?: number | undefined;
}

const MOST_TASKS = 1_000;

/**
 * What is going on: the tree of live tasks of all running loops, of one loop, or of one task and its children. Each has
 * its name, its state, what it waits on and since when (as far as that is known), its owner, the holder of what it
 * wants, and the source line where each of its frames is suspended. Nothing has to be prepared for it, and nothing is
 * paid before it is called. Lines need Node 20.16 or later; elsewhere, as in browsers, it is the same tree without
 * them.
 *
 * Throws a `TypeError` if the argument is neither a loop nor a task, and a `RangeError` for a limit below 1.
 *
 * @example
 * console.log(String(dump()));
 */
export function dump(target?: Loop | Task<any>, { limit = MOST_TASKS }: DumpOptions = {}): Dump {
  if (!(limit >= 1)) throw new RangeError(mustBe('the option limit', 'a number of tasks, 1 or more', limit));
  const surveyed = survey(
    loopsOf(target),
    target instanceof Task ? target : undefined,
    limit,
    waitsFor,
    stackOf,
    engineClassOf,
  );
  const { facts, stacks, engineClasses } = surveyed;
  const answers = askInspector(
    stacks.flatMap((stack) => stack.generators),
    engineClasses,
  );
  const frames = answers && readFrames(answers.generators, answers.functions, answers.scripts);
  return makeDump(facts, stacks, frames);
}

/** Puts the two halves together: the facts, and the lines of all generators of all stacks. */
export function makeDump(
  { loops, tasks: facts }: Facts,
  stacks: readonly {
    readonly generators: readonly unknown[];
    readonly gap: { after: number; count: number } | undefined;
  }[],
  lines: readonly (FrameLine | undefined)[] | undefined,
): Dump {
  const circles = circlesAmong(facts);
  const inCircle = new Set(circles.flat());
  let next = 0;
  const made = new Map<TaskFacts, DumpTask>();
  for (const [i, task] of facts.entries()) {
    const { generators, gap } = stacks[i] as (typeof stacks)[number];
    const frames: (DumpFrame | undefined)[] = lines?.slice(next, (next += generators.length)) ?? [];
    if (gap && lines) frames.splice(gap.after, 0, { leftOut: gap.count });
    made.set(task, {
      ...task,
      frames: frames.filter((frame) => frame !== undefined),
      inCircle: inCircle.has(task),
    });
  }
  const dump: Dump = {
    loops,
    tasks: [...made.values()],
    circles: circles.map((circle) => circle.map((task) => made.get(task) as DumpTask)),
    hasLines: lines !== undefined,
    toString: (options) => dumpText(dump, options),
  };
  return dump;
}

function loopsOf(target: Loop | Task<any> | undefined): Loop[] {
  if (target === undefined) return [...runningLoops];
  if (target instanceof Loop) return [target];
  if (target instanceof Task) return [target.loop];
  throw new TypeError(mustBe('dump', 'a loop or a task', target));
}
