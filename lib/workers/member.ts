// A member of a crew: a worker and the jobs that it runs. It takes jobs while it has room, and leaves when it has done
// its share, when it has been idle for too long, when it is dismissed, or when it dies. Relies on job, worker,
// protocol, packed-error, outcomes, travels, unsendable, read-answer, stuck, what-began, worker-died.

import { afterHost, reportError } from '#host';
import { TimeoutError } from '../words/errors.ts';
import { show } from '../words/show.ts';
import type { Job } from './job.ts';
import type { PackedError } from './packed-error.ts';
import { openOutcomes } from './outcomes.ts';
import { unpack } from './packed-error.ts';
import type { Answer, Call, Order } from './protocol.ts';
import { readAnswer } from './read-answer.ts';
import { addStuck, removeStuck } from './stuck.ts';
import { findStray } from './travels.ts';
import type { Kind } from './travels.ts';
import { refusedArgument, transfersOfCall, wasNeverSent } from './unsendable.ts';
import { WorkerDiedError } from './worker-died.ts';
import type { Ending } from './worker-died.ts';
import type { Launch, Worker, WorkerOptions } from './worker.ts';
import { separate } from './what-began.ts';

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

/** Node's timers go no further. Longer is for ever here. */
const LONGEST_TIMER = 2 ** 31 - 1;
/**
 * For how many milliseconds a worker whose `grace` is Infinity may be deaf. One that has heard of a cancellation, or of
 * its end, cleans up for as long as it likes. One that computes, and so hears nothing, may do that for ever.
 */
const DEAF = 5_000;

function after(milliseconds: number, callback: () => void): NodeJS.Timeout | undefined {
  return milliseconds <= LONGEST_TIMER ? setTimeout(callback, milliseconds) : undefined;
}

export interface Leader {
  /** The member could take another job. */
  hasRoom(): void;
  /** A job of the member is over. */
  freed(): void;
  /** A job of the member is not over, but is to be sent again. */
  goesOn(job: Job): void;
  /** The member could not start, or its initializer has failed, with the error that the function gives; it leaves. */
  unfit(error: () => unknown): void;
  /**
   * The member is gone. Jobs that were sent to it and have not reached it are `missed`: nothing of them has begun.
   * Those that it ran are `lost`, for the reason that the function gives.
   */
  left(member: Member, missed: readonly Job[], lost: readonly Job[], error: () => unknown): void;
}

export class Member {
  readonly running = new Map<number, Job>();
  gone = false;
  /** Its initializer, if there is one, has succeeded; or it has answered a call. */
  fit = false;
  private readonly worker: Worker | undefined;
  private readonly options: MemberOptions;
  private readonly leader: Leader;
  private taken = 0;
  private held = true;
  /** How many calls were sent to the worker. */
  private posted = 0;
  private leaving = false;
  private told = false;
  /** Why it was ended, if not by itself; or what it says that it died of. */
  private ended: unknown = undefined;
  /** It was ended because of a call that did not heed its cancellation. */
  private overdue: TimeoutError | undefined = undefined;
  /** How many orders it was given. */
  private orders = 0;
  /** The limits of those whose cancellation it has not heard of, by their ids; `undefined`: of its own end. */
  private readonly unheard = new Map<number | undefined, NodeJS.Timeout | undefined>();
  private idling: NodeJS.Timeout | undefined;

