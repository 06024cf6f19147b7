// The caller of a job: the task that waits for its answer. When the task is cancelled, so is the job, and the task goes
// on waiting until the job has cleaned up. This frame would do that:
//
//     try { return yield job.over(); } finally { if (!job.end) { carrier.cancel(job); yield job.over(true); } }
//
// But few calls are cancelled, and of 10,000 calls that are made at once each would have such a frame: 400 bytes more,
// where a waiting call has 490 now (heapUsed). So the frame is made when the wait is withdrawn. From then on it is a
// frame like any other: it is closed, and its `finally` runs. Relies on the kernel, carrier, job.

import type { Coroutine } from '../kernel/awaitable.ts';
import { SUSPENDED } from '../kernel/effect.ts';
import { CANCELLING, WAITING } from '../kernel/modes.ts';
import type { Task } from '../kernel/task.ts';
import type { Place } from '../kernel/waiting.ts';
import type { Carrier } from './carrier.ts';
import type { Job } from './job.ts';

/** What a handler returns whose effect's answer is that of the job. */
export function answerOf(job: Job, task: Task, carrier: Carrier): unknown {
  const answer = task._perform(job.over());
  if (answer === SUSPENDED) task._place = new Caller(job, task._place, carrier);
  return answer;
}

class Caller implements Place {
  private readonly job: Job;
  /** Where the task waits: at the job, or in a journal that answers for it. */
  private readonly wait: Place | undefined;
  private readonly carrier: Carrier;

  constructor(job: Job, wait: Place | undefined, carrier: Carrier) {
    this.job = job;
    this.wait = wait;
    this.carrier = carrier;
  }

  /** @internal */
  _withdraw(task: Task): void {
    this.wait?._withdraw(task);
    if (task._status !== WAITING) return; // its answer is there, and is not looked at
    const frame = this.cancel(task);
    frame.next(); // into its `try`: a generator that has not begun is closed without its `finally`
    task._call(frame);
  }

  private *cancel(task: Task): Coroutine<void> {
    try {
      yield this.job.over(); // here it is closed
    } finally {
      this.carrier.cancel(this.job, task._flags & CANCELLING ? task._value : undefined);
      yield this.job.over(true);
    }
  }
}
