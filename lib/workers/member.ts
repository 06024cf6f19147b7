// A member of a crew: a worker and the jobs that it runs. It takes jobs while it has room, and leaves when it has done
// its share, when it has been idle for too long, when it is dismissed, or when it dies. Relies on ahead, grace, job,
// worker, protocol, packed-error, outcomes, travels, unsendable, read-answer, stuck, what-began, worker-died.

import { afterHost, reportError } from '#host';
import { TimeoutError } from '../words/errors.ts';
import { show } from '../words/show.ts';
import { after, Grace } from './grace.ts';
import type { Job } from './job.ts';
import type { Leader, MemberOptions } from './leader.ts';
import type { PackedError } from './packed-error.ts';
import { openOutcomes } from './outcomes.ts';
import { unpack } from './packed-error.ts';
import type { Answer, Order } from './protocol.ts';
import { readAnswer } from './read-answer.ts';
import { addStuck, removeStuck } from './stuck.ts';
import { findStray } from './travels.ts';
import { refusedArgument, transfersOfCall, wasNeverSent } from './unsendable.ts';
import { WorkerDiedError } from './worker-died.ts';
import type { Ending } from './worker-died.ts';
import type { Worker } from './worker.ts';
import { separate } from './what-began.ts';

export class Member {
  readonly running = new Map<number, Job>();
  gone = false;
  /** How many jobs its crew had given to members when it was last known to begin one. */
  begunAt = 0;
  /** Its initializer, if there is one, has succeeded; or it has answered a call. */
  fit = false;
  /** It will take no more jobs: it ends when those that it runs are over. */
  isLeaving = false;
  private readonly worker: Worker | undefined;
  private readonly options: MemberOptions;
  private readonly leader: Leader;
  private taken = 0;
  private held = true;
  /** How many calls were sent to the worker. */
  private posted = 0;
  private told = false;
  /** Why it was ended, if not by itself; or what it says that it died of. */
  private ended: unknown = undefined;
  /** It was ended because of a call that did not heed its cancellation. */
  private overdue: TimeoutError | undefined = undefined;
  /** How many orders it was given. */
  private orders = 0;
  private readonly grace: Grace;
  private idling: NodeJS.Timeout | undefined;

