// Debug mode: effects that were made and never yielded, and where tasks were spawned. Relies on notes, place.

import { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { show } from '../words/show.ts';
import type { Cause, Instrument } from '../instruments/instrument.ts';
import type { Made, Notes } from './notes.ts';
import { place } from './place.ts';

export class Forgotten implements Instrument {
  readonly name = 'debug mode';
  private readonly notes: Notes;
  /** Those that nobody has used yet. */
  private readonly unused = new Set<Made>();
  private readonly collected = new FinalizationRegistry((one: Made) => this.tell(one));

  constructor(notes: Notes) {
    this.notes = notes;
  }

  effectMade(effect: Effect<unknown>): void {
    this.use(effect.payload);
    if (this.notes.performing !== undefined) return;
    const start = performance.now();
    const line = place();
    if (line !== undefined) {
      const one = { text: show(effect), place: line };
      this.notes.made.set(effect, one);
      this.unused.add(one);
      this.collected.register(effect, one);
    }
    this.notes.taken += performance.now() - start;
  }

  effectPerformed(_task: Task, yielded: unknown): void {
    this.use(yielded);
    this.notes.performing = yielded;
  }

  taskSuspended(): void {
    this.notes.performing = undefined;
  }

  effectAnswered(): void {
    this.notes.performing = undefined;
  }

  effectFailed(): void {
    this.notes.performing = undefined;
  }

  frameCalled(): void {
    this.notes.performing = undefined;
  }

  /** What is left was never yielded. */
  loopEnds(): void {
    for (const one of this.unused) this.tell(one);
  }

  taskSpawned(task: Task, by: Cause): void {
    this.use(task._inbox);
    const spawn = by !== undefined && this.notes.made.get(this.notes.performing as Effect<unknown>);
    if (spawn) (task as { _spawnedAt?: string })._spawnedAt = ` ${spawn.place}`; // see words/task-path.ts
  }

  taskWoken(task: Task): void {
    this.use(task._inbox);
  }

  private tell(one: Made): void {
    if (this.unused.delete(one)) this.notes.warn(`${one.text} was made and never yielded, ${one.place}`);
  }

  /**
   * An effect that was given to another effect, in its arguments, is that one's business; so is one that a task was
   * made of.
   */
  private use(value: unknown, depth = 0): void {
    if (value instanceof Effect) this.unused.delete(this.notes.made.get(value) as Made);
    else if (
      depth < 3 &&
      typeof value === 'object' &&
      value !== null &&
      (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)
    ) {
      for (const item of Object.values(value)) this.use(item, depth + 1);
    }
  }
}
