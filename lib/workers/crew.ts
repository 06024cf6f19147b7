// The crew: the workers of one pool, the jobs that wait for one, and the programs that it works for. Workers
// are started when there is something to do. The invariants:
//   - a job is in one of the queues, or with exactly one member, or over, and is settled exactly once;
//   - a worker is started only for a job, and one that dies costs each of its jobs a try, or a miss, or an item of a
//     chunk one of its tries: nothing goes on for ever;
//   - when a worker could not start, or its initializer has failed, no worker is started for a second, and no job waits
//     for one in vain;
//   - a worker holds the process alive only while it runs a job or is on its way out;
//   - when the last program that uses it ends, its workers end before it does.
// Relies on the kernel, job, member, programs, looks.

import type { Effect } from '../kernel/effect.ts';
import { List, parkFirst } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import { mayGoAhead } from './ahead.ts';
import { checkProgress, count } from './options.ts';
import type { Carrier } from './carrier.ts';
import { Job } from './job.ts';
import type { Batch } from './job.ts';
import { Looks } from './looks.ts';
import { Member } from './member.ts';
import type { Leader, MemberOptions } from './leader.ts';
import type { CallOptions } from './pool-options.ts';
import { Programs } from './programs.ts';
import type { Served } from './programs.ts';
import type { Call, Callee } from './protocol.ts';
import { unsendableArgument } from './unsendable.ts';

export interface CrewOptions extends MemberOptions {
  readonly name: string;
  readonly workers: number;
  /** How often a call is tried again, when its own options do not say. */
  readonly retries: number;
}

/** A call whose arguments kill a worker before it can note that they have arrived is sent to no more workers. */
const MOST_MISSES = 5;
/** For this many milliseconds after a worker could not start, no other is started: the next one would fail as well. */
const PAUSE = 1_000;
/** A member that ends no job while this many for each worker are given to members gives back what lies ahead there. */
const MOST_PASSED = 16;

export class Crew implements Carrier, Leader, Served {
  readonly options: CrewOptions;
  readonly members = new Set<Member>();
  state: 'open' | 'closing' | 'closed' = 'open';
  /** Jobs that are tried again come first. */
  private readonly again = new List();
  private readonly queue = new List();
  private readonly programs = new Programs(this);
  private readonly looks = new Looks();
  /** A worker could not start, or its initializer has failed: with which error, and until when no worker is started. */
  private unable: { readonly error: () => unknown; readonly until: number } | undefined = undefined;
  readonly takesChunks = true;
  private ids = 0;
  /** How many jobs were given to members. */
  private given = 0;

  constructor(options: CrewOptions) {
    this.options = options;
  }

  get name(): string {
    return this.options.name;
  }

  /** How many jobs are not over. */
  get pending(): number {
    return this.programs.pending;
  }

  get room(): number {
    return this.options.workers * this.options.concurrency;
  }

  get idle(): boolean {
    return this.members.size === 0 && this.pending === 0;
  }

  get ahead(): number {
    return this.options.workers;
  }

  check(_callee: Callee, options: CallOptions | undefined): void {
    this.tries(options);
    checkProgress('Pool', options);
  }

  submit(task: Task, call: Call, options: CallOptions | undefined, batch?: Batch): Job {
    const jobs = this.programs.admit(task);
    const job = new Job(++this.ids, call, this.tries(options), options?.onProgress, batch);
    if (task.loop._replays) return job; // a journal answers it: no worker is started
    const unsendable = unsendableArgument(call, this.options.kind);
    if (unsendable) {
      job.settle('error', unsendable);
      return job;
    }
    this.programs.add(jobs, job);
    this.queue._park(job);
    this.dispatch();
    return job;
  }

  adopt(task: Task, job: Job): void {
    this.programs.adopt(task, job);
  }

  cancel(job: Job, reason?: unknown): void {
    if (job.end || job.cancelling) return;
    job.cancelling = { reason };
    if (job._place) {
      job._place._withdraw(job);
      job.settle('cancelled');
      this.look();
    } else for (const member of this.members) if (member.has(job)) member.cancel(job, reason);
  }

  /** No more jobs. Those that there are are done, and then the workers end. */
  close(): void {
    if (this.state === 'open') this.state = 'closing';
    this.look();
  }

  /** No more jobs, no more workers. */
  terminate(): void {
    this.state = 'closed';
    for (const member of this.members) member.giveBack(); // what is cancelled here begins nowhere
    for (const job of this.programs.jobs) {
      job._place?._withdraw(job);
      job.cancelling ??= { reason: `${this.options.name} was terminated` };
      job.settle('cancelled');
    }
    for (const member of this.members) member.kill();
    this.look();
  }

