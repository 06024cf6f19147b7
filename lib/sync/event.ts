// An event: something that happens, and that any number of tasks wait for. Relies on the kernel.

import { Effect, SUSPENDED } from '../kernel/effect.ts';
import { List } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import type { NameOption } from './lock.ts';

/**
 * Something that happens once, or again after `clear()`, and that any number of tasks can wait for.
 *
 * @example
 * const started = new Event();
 * yield* spawn(server(started));
 * yield* started.wait();
 */
export class Event {
  readonly name: string;
  private _happened = false;
  private readonly _waiters = new List<Task>();

  constructor({ name = 'event' }: NameOption = {}) {
    this.name = name;
  }

  get isSet(): boolean {
    return this._happened;
  }

  /** Waits until the event is set; not at all when it is. */
  wait(): Effect<void> {
    return new Effect(`${this.name}.wait`, undefined, this._performWait);
  }

  /** Wakes all who wait, also when `clear()` follows at once. */
  set(): void {
    this._happened = true;
    for (let waiter; (waiter = this._waiters._shift());) waiter._wake();
  }

  /** Whoever waits from now on waits for the next `set()`. */
  clear(): void {
    this._happened = false;
  }

  private readonly _performWait = (task: Task): unknown => {
    if (this._happened) return undefined;
    this._waiters._park(task);
    return SUSPENDED;
  };
}