  constructor(options: MemberOptions, leader: Leader) {
    this.options = options;
    this.leader = leader;
    try {
      this.worker = options.launch(
        options,
        (message) => this.received(message),
        (ending) => this.died(ending),
      );
      const { initializer } = options;
      const { arrivals, key } = this.worker;
      this.order({ treadle: 'start', initializer, arrivals: arrivals.note, key });
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
    return this.worker?.label ?? `a ${this.options.kind} that was not started`;
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
    clearTimeout(this.idling);
    try {
      const { id, message: call, onProgress } = job;
      if (call.each && this.worker) call.place = this.worker.arrivals.takePlace();
      const transfers = transfersOfCall(call, this.options.kind);
      this.order({ treadle: 'run', id, call, progress: onProgress !== undefined }, transfers);
      if (transfers && this.options.kind === 'thread') job.isSpent = true;
      job.number = ++this.posted;
    } catch (cause) {
      this.taken--;
      this.leave(job);
      job.fail(wasNeverSent(cause) ? cause : refusedArgument(job.message, this.options.kind, cause));
      if (this.running.size === 0) this.rest();
    }
  }

  /** Asks a job that it runs to end. One that does not within the time of grace takes the worker along. */
  cancel(job: Job, reason: unknown): void {
    const cancel = (why: unknown) => this.order({ treadle: 'cancel', id: job.id, reason: why });
    try {
      cancel(findStray(reason, this.options.kind) ? show(reason) : reason);
    } catch {
      cancel(show(reason)); // it cannot be cloned
    }
    const limit = this.limit(job.id, (milliseconds) => {
      this.overdue ??= new TimeoutError(`${job} did not heed its cancellation within ${milliseconds} ms`);
      this.kill(this.overdue);
    });
    job.onEnd(() => {
      clearTimeout(limit);
      this.unheard.delete(job.id);
    });
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
    this.hold(true); // until it is gone
    this.worker?.kill();
  }

  /** Nothing could make its jobs go on but the program, and the program cannot. */
  breakDeadlock(): void {
    this.order({ treadle: 'break' });
  }

  // Whatever it is told to do may wake what waits in it.
  private order(order: Order, transfers?: Iterable<object>): void {
    this.worker?.post(order, transfers);
    this.orders++;
    removeStuck(this);
    this.hold(true);
  }

  private received(message: unknown): void {
    let answer: Answer | undefined;
    try {
      answer = readAnswer(message);
    } catch (error) {
      return this.kill(error); // it was forged
    }
    if (answer) this.answered(answer); // else it is the user's own
  }

  private answered(answer: Answer): void {
    switch (answer.treadle) {
      case 'ready':
        this.fit = true;
        return;
      case 'crashed':
        this.ended ??= unpack(answer.error, this.label);
        return;
      case 'signal':
        return this.worker?.gotSignal?.(answer.signal);
      case 'stuck':
        return this.stuck(answer.orders);
      case 'heard':
        return this.heard(answer.id);
    }
    const job = this.running.get(answer.id);
    if (!job) return;
    if (answer.treadle === 'progress') return job.heard(answer.value);
    this.leave(job);
    this.judge(answer);
    if (this.taken >= this.options.maxTasks && this.running.size === 0) this.dismiss();
    if (answer.treadle === 'value') {
      this.leader.hasRoom(); // first of all: the worker has nothing to do
      this.succeeded(job, answer.value);
      this.leader.freed();
    } else {
      this.failed(job, answer);
      // Not at once: a map that has failed takes back its items that wait.
      afterHost(() => this.leader.freed());
    }
    if (this.running.size === 0) this.rest(); // it was not given the next one
  }

  private failed(job: Job, answer: Answer): void {
    // An error that was on its way when the cancellation was sent comes too late, as a promise's would.
    if (answer.treadle === 'error' && (answer.aborted || !job.cancelling)) job.fail(unpack(answer.error, this.label));
    else job.settle('cancelled');
  }

  private leave(job: Job): void {
    this.running.delete(job.id);
    this.worker?.arrivals.freePlace(job.message.place);
  }

  /** Is it of use to other jobs? */
  private judge(answer: Answer): void {
    const unfit = answer.treadle === 'error' ? answer.unfit : undefined;
    if (unfit) this.dismiss();
    if (unfit === 'not prepared') this.leader.unfit(() => unpack((answer as { error: PackedError }).error, this.label));
    else this.fit = true;
  }

  private succeeded(job: Job, value: unknown): void {
    if (!job.call.each) return job.settle('value', value);
    try {
      if (job.goesOnAfter(openOutcomes(job.message, value, this.label))) this.leader.goesOn(job);
    } catch (error) {
      job.fail(error); // it was forged
    }
  }

  /** Whether the worker keeps the program alive. Most jobs are followed by another one at once: nothing changes. */
  private hold(on: boolean): void {
    if (on !== this.held) this.worker?.hold((this.held = on));
  }

  /** It has no job. */
  private rest(): void {
    if (this.leaving) return this.leaveIfIdle();
    this.hold(false);
    this.idling = after(this.options.idle, () => this.dismiss())?.unref();
  }

  private stuck(orders: number): void {
    // An order that it had not got when it said so may have woken something.
    if (orders !== this.orders || this.running.size === 0) return;
    addStuck(this);
    this.hold(false);
  }

  private heard(id: number | undefined): void {
    clearTimeout(this.unheard.get(id));
    this.unheard.delete(id);
  }

  private leaveIfIdle(): void {
    if (!this.leaving || this.running.size > 0 || this.told) return;
    this.told = true;
    clearTimeout(this.idling);
    this.order({ treadle: 'end' });
    this.limit(undefined, () => this.gone || this.kill())?.unref();
  }

  /** The time of grace. If it has no end, the worker must at least hear what it is told. */
  private limit(id: number | undefined, expired: (milliseconds: number) => void): NodeJS.Timeout | undefined {
    const { grace } = this.options;
    const milliseconds = grace <= LONGEST_TIMER ? grace : DEAF;
    const limit = setTimeout(expired, milliseconds, milliseconds);
    // Output that a slow reader has not taken is no reason to end it.
    if (id === undefined || milliseconds !== grace) this.unheard.set(id, limit);
    return limit;
  }

  private died(ending: Ending): void {
    this.gone = true;
    removeStuck(this);
    clearTimeout(this.idling);
    const count = this.worker?.arrivals.read() ?? (() => 0);
    const wasKilledByOthers = ending.signal !== undefined && this.ended === undefined;
    const { lost, missed, begun } = separate([...this.running.values()], count, wasKilledByOthers);
    this.running.clear();
    const why = this.ended === undefined ? ending : { ...ending, cause: this.ended };
    // An error of code that went on after its call: no call is left that could be told. (A call that was cancelled
    // before it had reached the worker needs not be told why that took so long.)
    if (lost.length === 0 && why.cause !== undefined && why.cause !== this.overdue) reportError(why.cause, this.label);
    // The next one would not start, either: nor would its initializer, in which this one has ended, end otherwise.
    const neverStarted = this.options.initializer ? !this.fit : count(0) === 0;
    if (neverStarted && !this.leaving && ending.signal === undefined)
      this.leader.unfit(() => new WorkerDiedError(this.label, why, []));
    this.leader.left(this, missed, lost, () => new WorkerDiedError(this.label, why, begun()));
  }
}
