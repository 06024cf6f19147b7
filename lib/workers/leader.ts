// What a member of a crew is made with, and whom it tells what it does. There are only types here. Relies on nothing.

import type { Job } from './job.ts';
import type { Member } from './member.ts';
import type { Call } from './protocol.ts';
import type { Kind } from './travels.ts';
import type { Launch, WorkerOptions } from './worker.ts';

export interface MemberOptions extends WorkerOptions {
  readonly kind: Kind;
  readonly launch: Launch;
  /** How many jobs it runs at a time, and how many in its life. */
  readonly concurrency: number;
  readonly maxTasks: number;
  readonly initializer: Call | undefined;
  /** How many milliseconds it has to heed a cancellation, or to end. */
  readonly grace: number;
  /** How many milliseconds it may be without a job. */
  readonly idle: number;
}

export interface Leader {
  /** The member has ended a job, and could take another one. */
  hasRoom(member: Member): void;
  /** A job of the member is over. */
  freed(): void;
  /** A job of the member is not over, but is to be sent again. */
  goesOn(job: Job): void;
  /** A job of the member has failed. */
  failed(): void;
  /** A job that was given to the member ahead was taken back. */
  takenBack(job: Job): void;
  /** The member could not start, or its initializer has failed, with the error that the function gives; it leaves. */
  unfit(error: () => unknown): void;
  /**
   * The member is gone. Jobs that were sent to it and have not reached it are `missed`: nothing of them has begun.
   * Those that it ran are `lost`, for the reason that the function gives.
   */
  left(member: Member, missed: readonly Job[], lost: readonly Job[], error: () => unknown): void;
}