  constructor(options: MemberOptions, leader: Leader) {
    this.options = options;
    this.leader = leader;
    this.grace = new Grace(options.grace);
    try {
      this.worker = options.launch(
        options,
        (message) => this.received(message),
        (ending) => this.died(ending),
      );
      const { initializer } = options;
      const { arrivals, key, ahead } = this.worker;
      this.order({ treadle: 'start', initializer, arrivals: arrivals.note, key, slots: ahead?.slots });
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

  get hasRoom(): boolean {
    return !this.isLeaving && this.running.size < this.options.concurrency && this.taken < this.options.maxTasks;
  }

  /** It runs a job, and can be given the next one ahead. */
  get takesAhead(): boolean {
    if (this.isLeaving || this.taken >= this.options.maxTasks) return false;
    return this.worker?.ahead?.isFreeFor(this.posted + 1) === true;
  }

  /** It runs the job, or was given it ahead. */
  has(job: Job): boolean {
    return this.running.has(job.id) || this.worker?.ahead?.has(job) === true;
  }

  /** With room it begins at once; otherwise it is given ahead. */
  run(job: Job): void {
    const ahead = this.hasRoom ? undefined : this.worker?.ahead;
    this.taken++;
    clearTimeout(this.idling);
    job.number = this.posted + 1;
    if (ahead) ahead.give(job);
    else this.running.set(job.id, job);
    try {
      const call = job.message;
      if (call.each && this.worker) call.place = this.worker.arrivals.takePlace();
      const transfers = transfersOfCall(call, this.options.kind);
      this.order(job.order(ahead !== undefined), transfers);
      if (transfers && this.options.kind === 'thread') job.isSpent = true;
      this.posted++;
    } catch (cause) {
      ahead?.takeBack(job);
      this.taken--;
      this.leave(job);
      job.fail(wasNeverSent(cause) ? cause : refusedArgument(job.message, this.options.kind, cause));
      if (this.running.size === 0) this.rest();
    }
  }

  /** Asks a job that it runs to end. One that does not within the time of grace takes the worker along. */
  cancel(job: Job, reason: unknown): void {
    if (this.worker?.ahead?.cancel(job)) {
      this.returned(job);
      return this.leader.freed();
    }
    const cancel = (why: unknown) => this.order({ treadle: 'cancel', id: job.id, reason: why });
    try {
      cancel(findStray(reason, this.options.kind) ? show(reason) : reason);
    } catch {
      cancel(show(reason)); // it cannot be cloned
    }
    const limit = this.grace.begin(job.id, (milliseconds) => {
      // A thread that has gone on to the next one has ended this one, although the program was too busy to hear of it.
      this.giveBack();
      const last = this.worker?.ahead?.waiting.at(-1);
      if (last && last !== job) return;
      this.overdue ??= new TimeoutError(`${job} did not heed its cancellation within ${milliseconds} ms`);
      this.kill(this.overdue);
    });
    job.onEnd(() => this.grace.end(job.id, limit));
  }

  /** What was given ahead, and has not begun, is the leader's again: the job that would begin next, if there is one. */
  giveBackOne(): boolean {
    const job = this.worker?.ahead?.takeBackOne();
    if (job) this.returned(job);
    return job !== undefined;
  }

  /** All of them, or those that match. */
  giveBack(matches: (job: Job) => boolean = () => true): void {
    const { ahead } = this.worker ?? {};
    if (!ahead || this.options.concurrency > 1) return; // among many jobs none was given ahead
    const jobs = [...this.running.values(), ...ahead.waiting].filter((job) => matches(job) && ahead.takeBack(job));
    for (const job of jobs.reverse()) this.returned(job); // so that the first one is the first in the queue again
  }

  private returned(job: Job): void {
    this.taken--;
    // It may have been the one that the worker was to go on with.
    if (this.running.delete(job.id)) this.goOn(this.worker?.ahead?.next());
    this.leader.takenBack(job);
  }

  private goOn(next: Job | undefined): void {
    if (!next) return this.rest();
    this.running.set(next.id, next);
    removeStuck(this); // it goes on by itself: no order wakes it
    this.hold(true);
  }

  /** It gets no more jobs, and ends when it has none. */
  dismiss(): void {
    if (this.isLeaving) return;
    this.isLeaving = true;
    this.leaveIfIdle();
  }

  /** Ends at once. */
  kill(why?: unknown): void {
    this.isLeaving = this.told = true;
    this.ended ??= why;
    this.hold(true); // until it is gone
    this.giveBack();
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
        return void (this.fit = true);
      case 'crashed':
        return void (this.ended ??= unpack(answer.error, this.label));
      case 'signal':
        return this.worker?.gotSignal?.(answer.signal);
      case 'stuck':
        return this.stuck(answer.orders);
      case 'heard':
        return this.grace.heard(answer.id);
    }
    const job = this.running.get(answer.id);
    if (!job) return;
    if (answer.treadle === 'progress') return job.heard(answer.value);
    this.leave(job);
    if (answer.treadle !== 'value') this.giveBack(); // nothing begins behind a failure
    const next = this.worker?.ahead?.over(answer.treadle === 'value');
    if (next) this.goOn(next);
    this.judge(answer);
    if (this.taken >= this.options.maxTasks && this.running.size === 0) this.dismiss();
    if (answer.treadle === 'value') {
      this.leader.hasRoom(this); // first of all: the worker has nothing to do
      this.succeeded(job, answer.value);
      this.leader.freed();
    } else {
      this.failed(job, answer);
      this.leader.failed();
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
    if (this.isLeaving) return this.leaveIfIdle();
    this.hold(false);
    clearTimeout(this.idling);
    this.idling = after(this.options.idle, () => this.dismiss())?.unref();
  }

  private stuck(orders: number): void {
    // An order that it had not got when it said so may have woken something.
    if (orders !== this.orders || this.running.size === 0) return;
    addStuck(this);
    this.hold(false);
  }

  private leaveIfIdle(): void {
    if (!this.isLeaving || this.running.size > 0 || this.told) return;
    this.told = true;
    clearTimeout(this.idling);
    this.order({ treadle: 'end' });
    this.grace.begin(undefined, () => this.gone || this.kill()).unref();
  }

  private died(ending: Ending): void {
    const wasLeaving = this.isLeaving;
    this.gone = this.isLeaving = this.told = true; // an error that this brings can make calls at once, as imap does
    removeStuck(this);
    clearTimeout(this.idling);
    this.giveBack();
    for (const job of this.worker?.ahead?.waiting ?? []) this.running.set(job.id, job); // begun, and not answered
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
    if (neverStarted && !wasLeaving && ending.signal === undefined)
      this.leader.unfit(() => new WorkerDiedError(this.label, why, []));
    this.leader.left(this, missed, lost, () => new WorkerDiedError(this.label, why, begun()));
  }
}