  /** Waits until the condition holds. It is looked at whenever a job is over or a worker is gone. */
  until(what: string, condition: () => boolean): Effect<void> {
    return this.looks.until(`${this.options.name}.${what}`, condition);
  }

  leave(): Effect<void> {
    const leaving = [...this.members];
    for (const member of leaving) member.dismiss();
    return this.until('idle', () => leaving.every(({ gone }) => gone));
  }

  abandon(): void {
    for (const member of this.members) member.kill();
  }

  hasRoom(member: Member): void {
    member.begunAt = this.given; // what lies ahead there, or what comes now
    this.dispatch();
  }

  freed(): void {
    this.dispatch();
    this.look();
  }

  unfit(error: () => unknown): void {
    this.unable = { error, until: performance.now() + PAUSE };
    this.failInVain();
  }

  left(member: Member, missed: readonly Job[], lost: readonly Job[], error: () => unknown): void {
    this.members.delete(member);
    const tryAgain = (job: Job, mayBe: boolean): void => {
      if (job.cancelling || (mayBe && !job.isSpent)) this.goesOn(job);
      else job.fail(error());
    };
    for (const job of missed) tryAgain(job, ++job.misses < MOST_MISSES);
    for (const job of lost) tryAgain(job, job.goesOnWithoutBegun(error));
    this.failed();
    this.freed();
  }

  goesOn(job: Job): void {
    if (job.cancelling) job.settle('cancelled');
    else this.again._park(job);
  }

  takenBack(job: Job): void {
    if (job.end) return; // the pool was terminated
    if (job.cancelling) job.settle('cancelled');
    else parkFirst(this.queue, job);
  }

  failed(): void {
    for (const member of this.members) member.giveBack(({ batch }) => batch?.hasFailed === true);
  }

  private tries(options: CallOptions | undefined): number {
    return count('Pool', 'retries', options?.retries ?? this.options.retries, 0);
  }

  /** The next one that may begin. One whose batch has failed stays, until its map hears of that and cancels it. */
  private get next(): Job | undefined {
    return firstToBegin(this.again) ?? firstToBegin(this.queue);
  }

  private dispatch(): void {
    do {
      for (let job; (job = this.next);) {
        const member = this.choose() ?? this.chooseAhead(job);
        if (!member) return this.failInVain();
        job._place?._withdraw(job);
        this.given++;
        if (member.hasRoom) member.begunAt = this.given;
        member.run(job);
      }
    } while (this.takeBackOne());
  }

  /** No worker may be started, and none is there that has proved fit: those that wait get the error. */
  private failInVain(): void {
    if (!this.isUnable) return;
    for (const member of this.members) if (member.fit && !member.isLeaving) return;
    const { error } = this.unable as { error: () => unknown };
    for (const list of [this.again, this.queue])
      for (let job = list._shift(); job; job = list._shift()) (job as Job).fail(error());
  }

  private get isUnable(): boolean {
    return this.unable !== undefined && performance.now() < this.unable.until;
  }

  /** An idle worker, else a new one, else the one that runs least. */
  private choose(): Member | undefined {
    let best: Member | undefined;
    for (const member of this.members)
      if (member.hasRoom && !(best && best.running.size <= member.running.size)) best = member;
    if (best?.running.size === 0 || this.members.size >= this.options.workers || this.isUnable) return best;
    const member = new Member(this.options, this);
    this.members.add(member);
    return member;
  }

  /**
   * A worker that has no room, and can be given the job ahead. As long as jobs wait here no worker is idle, and takes
   * over what lies behind a long call. So that is taken back when too many jobs have passed it, and is first in the
   * queue again.
   */
  private chooseAhead(job: Job): Member | undefined {
    const { concurrency, workers } = this.options;
    if (concurrency > 1) return undefined;
    let chosen: Member | undefined;
    for (const member of this.members) {
      const isSlow = this.given - member.begunAt > MOST_PASSED * workers;
      if (isSlow) member.giveBack(({ id }) => !member.running.has(id));
      else if (!chosen && member.takesAhead) chosen = member;
    }
    return chosen && mayGoAhead(job) ? chosen : undefined;
  }

  /** If a worker could begin a job at once, and another one has been given one ahead, that is taken back. */
  private takeBackOne(): boolean {
    let isRoom = this.members.size < this.options.workers && !this.isUnable;
    for (const member of this.members) isRoom ||= member.hasRoom;
    if (!isRoom) return false;
    for (const member of this.members) if (member.giveBackOne()) return true;
    return false;
  }

  private look(): void {
    if (this.state === 'closing' && this.pending === 0) {
      this.state = 'closed';
      for (const member of this.members) member.dismiss();
    }
    this.looks.look();
  }
}

function firstToBegin(list: List): Job | undefined {
  let job = list._first as Job | undefined;
  while (job?.batch?.hasFailed) job = job._next as Job | undefined;
  return job;
}
