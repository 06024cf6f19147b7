// What happened in a run, step by step: which task ran, what it was resumed with, what it yielded, and how that was
// answered. As data, from which tables and pages are drawn (table.ts), and as a number, by which two runs are compared.
// Relies on words.

import type { Instrument, Resumption } from '../instruments/instrument.ts';
import { Effect } from '../kernel/effect.ts';
import { isGenerator } from '../kernel/frame.ts';
import type { Handle } from '../kernel/handle.ts';
import { Outcome } from '../kernel/outcome.ts';
import type { Task } from '../kernel/task.ts';
import type { Loop } from '../loop/loop.ts';
import { show } from '../words/messages.ts';
import type { Director } from './director.ts';

/** One thing that a task did within a step. */
export interface Action {
  /** What it yielded, as text: `sleep(100)`. */
  readonly yielded: string;
  /** How that was answered within the step, as text. `undefined` when the task has to wait, or called a coroutine. */
  readonly answer?: string;
  /** The error that it threw, as text. */
  readonly error?: string;
  /** The task waits for it. */
  readonly waits?: true;
  /** By how many milliseconds its timer will be late. */
  readonly late?: number;
}

/** One step of one task, or of a callback. */
export interface Step {
  /** Counted from 1. */
  readonly step: number;
  /** The time of the simulation, in milliseconds. */
  readonly time: number;
  /** The task; for a callback: `undefined`. */
  readonly task: { readonly id: number; readonly name: string } | undefined;
  /** How the task was resumed; `callback` for a callback. */
  readonly how: Resumption | 'callback';
  /** What it was resumed with, as text: the answer to what it waited for, or the error. */
  readonly value?: string;
  readonly actions: readonly Action[];
  /** How the task ended in this step: `returned 5`, `failed: Error: no`, `cancelled`. */
  readonly end?: string;
  /** Of the tasks that were ready, not the one ran that the engine would have taken. */
  readonly switched: boolean;
}

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };
/** A step that is not over. */
type Open = Writable<Omit<Step, 'actions'>> & { readonly actions: Writable<Action>[] };

export class Recorder implements Instrument {
  readonly name = 'the recorder of a simulation';
  readonly steps: Step[] = [];
  /** After each step: a number that stands for all that has happened so far, but for values. */
  readonly prints: number[] = [];
  private print = 0;
  private isClosed = false;
  private current: Open | undefined = undefined;
  private readonly director: Director;
  private loop: Loop | undefined = undefined;

  constructor(director: Director) {
    this.director = director;
  }

  attached(loop: Loop): void {
    this.loop = loop;
  }

  stepBegins(task: Task, how: Resumption, value: unknown): void {
    const { id, name } = task;
    const isShown = how === 'throw' || (how === 'next' && value !== undefined);
    this.begin({ id, name }, how, isShown ? show(value) : undefined);
    this.add(`${id} ${name} ${how}`);
  }

  stepEnds(): void {
    this.end();
  }

  callbackBegins(callback: Handle): void {
    this.begin(undefined, 'callback', undefined);
    const name = callback._callback?.name ?? '';
    if (name && this.current) this.current.value = name;
    this.add('callback');
  }

  callbackEnds(): void {
    this.end();
  }

  effectPerformed(_task: Task, yielded: unknown): void {
    this.current?.actions.push({ yielded: textOf(yielded) });
    this.add(kindOf(yielded));
  }

  effectAnswered(_task: Task, yielded: unknown, answer: unknown): void {
    if (isInner(yielded)) return void this.current?.actions.pop();
    const action = this.current?.actions.at(-1);
    if (action) action.answer = show(answer);
  }

  effectFailed(_task: Task, _yielded: unknown, error: unknown): void {
    const action = this.current?.actions.at(-1);
    if (action) action.error = show(error);
  }

  taskSuspended(_task: Task, on: unknown): void {
    if (isInner(on)) this.current?.actions.pop();
    const action = this.current?.actions.at(-1);
    if (action && !Array.isArray(on)) {
      action.waits = true;
      if (this.director.late > 0) action.late = this.director.late;
      this.director.late = 0;
    } else this.current?.actions.push({ yielded: 'its children', waits: true });
  }

  taskOver(task: Task): void {
    const { state, _value: value } = task;
    this.add(`${task.id} ${state}`);
    if (this.current?.task?.id !== task.id) return;
    this.current.end =
      state === 'failed' ? `failed: ${show(value)}`
      : state === 'cancelled' ? 'cancelled'
      : value === undefined ? 'returned'
      : `returned ${show(value)}`;
  }

  /** What happens from now on is not written down. */
  close(): void {
    this.isClosed = true;
  }

  private begin(task: Open['task'], how: Step['how'], value: string | undefined): void {
    if (this.isClosed) return;
    const step = this.steps.length + 1;
    const { switched } = this.director;
    this.director.switched = false; // until the next choice
    this.director.late = 0;
    this.current = { step, time: this.loop?.now() ?? 0, task, how, actions: [], switched };
    if (value !== undefined) this.current.value = value;
  }

  private end(): void {
    if (this.current === undefined) return;
    this.steps.push(this.current);
    this.prints.push(this.print);
    this.current = undefined;
  }

  private add(text: string): void {
    this.print = mix(this.print, text);
  }
}

/** A number of 32 bits for a text that follows on others (FNV-1a). */
export function mix(print: number, text: string): number {
  for (let index = 0; index < text.length; index++) print = Math.imul(print ^ text.charCodeAt(index), 0x01000193);
  return Math.imul(print ^ 0x9e3779b9, 0x01000193);
}

/** The wait for children within a combinator: nobody has written it, the combinator waits. */
function isInner(yielded: unknown): boolean {
  return yielded instanceof Effect && yielded.kind === 'children';
}

function textOf(yielded: unknown): string {
  if (yielded instanceof Outcome) return `join(${show(yielded)})`;
  return show(yielded);
}

/** What remains the same from one machine to the next: no values. */
function kindOf(yielded: unknown): string {
  if (yielded instanceof Effect) return yielded.kind;
  if (yielded instanceof Outcome) return 'join';
  return isGenerator(yielded) ? 'call' : 'other';
}
