// The frames of a task that are suspended, with the line of each. Relies on the inspector and source maps.

import type { Task } from '../kernel/task.ts';
import { askInspector } from './inspector.ts';
import { placeOf, showPlace } from './source-map.ts';
import type { Location, ScriptParsed, Suspended } from './answers.ts';

/** A generator that is suspended. */
export interface FrameLine {
  /** The name of its function, or an empty text. */
  readonly name: string;
  /** `file:///app/page.ts:12:5` */
  readonly place: string;
}

/** The frames of a task that are looked at. */
export interface Stack {
  /** The generators, innermost first. */
  readonly generators: readonly unknown[];
  /** After how many of them frames are left out, and how many. */
  readonly gap: { readonly after: number; readonly count: number } | undefined;
}

/**
 * The generators of the task's frames. A deep stack is cut in its middle. This function and the next one are also sent
 * to another process as text, by `treadle ps`, so they use nothing from outside themselves.
 */
export function stackOf(task: Task<any>): Stack {
  const INNERMOST = 20;
  const OUTERMOST = 5;
  const first: unknown[] = [];
  let last: unknown[] = [];
  let count = 0;
  for (let frame = task._frame; frame; frame = frame._caller) {
    if (count++ < INNERMOST) first.push(frame._generator);
    else last.push(frame._generator);
    if (last.length > 2 * OUTERMOST) last = last.slice(-OUTERMOST);
  }
  last = last.slice(-OUTERMOST);
  const missing = count - first.length - last.length;
  return {
    generators: [...first, ...last],
    gap: missing > 0 ? { after: first.length, count: missing } : undefined,
  };
}

/**
 * The engine's own class of loops. A class of the program may extend it, and those of simulations and journals do,
 * which override the same method: so it is the last one that has it.
 */
export function engineClassOf(loop: object): unknown {
  let found: unknown;
  for (let made: object | null = loop; made; made = Object.getPrototypeOf(made) as object | null)
    if (Object.hasOwn(made, '_scheduleAt')) found = made.constructor;
  return found;
}

/** Makes frames of what the inspector said. Those of the engine itself, such as that of `all`, are `undefined`. */
export function readFrames(
  suspended: readonly (Suspended | undefined)[],
  engineClasses: readonly (Location | undefined)[],
  scripts: ReadonlyMap<string, ScriptParsed>,
): (FrameLine | undefined)[] {
  const folders = engineClasses.flatMap((location) => engineFolder(placeOf(location, scripts)?.url ?? '') ?? []);
  return suspended.map((one) => {
    const place = one && placeOf(one.location, scripts);
    if (!place || folders.some((folder) => place.url.startsWith(folder))) return undefined;
    return { name: one.name, place: showPlace(place) };
  });
}

/**
 * The folder of the engine, known by the file of its loop: `lib/` or `dist/`, or `dist/node/` where its map is missing.
 * In a bundle of the program's own without a map nothing tells the engine's frames from the others.
 */
function engineFolder(url: string): string | undefined {
  return /^(.*\/)(?:loop\/loop\.[jt]s|shared-\w+\.js)$/.exec(url)?.[1];
}

/** The lines of these tasks, which belong to loops of this process. Of none, where there is no inspector. */
export function linesOf(tasks: readonly Task<any>[]): FrameLine[][] {
  const stacks = tasks.map((task) => stackOf(task).generators);
  const loops = [...new Set(tasks.map((task) => task.loop))];
  const answers = askInspector(stacks.flat(), loops.map(engineClassOf));
  if (answers === undefined) return tasks.map(() => []);
  const frames = readFrames(answers.generators, answers.functions, answers.scripts);
  let next = 0;
  return stacks.map((stack) => frames.slice(next, (next += stack.length)).filter((frame) => frame !== undefined));
}

/** As in a stack: `at page (file:///app/page.ts:12:5)`. */
export function showFrame({ name, place }: FrameLine): string {
  return name ? `at ${name} (${place})` : `at ${place}`;
}
