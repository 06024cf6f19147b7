// Debug mode: tasks that wait for each other in a circle, told in the moment in which it closes. A time limit or a
// cancellation may still break it, so it is a warning; what nothing can break becomes a DeadlockError when nothing else
// is left to do. Relies on notes, waits-for.

import type { Task } from '../kernel/task.ts';
import { show } from '../words/show.ts';
import type { Instrument } from '../instruments/instrument.ts';
import { below } from './notes.ts';
import type { Notes } from './notes.ts';
import { waitsFor } from './waits-for.ts';

/** A search gives up after this many tasks, because one is made whenever a task waits for another one. */
const MOST_TASKS = 1_000;

export class Circles implements Instrument {
  readonly name = 'debug mode';
  private readonly notes: Notes;
  /** The circles that were reported, by the ids of their tasks. */
  private readonly told = new Set<string>();

  constructor(notes: Notes) {
    this.notes = notes;
  }

  /** A circle is closed by the task that waits last. */
  taskSuspended(task: Task, on: unknown): void {
    const circle = circleFrom(task, on);
    if (circle === undefined) return;
    const ids = circle.map(({ id, loop }) => `${id} of ${loop === task.loop ? 'this loop' : 'another'}`).sort();
    const key = ids.join();
    if (this.told.has(key)) return;
    this.told.add(key);
    const names = [...circle, task].map(nameOf).join(' -> ');
    const lines = circle.map((one) => {
      const waited = one === task ? on : one.waitingOn;
      const what = Array.isArray(waited) ? 'its children' : show(waited);
      return `\n  ${nameOf(one)} waits on ${what}${below(this.notes.lines(one))}`;
    });
    this.notes.warn(
      `these tasks wait for each other: ${names}. Only a time limit or a cancellation breaks that${lines.join('')}`,
    );
  }
}

/** Follows what the task waits for from task to task, until it comes back to the first one. */
function circleFrom(task: Task, on: unknown): Task[] | undefined {
  const cameFrom = new Map<Task, Task>();
  const open: Task[] = [];
  const goOn = (from: Task, others: readonly Task[]): boolean => {
    for (const other of others) {
      if (cameFrom.has(other)) continue;
      cameFrom.set(other, from);
      if (other === task) return true;
      open.push(other);
    }
    return false;
  };
  let found = goOn(task, waitsFor(task, on));
  while (!found && open.length > 0 && cameFrom.size < MOST_TASKS) {
    const next = open.pop() as Task;
    found = goOn(next, waitsFor(next));
  }
  if (!found) return undefined;
  const circle: Task[] = [];
  for (let one = cameFrom.get(task) as Task; one !== task; one = cameFrom.get(one) as Task) circle.unshift(one);
  return [task, ...circle];
}

const nameOf = ({ id, name }: Task): string => `#${id} ${name}`;
