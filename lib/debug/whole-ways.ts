// Debug mode: errors tell their whole way. The stack that the language gives an error ends at the engine, which resumes
// every frame. So the frames around it are added, then each task that awaited the one that failed:
//
//     Error: no such page
//         at page (file:///app.js:12:11)            the language's own lines; those of the engine are left out
//         at section (file:///app.js:20:14)         the frame that called it
//         in task section, spawned by main at file:///app.js:31:5
//         awaited by main
//         at main (file:///app.js:35:3)
//         in task main
//
// The lines `in task` are the core's (words/task-path.ts). Relies on notes, place.

import { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import type { Instrument, Resumption } from '../instruments/instrument.ts';
import type { Notes } from './notes.ts';
import { engineFolder } from './place.ts';

/** A frame that was called, and the line that called it. */
interface Call {
  readonly name: string;
  readonly place: string | undefined;
}

/** As the core has it: a stack of this length gains no more lines. */
const LONGEST_STACK = 10_000;
/** A recursion may be a million frames deep. */
const MOST_FRAMES = 50;

export class WholeWays implements Instrument {
  readonly name = 'debug mode';
  private readonly notes: Notes;
  /** Of each task the calls that are going on, outermost first. */
  private readonly calls = new WeakMap<Task, Call[]>();
  /**
   * Of each task the frames that have ended since it last yielded something, innermost first. A task that fails first
   * waits until its children have cleaned up, and others run meanwhile: so each task has its own list.
   */
  private readonly ended = new WeakMap<Task, Call[]>();
  /** Errors that have crossed a task, and the tasks that were named with each. */
  private readonly crossed = new WeakMap<object, Set<Task>>();

  constructor(notes: Notes) {
    this.notes = notes;
  }

  stepBegins(task: Task, how: Resumption, value: unknown): void {
    if (how !== 'children') this.ended.delete(task);
    if (how === 'throw') this.awaited(value, task);
  }

  effectPerformed(task: Task): void {
    this.ended.delete(task);
  }

  frameCalled(task: Task, depth: number, yielded: unknown): void {
    const effect = yielded instanceof Effect ? yielded : undefined;
    // Nothing called the outermost frame: its effect was made by the code that spawned the task.
    const place = effect && depth > 1 ? this.notes.made.get(effect)?.place.replace(/^at /, '') : undefined;
    const call = { name: effect?.kind ?? '', place };
    const calls = this.calls.get(task);
    if (calls) calls.push(call);
    else this.calls.set(task, [call]);
  }

  frameEnded(task: Task): void {
    const call = this.calls.get(task)?.pop();
    if (call === undefined) return;
    const ended = this.ended.get(task);
    if (ended) ended.push(call);
    else this.ended.set(task, [call]);
  }

  /** A join, or whatever else was performed, throws into the task. */
  effectFailed(task: Task, _yielded: unknown, error: unknown): void {
    this.awaited(error, task);
  }

  taskOver(task: Task): void {
    if (task.state !== 'failed') return;
    const error = task._value;
    if (!isObject(error)) return;
    const tasks = this.crossed.get(error);
    if (tasks === undefined) {
      this.crossed.set(error, new Set([task]));
      change(error, (stack) => insertFrames(stack, this.ended.get(task) ?? []));
    }
    // A combinator of its owner waits for it.
    const owner = task.parent;
    if (owner && owner._place === (task._owner as unknown)) this.awaited(error, owner);
  }

  /** The error, which has crossed a task, is about to be thrown into this one, which is suspended still. */
  private awaited(error: unknown, task: Task): void {
    const tasks = isObject(error) ? this.crossed.get(error) : undefined;
    if (tasks === undefined || tasks.has(task)) return;
    tasks.add(task);
    const lines = [`awaited by ${task.name}`, ...this.notes.lines(task)];
    change(error as object, (stack) => stack + lines.map((line) => `\n    ${line}`).join(''));
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Changes the stack of an error, if it has one that may be changed. */
function change(error: object, change: (stack: string) => string): void {
  try {
    const failed = error as { stack?: unknown };
    const { stack } = failed;
    if (typeof stack === 'string' && stack.length < LONGEST_STACK) failed.stack = change(stack);
  } catch {
    // It cannot be looked at, or not be changed.
  }
}

/**
 * Puts the frames around the one that threw in the place of the engine's lines. Some of those that have ended may have
 * returned in peace before, and the error comes from a frame further out: then that one's name is on the stack.
 */
function insertFrames(stack: string, ended: readonly Call[]): string {
  const names = new Set([...stack.matchAll(/^ {4}at (?:\S*\.)?([\w$]+) \(/gm)].map(([, name]) => name));
  const first = ended.findIndex(({ name }) => names.has(name));
  const frames = ended.slice(Math.max(first, 0)).flatMap(({ place }, i, calls) => {
    const caller = calls[i + 1]?.name;
    return place === undefined ? [] : [caller ? `    at ${caller} (${place})` : `    at ${place}`];
  });
  if (frames.length > MOST_FRAMES)
    frames.splice(MOST_FRAMES, Infinity, `    ... ${frames.length - MOST_FRAMES} more frames`);
  const { lines, engineAt } = withoutEngine(stack.split('\n'));
  // The line `in task` is the last one, unless there is none, because the stack was too long.
  lines.splice(engineAt ?? lines.length - 1, 0, ...frames);
  return lines.join('\n');
}

/** Leaves out the engine's own lines, and those of the host around them, and tells where the first of them was. */
function withoutEngine(lines: readonly string[]): { readonly lines: string[]; readonly engineAt: number | undefined } {
  const folder = engineFolder();
  const isEngine = (line = '') => folder !== undefined && /^ +at /.test(line) && line.includes(folder);
  let engineAt: number | undefined;
  const kept: string[] = [];
  for (const [i, line] of lines.entries()) {
    // The step into the generator.
    const isStep = /^ +at \S+\.(next|throw|return) \(<anonymous>\)$/.test(line) && isEngine(lines[i + 1]);
    if (isEngine(line) || isStep) engineAt ??= kept.length;
    else if (engineAt === undefined || !/^ +at .*\bnode:internal\//.test(line)) kept.push(line);
  }
  return { lines: kept, engineAt };
}
