// Debug mode, as an instrument. Relies on the kernel, instruments and place.

import { Effect } from '../kernel/effect.ts';
import { Task } from '../kernel/task.ts';
import { show } from '../words/show.ts';
import type { Cause, Instrument, Resumption } from '../instruments/instrument.ts';
import type { Debug } from '../loop/watching.ts';
import { place } from './place.ts';

/** A step that lasts so many milliseconds keeps timers, sockets and all other tasks waiting. */
const SLOW = 100;

/** An effect that a task of these loops has made. It is not kept alive by that. */
interface Made {
  readonly text: string;
  readonly place: string;
}

export class DebugMode implements Instrument {
  readonly name = 'debug mode';
  private readonly warn: (warning: string) => void;
  private readonly made = new WeakMap<Effect<unknown>, Made>();
  /** Those that nobody has used yet. */
  private readonly unused = new Set<Made>();
  private readonly collected = new FinalizationRegistry((one: Made) => this.tell(one));
  /** What is being performed. What is made meanwhile is made by the engine. */
  private performing: unknown = undefined;
  private stepStart = 0;
  /** Milliseconds that debug mode itself has taken, for stacks and source maps: they are not to be blamed on a step. */
  private own = 0;

  constructor(debug: Debug) {
    this.warn = typeof debug === 'function' ? debug : (warning) => console.warn(`treadle: ${warning}`);
  }

  // ---- Effects that are made and never yielded

  effectMade(effect: Effect<unknown>): void {
    this.use(effect.payload);
    if (this.performing !== undefined) return;
    const start = performance.now();
    const line = place();
    if (line !== undefined) {
      const one = { text: show(effect), place: line };
      this.made.set(effect, one);
      this.unused.add(one);
      this.collected.register(effect, one);
    }
    this.own += performance.now() - start;
  }

  effectPerformed(_task: Task, yielded: unknown): void {
    this.use(yielded);
    this.performing = yielded;
  }

  taskSuspended(): void {
    this.performing = undefined;
  }

  effectAnswered(): void {
    this.performing = undefined;
  }

  effectFailed(): void {
    this.performing = undefined;
  }

  frameCalled(): void {
    this.performing = undefined;
  }

  /** What is left was never yielded. */
  loopEnds(): void {
    for (const one of this.unused) this.tell(one);
  }

  private tell(one: Made): void {
    if (this.unused.delete(one)) this.warn(`${one.text} was made and never yielded, ${one.place}`);
  }

  /**
   * An effect that was given to another effect, in its arguments, is that one's business; so is one that a task was
   * made of.
   */
  private use(value: unknown, depth = 0): void {
    if (value instanceof Effect) this.unused.delete(this.made.get(value) as Made);
    else if (
      depth < 3 &&
      typeof value === 'object' &&
      value !== null &&
      (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)
    ) {
      for (const item of Object.values(value)) this.use(item, depth + 1);
    }
  }

  // ---- Where tasks were spawned

  taskSpawned(task: Task, by: Cause): void {
    this.use(task._inbox);
    const spawn = by !== undefined && this.made.get(this.performing as Effect<unknown>);
    if (spawn) (task as { _spawnedAt?: string })._spawnedAt = ` ${spawn.place}`; // see words/task-path.ts
  }

  taskWoken(task: Task): void {
    this.use(task._inbox);
  }

  // ---- Steps that hold up everything else

  stepBegins(_task: Task, _how: Resumption, _value: unknown): void {
    this.stepStart = performance.now() - this.own;
  }

  stepEnds(task: Task): void {
    const took = performance.now() - this.own - this.stepStart;
    if (took > SLOW) this.warn(`a step of ${task} took ${Math.round(took)} ms: nothing else could run meanwhile`);
  }
}
