// A member of a crew: a worker and the jobs that it runs. It takes jobs while it has room, and leaves when it
// has done its share, when it is dismissed, or when it dies. Relies on job, worker, protocol, packed-error,
// worker-died.

import { TimeoutError } from '../words/errors.ts';
import type { Job } from './job.ts';
import { unpack } from './packed-error.ts';
import type { Answer, Call } from './protocol.ts';
import { WorkerDiedError } from './worker-died.ts';
import type { Ending } from './worker-died.ts';
import type { Launch, Worker, WorkerOptions } from './worker.ts';

export interface MemberOptions extends WorkerOptions {
  readonly launch: Launch;
  /** How many jobs it runs at a time, and how many in its life. */
  readonly concurrency: number;
  readonly maxTasks: number;
  readonly initializer: Call | undefined;
  /** How many milliseconds it has to heed a cancellation, or to end. */
  readonly grace: number;
}

export interface Leader {
  /** A job of the member is over. */
  freed(): void;
  /** The member is gone; the jobs that it ran are lost, for the reason that the function gives. */
  left(member: Member, lost: readonly Job[], error: () => unknown): void;
}

export class Member {
  readonly running = new Map<number, Job>();
  gone = false;
  private readonly worker: Worker | undefined;
  private readonly options: MemberOptions;
  private readonly leader: Leader;
  private taken = 0;
  private leaving = false;
  private told = false;
  /** Why it was ended, if not by itself. */
  private ended: unknown = undefined;

  constructor(options: MemberOptions, leader: Leader) {
    this.options = options;
    this.leader = leader;
    try {
      this.worker = options.launch(
        options,
        (answer) => this.answered(answer),
        (ending) => this.died(ending),
      );
      if (options.initializer) this.worker.post({ treadle: 'start', initializer: options.initializer });
    } catch (cause) {
      if (this.worker)
        this.kill(cause); // the initializer's arguments cannot be cloned
      else queueMicrotask(() => this.died({ cause })); // not before it was given the job for which it was started
    }
  }

  get id(): number {
    return this.worker?.id ?? 0;
  }

  get label(): string {
    return this.worker?.label ?? 'a thread that was not started';
  }

  get hasRoom(): boolean {
    return !this.leaving && this.running.size < this.options.concurrency && this.taken < this.options.maxTasks;
  }

  run(job: Job): void {
    this.taken++;
    this.running.set(job.id, job);
    try {
      this.worker?.post({ treadle: 'run', id: job.id, call: job.call, progress: job.onProgress !== undefined });
      this.worker?.hold(true);
    } catch (cause) {
      this.taken--;
      this.running.delete(job.id);
      job.settle(
        'error',
        new TypeError(`an argument of ${job.call} cannot be sent to a worker: ${(cause as Error).message}`, { cause }),
      );
    }
  }

  /** Asks a job that it runs to end. One that does not within the time of grace takes the worker along. */
  cancel(job: Job, reason: unknown): void {
    const { grace } = this.options;
    const cancel = (why: unknown) => this.worker?.post({ treadle: 'cancel', id: job.id, reason: why });
    try {
      cancel(reason);
    } catch {
      cancel(String(reason)); // it cannot be cloned
    }
    const limit = this.afterGrace(() =>
      this.kill(new TimeoutError(`${job} did not heed its cancellation within ${grace} ms`)),
    );
    job.onEnd(() => clearTimeout(limit));
  }

  /** It gets no more jobs, and ends when it has none. */
  dismiss(): void {
    if (this.leaving) return;
    this.leaving = true;
    this.leaveIfIdle();
  }

  /** Ends at once. */
  kill(why?: unknown): void {
    this.leaving = true;
    this.ended ??= why;
    this.worker?.hold(true); // until it is gone
    this.worker?.kill();
  }

  private answered(answer: Answer | undefined): void {
    const job = answer?.treadle && 'id' in answer ? this.running.get(answer.id) : undefined;
    if (!answer || !job) return; // a message of the user's own
    if (answer.treadle === 'progress') {
      job.heard(answer.value);
      return;
    }
    this.running.delete(job.id);
    if (answer.treadle === 'error' && answer.unfit) this.dismiss();
    if (this.running.size === 0 && !this.leaving) this.worker?.hold(false);
    if (this.taken >= this.options.maxTasks && this.running.size === 0) this.dismiss();
    this.leaveIfIdle();
    if (answer.treadle === 'value') job.settle('value', answer.value);
    // An error that was on its way when the cancellation was sent comes too late, as a promise's would.
    else if (answer.treadle === 'error' && (answer.aborted || !job.cancelling))
      job.settle('error', unpack(answer.error, this.label));
    else job.settle('cancelled');
    this.leader.freed();
  }

  private leaveIfIdle(): void {
    if (!this.leaving || this.running.size > 0 || this.told) return;
    this.told = true;
    this.worker?.hold(true);
    this.worker?.post({ treadle: 'end' });
    this.afterGrace(() => this.gone || this.kill())?.unref();
  }

  /** Node's timers go no further than 2^31 - 1 ms, which is for ever here. */
  private afterGrace(callback: () => void): NodeJS.Timeout | undefined {
    return this.options.grace < 2 ** 31 ? setTimeout(callback, this.options.grace) : undefined;
  }

  private died(ending: Ending): void {
    this.gone = true;
    const lost = [...this.running.values()];
    this.running.clear();
    const why = this.ended === undefined ? ending : { ...ending, cause: this.ended };
    this.leader.left(this, lost, () => new WorkerDiedError(this.label, why, lost.map(String)));
  }
}
