// Debug mode: steps that hold up everything else. Relies on notes.

import type { Task } from '../kernel/task.ts';
import type { Instrument, Resumption } from '../instruments/instrument.ts';
import { below } from './notes.ts';
import type { Notes } from './notes.ts';

/** A step that takes longer than this many milliseconds keeps timers, sockets and all other tasks waiting. */
const SLOW = 50;

export class SlowSteps implements Instrument {
  readonly name = 'debug mode';
  private readonly notes: Notes;
  private start = 0;

  constructor(notes: Notes) {
    this.notes = notes;
  }

  stepBegins(_task: Task, _how: Resumption, _value: unknown): void {
    this.start = performance.now() - this.notes.taken;
  }

  /** The lines are those where it is suspended now: what took so long comes before the first of them. */
  stepEnds(task: Task): void {
    const took = performance.now() - this.notes.taken - this.start;
    if (took <= SLOW) return;
    const lines = below(this.notes.lines(task));
    this.notes.warn(
      `a step of #${task.id} ${task.name} took ${Math.round(took)} ms: nothing else could run meanwhile` +
        (lines && `. It has come as far as${lines}`),
    );
  }
}
