// A journal that is being read: the next line, and what it says. The lines are read in their order, none is left out.
// Relies on format, moments and outside.

import type { Task } from '../../kernel/task.ts';
import { isDelivery } from './format.ts';
import type { Line } from './format.ts';
import { JournalError } from './journal-error.ts';
import { pathOf } from './moments.ts';
import { kindOf, textOf } from './outside.ts';

export class Reader {
  private readonly lines: readonly Line[];
  /** The index of the next line. */
  private at = 0;
  /** The steps at which something was asked for, each with the side that answered it later. */
  private readonly answered = new Map<number, 'the program' | 'the world outside'>();

  constructor(lines: readonly Line[]) {
    this.lines = lines;
    for (const { inside, of, kind } of lines)
      if (of !== undefined && kind !== 'event') this.answered.set(of, inside ? 'the program' : 'the world outside');
  }

  /** The next line. */
  get next(): Line | undefined {
    return this.lines[this.at];
  }

  /** It was done. */
  pass(): void {
    this.at++;
  }

  /** Does something come from outside at this moment? In the middle of a step, or between two. */
  isDue(step: number, within: boolean): boolean {
    const line = this.next;
    return line?.step === step && isDelivery(line) && (line.within === true) === within;
  }

  /**
   * Is what is asked for at this step the program's own business, so that it must be performed as ever? It is when the
   * program itself answered it. When nobody did, that cannot be known: to listen harms nobody, and what a `suspend`
   * starts might.
   */
  isOwn(step: number, kind: string): boolean {
    const by = this.answered.get(step);
    return by === 'the program' || (by === undefined && kind === 'once' && this.isOpen(step));
  }

  /** It was not answered at once. */
  private isOpen(step: number): boolean {
    const line = this.lines[this.askedAt(step)];
    return line !== undefined && !('answer' in line) && !('error' in line);
  }

  /** Does the task ask for this at this step? */
  isAsked(step: number, task: Task, yielded: unknown): boolean {
    const line = this.lines[this.askedAt(step)]; // most effects are asked of nobody outside
    if (line === undefined || line.kind !== kindOf(yielded)) return false;
    return line.ask === textOf(yielded) && line.task === pathOf(task);
  }

  /** The line in which something is asked for at this step; it and the times before it are done. */
  takeAsk(step: number): Line {
    const at = this.askedAt(step);
    this.at = at + 1;
    return this.lines[at] as Line;
  }

  /** Its index. Times and chance that the effect itself asked for stand before it: it is not performed again. */
  private askedAt(step: number): number {
    let at = this.at;
    for (let line = this.next; line?.step === step; line = this.lines[++at]) {
      if (line.ask !== undefined) return at;
      if (line.kind !== 'now' && line.kind !== 'random') break;
    }
    return -1;
  }

  /** What the journal has at this place, as the end of a sentence. */
  told(line = this.next): string {
    if (line === undefined) return 'and the journal has no more lines';
    const what =
      line.ask !== undefined ? `asks for ${line.ask}`
      : line.kind === 'end' ? `the program is over, ${line.state}`
      : line.of !== undefined ? `is answered what it asked for at step ${line.of}`
      : line.kind;
    return `and the journal has at step ${line.step}: ${line.task === undefined ? '' : `${line.task} `}${what}`;
  }

  /** An error that names the place: the next line, unless another one is meant, and the program's step and task. */
  unfit(problem: string, step: number, running: Task | undefined, line = this.next): JournalError {
    const number = line ? line.n + 1 : this.lines.length + 2;
    const task = running ? pathOf(running) : line?.task;
    const where = `at step ${step}${task === undefined ? '' : `, task ${task}`} (line ${number})`;
    return new JournalError(`the program does not fit its journal ${where}: ${problem}`, { line: number, step, task });
  }
}
