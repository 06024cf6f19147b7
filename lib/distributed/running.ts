// A call that a host runs, from the moment when it was taken from the queue. Relies on words, messages.

import type { Task } from '../kernel/task.ts';
import type { QueuedJob } from './engine.ts';

/** Why it was ended before it was over. */
export type Stop =
  | { readonly kind: 'cancelled'; readonly why: string }
  /** Its lock is lost: another machine has it. */
  | { readonly kind: 'lost' }
  /** The host ends, and gives it back. */
  | { readonly kind: 'drained' };

export class Running {
  readonly id: string;
  readonly job: QueuedJob;
  readonly token: string;
  /** Answers BullMQ. */
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** The work itself, when it has begun. */
  work: Task<unknown> | undefined = undefined;
  stop: Stop | undefined = undefined;

  constructor(job: QueuedJob, token: string, resolve: (value: unknown) => void, reject: (error: Error) => void) {
    this.id = String(job.id);
    this.job = job;
    this.token = token;
    this.resolve = resolve;
    this.reject = reject;
  }

  get isDrained(): boolean {
    return this.stop?.kind === 'drained';
  }

  /** Ends it. Only the first reason counts; but a lock that is lost is lost. */
  end(stop: Stop): void {
    if (this.stop && stop.kind !== 'lost') return;
    this.stop = stop;
    this.work?.cancel(stop.kind === 'cancelled' ? stop.why : stop.kind);
  }
}
