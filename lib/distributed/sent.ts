// A call on its way to another machine: the job of the executor, and what stands for it in the queue. There are only
// types and their smallest parts here. Relies on job, messages.

import type { Job } from '../workers/job.ts';
import type { CallData } from './messages.ts';

export class Sent {
  /** The id of the job in the queue. */
  readonly id: string;
  readonly job: Job;
  readonly data: CallData;
  /** When something was last heard of it, on the monotonic clock. */
  heard: number;
  /** Since when no machine holds it, although it is said to run. */
  unlockedSince: number | undefined = undefined;
  /** How often in a row the server had no trace of it. */
  missing = 0;
  /** The server has it. */
  isThere = false;
  /** A look at the server is on its way. */
  looking = false;

  constructor(id: string, job: Job, data: CallData, now: number) {
    this.id = id;
    this.job = job;
    this.data = data;
    this.heard = now;
  }
}
