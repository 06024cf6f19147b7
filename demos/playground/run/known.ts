// What a recorder knows of a task: its frames, what it waits on, its children. Relies on show.

import type { Task } from 'treadle';
import { showCall, UNNAMED } from './show.ts';
import type { Activation, Begins, Calls, Spawned, TaskId, Waits } from '../walk/log.ts';

/** An event that may still be completed: more is known of it later. */
export type Open<E> = { -readonly [Field in keyof E]: E[Field] };

export interface KnownFrame {
  readonly event: Open<Calls>;
  /** One of the program's generators runs in it. */
  isProgram: boolean;
}

export class Known {
  readonly task: Task;
  readonly id: TaskId;
  readonly spawned: Open<Spawned>;
  readonly owner: Known | undefined;
  /** How many frames its owner had when it was spawned: so it belongs to that frame of it. */
  readonly depth: number;
  /** The outermost one first. */
  readonly frames: KnownFrame[] = [];
  readonly children: Known[] = [];
  /** What it waits on now, and the place that this is. */
  waits: Open<Waits> | undefined = undefined;
  object: object | undefined = undefined;
  /** Its wait was ended by a cancellation: a frame is being closed. */
  isInterrupted = false;
  /** It has put itself back into the ready queue in the step that runs. */
  wokeItself = false;
  /** Its last mark. */
  mark: readonly Activation[] | undefined = undefined;
  isOver = false;
  /** It is about to perform once more what it has performed before: a join whose task is over, or what was put off. */
  private performsAgain = false;

  constructor(task: Task, spawned: Open<Spawned>, owner: Known | undefined) {
    this.task = task;
    this.id = task.id;
    this.spawned = spawned;
    this.owner = owner;
    this.depth = owner?.frames.length ?? 0;
    owner?.children.push(this);
  }

  /** A step begins. */
  begins(how: Begins['how']): void {
    this.wokeItself = this.isInterrupted = false;
    this.performsAgain = how === 'perform';
  }

  /** The mark of what is performed once more. It was taken when that was yielded. */
  markAgain(): readonly Activation[] | undefined {
    const { performsAgain, mark } = this;
    this.performsAgain = false;
    return performsAgain ? mark : undefined;
  }

  /** One of the program's generators begins: in its innermost frame, unless another one has begun in that. */
  enters(name: string, given: ArrayLike<unknown>): void {
    const frame = this.frames.at(-1);
    if (frame === undefined || frame.isProgram) return;
    frame.isProgram = true;
    const { event } = frame;
    delete event.engine;
    // Neither a plain generator has a name for treadle, nor has what `coroutine(function* () {...})` gives.
    const isUnnamed = event.name === '' || event.name === 'coroutine';
    if (isUnnamed) event.name = name;
    if (isUnnamed && (event.text === UNNAMED || !event.text.startsWith('call(')))
      event.text = showCall(name || UNNAMED, given);
    if (this.frames.length > 1) return;
    const { spawned } = this;
    if (isUnnamed || spawned.text === '') spawned.text = event.text;
    // treadle calls it by its number. Its generator has a better name, which the log takes.
    if (name !== '' && [`task-${this.id}`, 'coroutine'].includes(spawned.name)) spawned.name = name;
  }

  /** The tasks that its innermost frame waits for: those of a combinator. */
  childrenOfFrame(): TaskId[] {
    const depth = this.frames.length;
    return this.children.filter((child) => !child.isOver && child.depth >= depth).map(({ id }) => id);
  }
}

/** Tasks each of which waits for the next one, and the last one for the first: empty if there is no such circle. */
export function circleOf(tasks: readonly Known[], holderOf: (known: Known) => TaskId | undefined): TaskId[] {
  const byId = new Map(tasks.map((known) => [known.id, known]));
  const next = (known: Known): Known[] => {
    const holder = holderOf(known);
    const ids = holder === undefined ? (known.waits?.tasks ?? []) : [holder];
    return ids.flatMap((id) => byId.get(id) ?? []);
  };
  const done = new Set<Known>();
  for (const start of tasks) {
    // The way from `start` to where we are, and behind each its other neighbours, which are still to be tried.
    const way: Known[] = [];
    const untried: Known[][] = [[start]];
    while (untried.length > 0) {
      const known = (untried.at(-1) as Known[]).pop();
      if (known === undefined) {
        untried.pop();
        const left = way.pop();
        if (left) done.add(left);
      } else if (way.includes(known)) return way.slice(way.indexOf(known)).map(({ id }) => id);
      else if (!done.has(known)) {
        way.push(known);
        untried.push(next(known));
      }
    }
  }
  return [];
}
