// Debug mode: since when tasks wait, for `dump()` and `treadle ps`. The core does not note it, because that would cost
// each wait a look at the clock. Relies on nothing.

import type { Task } from '../kernel/task.ts';
import type { Instrument } from '../instruments/instrument.ts';

export class WaitingSince implements Instrument {
  readonly name = 'debug mode';

  /** Read by tracing/survey.ts, while the task waits. */
  taskSuspended(task: Task): void {
    (task as { _waitingSince?: number })._waitingSince = task.loop.now();
  }
}
