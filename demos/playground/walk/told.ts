// What the sentences of both languages need to know of an event: how its task is called, which frame it is about, and
// whether the engine or a clean-up yields. Relies on nothing but types.

import type { Activation, LogEvent, PlaceId, TaskId } from './log.ts';
import type { Frame, State, TaskState } from './state.ts';

/** One sentence for each kind of event. */
export type ByKind = {
  readonly [Kind in LogEvent['kind']]: (event: Extract<LogEvent, { kind: Kind }>, told: Told) => string;
};

/** What was yielded, as far as a sentence says it. */
export interface Yielded {
  readonly task: TaskId;
  readonly text: string;
  readonly line?: number;
  readonly inside?: readonly Activation[];
  readonly again?: true;
}

const MOST = 90;

export class Told {
  readonly before: State;
  readonly after: State;

  constructor(before: State, after: State) {
    this.before = before;
    this.after = after;
  }

  name(id: TaskId): string {
    return this.after.tasks.get(id)?.label ?? `#${id}`;
  }

  names(ids: readonly TaskId[]): string[] {
    return ids.slice(0, 5).map((id) => this.name(id));
  }

  place(id: PlaceId): string {
    return this.after.places.get(id)?.name ?? '';
  }

  task(id: TaskId): TaskState | undefined {
    return this.before.tasks.get(id);
  }

  /** The frame at this depth, before the event. */
  frame(id: TaskId, depth: number): Frame | undefined {
    return this.task(id)?.frames[depth - 1];
  }

  isClosing(id: TaskId): boolean {
    return this.task(id)?.closing === true;
  }

  /** Whose `finally` yields, if the task has several frames. */
  closingFrame(id: TaskId): string | undefined {
    const frames = this.task(id)?.frames ?? [];
    return frames.length > 1 ? frames.at(-1)?.name || undefined : undefined;
  }

  /** Is it the work that the task was given? Nobody has yielded that. */
  isWork(id: TaskId): boolean {
    return this.task(id)?.frames.length === 0;
  }
}

/** A text within a sentence. */
export function short(text: string): string {
  const line = text.slice(0, MOST + 1).replace(/\n+/g, ' ');
  return text.length > MOST ? `${line.slice(0, MOST - 3)}...` : line;
}
