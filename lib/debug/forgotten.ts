// Debug mode: effects that were made and never yielded, and where tasks were spawned. Relies on notes, place.

import { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { PERFORM } from '../kernel/modes.ts';
import { show } from '../words/show.ts';
import { isInstance } from '../words/thrown.ts';
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
    // An answer belongs to the program, and may be large.
    if (task._mode === PERFORM || isInstance(task._inbox, Effect)) this.use(task._inbox);
  }

  private tell(one: Made): void {
    if (this.unused.delete(one)) this.notes.warn(`${one.text} was made and never yielded, ${one.place}`);
  }

  /**
   * An effect that was given to another effect, in its arguments, is that one's business; so is one that a task was
   * made of.
   */
  private use(value: unknown, depth = 0): void {
    if (isInstance(value, Effect)) this.unused.delete(this.notes.made.get(value) as Made);
    else if (depth < 3) for (const item of within(value)) this.use(item, depth + 1);
  }
}

/**
 * What is in an array or a plain object. No getter of the program's is called, and nothing is thrown: an argument may
 * be anything, a revoked proxy for instance.
 */
function within(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  try {
    if (Array.isArray(value)) return value;
    if (Object.getPrototypeOf(value) !== Object.prototype) return [];
    return Object.values(Object.getOwnPropertyDescriptors(value)).map((property) => property.value as unknown);
  } catch {
    return [];
  }
}
