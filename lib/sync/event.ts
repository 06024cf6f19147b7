// An event: something that happens, and that any number of tasks wait for. Nothing is handed over here, so nothing can
// be lost: a task that is woken and cancelled before its turn concerns nobody else. Relies on the kernel.

import { Effect, SUSPENDED } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { List, wakeAll } from '../kernel/waiting.ts';
import type { NameOption } from './named.ts';

/**
 * Something that happens once, or again after `clear()`, and that any number of tasks can wait for.
 *
 * @example
 * const started = new Event({ name: 'started' });
 * yield* spawn(server(started));
 * yield* started.wait();
 */
export class Event {
  /** Shown in reports: what its effects are printed with. */
  readonly name: string;
  private _happened = false;
  private readonly _waiters = new List<Task>();
  private readonly _wait: Effect<void>;

  constructor({ name = 'event' }: NameOption = {}) {
    this.name = name;
    this._wait = new Effect(`${name}.wait`, undefined, this._performWait);
  }

  /** True from `set()` to the next `clear()`. */
  get isSet(): boolean {
    return this._happened;
  }

  /**
   * Waits until the event is set, and does not wait when it is.
   *
   * @example
   * yield* started.wait();
   */
  wait(): Effect<void> {
    return this._wait;
  }

  /** Sets the event and wakes all tasks that wait for it. They stay woken even if `clear()` follows at once. */
  set(): void {
    this._happened = true;
    wakeAll(this._waiters);
  }

  /** Tasks that call `wait()` from now on wait for the next `set()`. */
  clear(): void {
    this._happened = false;
  }

  private readonly _performWait = (task: Task): unknown => {
    if (this._happened) return undefined;
    this._waiters._park(task);
    return SUSPENDED;
  };
}
