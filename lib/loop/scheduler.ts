// What tasks, futures, callbacks and effects ask of the event loop that runs them. The loop implements
// it; that they know this page and not the loop keeps the imports in one direction.

import type { Waiter } from '../kernel/waiting.ts';

export interface Scheduler {
  /** Milliseconds since the loop was made; a virtual clock starts at 0. */
  now(): number;
  /** Steps left in this chunk of the slice. Every step counts one, queued or answered inline. */
  _budget: number;
  /** How many tasks wait for the host: a virtual clock must not jump ahead of them. */
  _outside: number;
  /** Under `runSync`, where the host never gets a turn: throws. */
  _refusePromise?(waiter: unknown): void;
  /** What a task has, too, as an owner; of tasks, which rely on this page. */
  _children: any[] | undefined;
  _pending: number;
  readonly _flags: number;
  /** Puts it at the end of the ready queue. */
  _schedule(waiter: Waiter): void;
  /** Parks a waiter until a time of the loop's clock. */
  _scheduleAt(time: number, waiter: Waiter): void;
  /** An error that no task can receive: a callback threw, a clean-up hangs. */
  _report(error: unknown, where: string): void;
  /** The last id that was given to a task. */
  _ids: number;
}
