// The crew: the workers of one pool, the jobs that wait for one, and the programs that it works for. Workers
// are started when there is something to do. The invariants:
//   - a job is in one of the queues, or with exactly one member, or over, and is settled exactly once;
//   - a worker is started only for a job, and one that dies costs each of its jobs a try: nothing goes on for ever;
//   - a worker holds the process alive only while it runs a job or is on its way out;
//   - when the last program that uses it ends, its workers end before it does.
// Relies on the kernel, effects, sync/event, job, member.

import { sleep } from '../effects/sleep.ts';
import { startChildIn } from '../effects/spawn.ts';
import { performSuspend } from '../effects/suspend.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { rootScope } from '../kernel/scope.ts';
import { Effect, OUTSIDE } from '../kernel/effect.ts';
import { InvalidStateError } from '../words/errors.ts';
import { List } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import { Event } from '../sync/event.ts';
import { inWorker } from './context.ts';
import { Job } from './job.ts';
import { Member } from './member.ts';
import type { Leader, MemberOptions } from './member.ts';
import type { Call } from './protocol.ts';

export interface CrewOptions extends MemberOptions {
  readonly name: string;
  readonly workers: number;
}

/** Of all pools: those that wait for the end of their mains do not wait for each other. */
const keepers = /* @__PURE__ */ new WeakSet<Task>();

export class Crew implements Leader {
  readonly options: CrewOptions;
  readonly members = new Set<Member>();
  state: 'open' | 'closing' | 'closed' = 'open';
  /** Jobs that are tried again come first. */
  private readonly again = new List();
  private readonly queue = new List();
  /** The main tasks of the programs that use it, and their jobs that are not over. */
  private readonly programs = new Map<Task, Set<Job>>();
  private readonly looks = new Set<() => void>();
  private ids = 0;
  /** How many jobs are not over. */
  pending = 0;

  constructor(options: CrewOptions) {
    this.options = options;
  }

  submit(task: Task, call: Call, retries: number): Job {
    if (this.state !== 'open')
      throw new InvalidStateError(
        `${this.options.name} is ${this.state === 'closing' ? 'closing' : 'closed'}: it takes no more calls`,
      );
    if (inWorker()) {
      throw new InvalidStateError(
        `${this.options.name} was used in a worker, and workers have no workers of their own. A module that starts ` +
          'its program when it is loaded does so in every worker: write if (!inWorker()) before it',
      );
    }
    task.loop._refusePromise(task);
    const jobs = this.enter(task);
    const job = new Job(++this.ids, call, retries);
    if (task.loop._replays) return job; // a journal answers it: no worker is started
    jobs.add(job);
    this.pending++;
    job.onEnd(() => {
      jobs.delete(job);
      this.pending--;
    });
    this.queue._park(job);
    this.dispatch();
    return job;
  }

  cancel(job: Job, reason?: unknown): void {
    if (job.end || job.cancelling) return;
    job.cancelling = { reason };
    if (job._place) {
      job._place._withdraw(job);
      job.settle('cancelled');
      this.look();
    } else for (const member of this.members) if (member.running.has(job.id)) member.cancel(job, reason);
  }

  /** No more jobs. Those that there are are done, and then the workers end. */
  close(): void {
    if (this.state === 'open') this.state = 'closing';
    this.look();
  }

  /** No more jobs, no more workers. */
  terminate(): void {
    this.state = 'closed';
    for (const job of [...this.programs.values()].flatMap((jobs) => [...jobs])) {
      job._place?._withdraw(job);
      job.cancelling ??= { reason: `${this.options.name} was terminated` };
      job.settle('cancelled');
    }
    for (const member of this.members) member.kill();
    this.look();
  }

  /** Waits until the condition holds. It is looked at whenever a job is over or a worker is gone. */
  until(what: string, condition: () => boolean): Effect<void> {
    const wait = (resume: (value: never) => void) => {
      const look = (): void => {
        if (condition() && this.looks.delete(look)) resume(undefined as never);
      };
      this.looks.add(look);
      look();
      return () => this.looks.delete(look);
    };
    const perform = (task: Task) => performSuspend(task, [wait]);
    return new Effect(`${this.options.name}.${what}`, undefined, perform, OUTSIDE);
  }

  freed(): void {
    this.dispatch();
    this.look();
  }

  left(member: Member, lost: readonly Job[], error: () => unknown): void {
    this.members.delete(member);
    for (const job of lost) {
      if (job.cancelling) job.settle('cancelled');
      else if (job.retries-- > 0) this.again._park(job);
      else job.settle('error', error());
    }
    this.freed();
  }

  private dispatch(): void {
    for (let list; (list = [this.again, this.queue].find((one) => one._first));) {
      const member = this.choose();
      if (!member) return;
      member.run(list._shift() as Job);
    }
  }

  /** An idle worker, else a new one, else the one that runs least. */
  private choose(): Member | undefined {
    let best: Member | undefined;
    for (const member of this.members)
      if (member.hasRoom && !(best && best.running.size <= member.running.size)) best = member;
    if (best?.running.size === 0 || this.members.size >= this.options.workers) return best;
    const member = new Member(this.options, this);
    this.members.add(member);
    return member;
  }

  private look(): void {
    if (this.state === 'closing' && this.pending === 0) {
      this.state = 'closed';
      for (const member of this.members) member.dismiss();
    }
    for (const look of [...this.looks]) look();
  }

  // ---- programs

  /** The jobs of the program to which the task belongs. */
  private enter(task: Task): Set<Job> {
    while (task.parent) task = task.parent;
    let jobs = this.programs.get(task);
    if (!jobs) {
      this.programs.set(task, (jobs = new Set()));
      const gone = () => this.abandon(task);
      // A keeper is a daemon: main cancels it when it ends, and is not over before the keeper is. In a main that is
      // ending already it would be cancelled before its first step, which is to do nothing.
      if (rootScope(task).refuses(true)) task.addDoneCallback(gone);
      else {
        const keeper = startChildIn(rootScope(task), this.keep(task, jobs), { name: this.options.name, daemon: true });
        keepers.add(keeper);
        keeper.addDoneCallback(gone);
      }
    }
    return jobs;
  }

  /** Waits for the end of main; then for its other children, whose clean-ups may need the workers; then ends those. */
  private *keep(main: Task, jobs: Set<Job>): Coroutine<void> {
    try {
      yield sleep(Infinity);
    } finally {
      const others = main.children.filter((child) => !keepers.has(child));
      const alone = new Event({ name: 'the other tasks' });
      let left = others.length;
      // Not joined: a failure of theirs is not the keeper's to see.
      for (const child of others) child.addDoneCallback(() => --left === 0 && alone.set());
      if (left > 0) yield alone.wait();
      for (const job of jobs) this.cancel(job, `${main.name} is over`); // of an imap that was left without a word
      yield this.until('idle', () => jobs.size === 0);
      this.programs.delete(main);
      if (this.programs.size === 0) {
        const leaving = [...this.members];
        for (const member of leaving) member.dismiss();
        yield this.until('idle', () => leaving.every(({ gone }) => gone));
      }
    }
  }

  private abandon(main: Task): void {
    for (const job of this.programs.get(main) ?? []) this.cancel(job, `${main.name} is over`);
    this.programs.delete(main);
    if (this.programs.size === 0) for (const member of this.members) member.kill();
  }
}
