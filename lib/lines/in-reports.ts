// Deadlock reports with the lines where the tasks are suspended. A slot of the core (host/deadlock.ts) is filled for
// them. The lines are asked for when a report is written, and not before. Relies on frames.

import { reporting } from '../host/deadlock.ts';
import { linesOf, showFrame } from './frames.ts';

/** Of more tasks than these a report has no lines: nobody reads them, and each takes 0.1 ms. */
const MOST_TASKS = 1_000;

/** From now on deadlock reports have lines. */
export function giveReportsLines(): void {
  reporting.linesOf = (tasks) =>
    linesOf(tasks.slice(0, MOST_TASKS)).map((frames) => frames.map((frame) => `\n      ${showFrame(frame)}`).join(''));
}
