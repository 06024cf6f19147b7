// A member of a crew: a worker and the jobs that it runs. It takes jobs while it has room, and leaves when it
// has done its share, when it is dismissed, or when it dies. Relies on job, worker, protocol, packed-error,
// worker-died.

import { TimeoutError } from '../words/errors.ts';
import { show } from '../words/show.ts';
import type { Job } from './job.ts';
import { openOutcomes } from './outcomes.ts';
import { unpack } from './packed-error.ts';
import type { Answer, Call } from './protocol.ts';
import { transfersOf } from './transfer.ts';
import type { Kind } from './travels.ts';
import { refusedArgument } from './unsendable.ts';
import { WorkerDiedError } from './worker-died.ts';
import type { Ending } from './worker-died.ts';
import type { Launch, Worker, WorkerOptions } from './worker.ts';

export interface MemberOptions extends WorkerOptions {
  readonly kind: Kind;
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
  /** The member's initializer has failed, with the error that the function gives; it leaves. */
  unfit(error: () => unknown): void;
  /**
   * The member is gone. Jobs that were sent to it and have not reached it are `unheard`: nothing of them has begun. Those
   * that it ran are `lost`, for the reason that the function gives.
   */
  left(member: Member, unheard: readonly Job[], lost: readonly Job[], error: () => unknown): void;
}

export class Member {
  readonly running = new Map<number, Job>();
  gone = false;
  /** Its initializer, if there is one, has succeeded. */
  fit = false;
  private readonly worker: Worker | undefined;
  private readonly options: MemberOptions;
  private readonly leader: Leader;
  private taken = 0;
  /** How many calls were sent to the worker. */
  private posted = 0;
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
      const { initializer } = options;
      this.worker.post({ treadle: 'start', initializer, arrivals: this.worker.arrivals.note });
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

  /** It will take no more jobs: it ends when those that it runs are over. */
  get isLeaving(): boolean {
    return this.leaving;
  }

  get hasRoom(): boolean {
    return !this.leaving && this.running.size < this.options.concurrency && this.taken < this.options.maxTasks;
  }

  run(job: Job): void {
    this.taken++;
    this.running.set(job.id, job);
    try {
      const transfers = transfersOf(job.call.args);
      const progress = job.onProgress !== undefined;
      this.worker?.post({ treadle: 'run', id: job.id, call: job.call, progress }, transfers);
      if (transfers && this.options.kind === 'thread') job.isSpent = true;
      job.number = ++this.posted;
      this.worker?.hold(true);
    } catch (cause) {
      this.taken--;
      this.running.delete(job.id);
      job.settle('error', refusedArgument(job.call, this.options.kind, cause));
    }
  }

  /** Asks a job that it runs to end. One that does not within the time of grace takes the worker along. */
  cancel(job: Job, reason: unknown): void {
    const { grace } = this.options;
    const cancel = (why: unknown) => this.worker?.post({ treadle: 'cancel', id: job.id, reason: why });
    try {
      cancel(reason);
    } catch {
      cancel(show(reason)); // it cannot be cloned
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
    if (answer.treadle !== 'error' || !answer.unfit) this.fit = true;
    else {
      this.dismiss();
      this.leader.unfit(() => unpack(answer.error, this.label));
    }
    if (this.running.size === 0 && !this.leaving) this.worker?.hold(false);
    if (this.taken >= this.options.maxTasks && this.running.size === 0) this.dismiss();
    this.leaveIfIdle();
    if (answer.treadle === 'value') this.succeeded(job, answer.value);
    // An error that was on its way when the cancellation was sent comes too late, as a promise's would.
    else if (answer.treadle === 'error' && (answer.aborted || !job.cancelling))
      job.settle('error', unpack(answer.error, this.label));
    else job.settle('cancelled');
    this.leader.freed();
  }

  private succeeded(job: Job, value: unknown): void {
    if (!job.call.each) return job.settle('value', value);
    try {
      job.settle('value', openOutcomes(value, this.label));
    } catch (error) {
      job.settle('error', error);
    }
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
    // A worker that has received nothing did not even start, and nor would another one: unless it was killed by somebody
    // outside.
    const wasKilled = ending.signal !== undefined && this.ended === undefined;
    const arrived = this.worker?.arrivals.count() || (wasKilled ? 0 : Infinity);
    const jobs = [...this.running.values()];
    const lost = jobs.filter(({ number }) => number <= arrived);
    const unheard = jobs.filter(({ number }) => number > arrived);
    this.running.clear();
    const why = this.ended === undefined ? ending : { ...ending, cause: this.ended };
    let named: readonly string[] | undefined; // once for all: each of 10,000 calls would name all 10,000
    this.leader.left(this, unheard, lost, () => new WorkerDiedError(this.label, why, (named ??= lost.map(String))));
  }
}
