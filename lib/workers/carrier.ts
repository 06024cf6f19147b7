// What carries the calls of an executor to where they run, and what became of them back: the crew of a pool, or a queue
// between machines. `Executor` and `Results` know nothing else of it. There are only types here. Relies on nothing.

import type { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import type { Batch, Job } from './job.ts';
import type { CallOptions } from './pool-options.ts';
import type { Call, Callee } from './protocol.ts';

export interface Carrier {
  /** Shown in reports. */
  readonly name: string;
  /** How many jobs run at once, at most. `map` and `imap` submit no more than that. */
  readonly room: number;
  /**
   * How many more jobs `map` and `imap` submit when the items are there anyway: a worker that has answered is given
   * the next one at once, and not when the program has looked at the answer.
   */
  readonly ahead?: number;
  /** `closing`: it takes no more jobs, and some are not over. `closed`: it was terminated, or has no more jobs. */
  readonly state: 'open' | 'closing' | 'closed';
  /** It takes many calls in one message, as a `Chunk`. Without this, chunks are never submitted. */
  readonly takesChunks?: true;
  /** No job is on its way, and nothing is left of what it has started for them. */
  readonly idle: boolean;

  /** Throws for what it could never carry: where the call is written, before anything is submitted. */
  check(callee: Callee, options: CallOptions | undefined): void;
  /**
   * Sends a call on its way, for the program to which the task belongs. The job is settled exactly once. It may be
   * settled already when this returns. A carrier with something `ahead` sends none of a batch that has failed.
   * Throws an `InvalidStateError` when no more calls are taken.
   */
  submit(task: Task, call: Call, options: CallOptions | undefined, batch?: Batch): Job;
  /** The program of this task waits for a job that another one has submitted. */
  adopt(task: Task, job: Job): void;
  /** Asks a job to end. It is over when its clean-up is over, or when its time of grace is. */
  cancel(job: Job, reason?: unknown): void;
  /** No more jobs. Those that there are are done. */
  close(): void;
  /** No more jobs. Those that there are are settled as cancelled, at once, without their clean-up. */
  terminate(): void;
  /** Waits until the condition holds. It is looked at when a job is over and when the state changes. */
  until(what: string, condition: () => boolean): Effect<void>;
}
