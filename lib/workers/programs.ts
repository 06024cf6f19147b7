// The programs that use a carrier, each by its main task, and their jobs. When a main ends, its jobs are cancelled, and
// the last program to end takes what was started for the jobs along. Relies on words, the kernel, effects, sync/event,
// context, job.

import { sleep } from '../effects/sleep.ts';
import { startChildIn } from '../effects/spawn.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import type { Effect } from '../kernel/effect.ts';
import { rootScope } from '../kernel/scope.ts';
import type { Task } from '../kernel/task.ts';
import { Event } from '../sync/event.ts';
import { InvalidStateError } from '../words/errors.ts';
import type { Carrier } from './carrier.ts';
import { refuseInWorker } from './context.ts';
import type { Job, Register } from './job.ts';

/** What programs need of the carrier: when they make a call, and at their end. */
export interface Served {
  readonly name: string;
  readonly state: Carrier['state'];
  cancel(job: Job, reason?: unknown): void;
  until(what: string, condition: () => boolean): Effect<void>;
  /** No program is left: ends what was started, and waits until it is gone. */
  leave(): Effect<void>;
  /** No program is left, and nobody can wait: ends what was started, at once. */
  abandon(): void;
}

/** Of all carriers: those that wait for the end of their mains do not wait for each other. */
const keepers = /* @__PURE__ */ new WeakSet<Task>();

export class Programs implements Register {
  private readonly served: Served;
  /** The jobs that are not over. */
  private readonly programs = new Map<Task, Set<Job>>();
  /** How many there are, in all programs. */
  pending = 0;

  constructor(served: Served) {
    this.served = served;
  }

  /** All jobs that are not over. */
  get jobs(): Job[] {
    return [...this.programs.values()].flatMap((jobs) => [...jobs]);
  }

  /**
   * The jobs of the program to which the task belongs, which makes a call. Throws an `InvalidStateError` when no more
   * calls are taken, in a worker, and where nothing that ends later may be waited for (`runSync`).
   */
  admit(task: Task): Set<Job> {
    const { name, state } = this.served;
    if (state !== 'open') throw new InvalidStateError(`${name} is ${state}: it takes no more calls`);
    refuseInWorker(name, task);
    task.loop._refusePromise(task);
    return this.enter(task);
  }

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
        const { name } = this.served;
        const keeper = startChildIn(rootScope(task), this.keep(task, jobs), { name, daemon: true });
        keepers.add(keeper);
        keeper.addDoneCallback(gone);
      }
    }
    return jobs;
  }

  /** A job of the program whose jobs these are. It is one of them until it is over. */
  add(jobs: Set<Job>, job: Job): void {
    jobs.add(job);
    job.siblings = jobs;
    job.register = this;
    this.pending++;
  }

  forget(job: Job): void {
    job.siblings?.delete(job);
    this.pending--;
  }

  /** The program of this task waits for the job, too: it is not cancelled when another one that does ends. */
  adopt(task: Task, job: Job): void {
    const jobs = this.enter(task);
    if (jobs.has(job)) return;
    jobs.add(job);
    job.onEnd(() => jobs.delete(job));
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
      this.cancelAll(main, jobs); // of an imap that was left without a word
      yield this.served.until('idle', () => jobs.size === 0);
      this.programs.delete(main);
      if (this.programs.size === 0) yield this.served.leave();
    }
  }

  private abandon(main: Task): void {
    this.cancelAll(main, this.programs.get(main) ?? new Set());
    this.programs.delete(main);
    if (this.programs.size === 0) this.served.abandon();
  }

  private cancelAll(main: Task, jobs: Set<Job>): void {
    const others = [...this.programs.keys()].filter((other) => other !== main);
    for (const job of jobs) {
      if (others.some((other) => this.programs.get(other)?.has(job))) jobs.delete(job);
      else this.served.cancel(job, `${main.name} is over`);
    }
  }
}
