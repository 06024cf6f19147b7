// What the parts of debug mode share, for one loop: where warnings go, which effects were made where, what is being
// performed, and the time that debug mode itself has taken. Relies on the lines of frames.

import type { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { linesOf, showFrame } from '../lines/frames.ts';
import type { Debug } from '../loop/watching.ts';

/** An effect that a task of the loop has made. It is not kept alive by that. */
export interface Made {
  readonly text: string;
  /** `at file:///app.js:5:10` */
  readonly place: string;
}

/** The first tasks always get their line. Finding the others' lines may take this share of the program's time. */
const ALWAYS = 20;
const SHARE = 0.1;

export class Notes {
  readonly warn: (warning: string) => void;
  readonly made = new WeakMap<Effect<unknown>, Made>();
  /** What the task that runs has yielded, while it is performed. What is made meanwhile is made by the engine. */
  performing: unknown = undefined;
  /** Milliseconds taken for stacks, source maps and lines: they are not to be blamed on a step. */
  taken = 0;
  private asked = 0;
  private takenForLines = 0;
  private readonly start = performance.now();

  constructor(debug: Debug) {
    this.warn = typeof debug === 'function' ? debug : (warning) => console.warn(`treadle: ${warning}`);
  }

  /** Does something that is not to be blamed on the step. */
  apart<T>(work: () => T): T {
    const start = performance.now();
    try {
      return work();
    } finally {
      this.taken += performance.now() - start;
    }
  }

  /**
   * The lines where the task is suspended, `at page (file:///app.js:5:10)`, innermost first. None where there is no
   * inspector, and none when they have taken too much time already: a program that fails a thousand times a second must
   * still run.
   */
  lines(task: Task): string[] {
    const start = performance.now();
    if (this.asked++ >= ALWAYS && this.takenForLines > SHARE * (start - this.start)) return [];
    const lines = this.apart(() => linesOf([task])[0]?.map(showFrame) ?? []);
    this.takenForLines += performance.now() - start;
    return lines;
  }
}

/** Lines below a warning. */
export function below(lines: readonly string[]): string {
  return lines.map((line) => `\n      ${line}`).join('');
}
