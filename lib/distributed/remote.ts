// The carrier between machines: calls become jobs of a queue. The connection is opened for the first call, and closed
// when the last program that uses it ends. Relies on the kernel, job, programs, looks, link, messages, registry.

import type { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { List } from '../kernel/waiting.ts';
import type { Carrier } from '../workers/carrier.ts';
import { Job } from '../workers/job.ts';
import { Looks } from '../workers/looks.ts';
import { checkProgress, count } from '../workers/options.ts';
import { Programs } from '../workers/programs.ts';
import type { Served } from '../workers/programs.ts';
import type { Call, Callee } from '../workers/protocol.ts';
import { unsendableArgument } from '../workers/unsendable.ts';
import type { Engine } from './engine.ts';
import { encode } from './envelope.ts';
import { keyOf } from './keyed.ts';
import { Link } from './link.ts';
import type { LinkOptions, Owner } from './link.ts';
import type { MachinesCallOptions } from './machines-options.ts';
import type { CallData, Orphans } from './messages.ts';
import { pathBelow } from './registry.ts';
import { Sent } from './sent.ts';

export interface RemoteOptions extends LinkOptions {
  readonly name: string;
  readonly root: URL;
  readonly inFlight: number;
  readonly retries: number;
  readonly orphans: Orphans;
}

export class Remote implements Carrier, Served, Owner {
  readonly name: string;
  readonly room: number;
  state: 'open' | 'closing' | 'closed' = 'open';
  private readonly options: RemoteOptions;
  private readonly engine: Engine;
  private readonly programs = new Programs(this);
  private readonly looks = new Looks();
  /** Those that wait until there is room, and those that are on their way. */
  private readonly queue = new List();
  private readonly ways = new Map<Job, Sent | undefined>();
  /** What is sent, as it was when the call was made. */
  private readonly data = new Map<Job, CallData>();
  /** The ids of those that may be shared. */
  private readonly keys = new WeakMap<Job, string>();
  private link: Promise<Link> | undefined = undefined;
  private open: Link | undefined = undefined;
  /** Ends the attempt to connect. */
  private opening: AbortController | undefined = undefined;
  /** Connections that say goodbye. */
  private readonly closing = new Set<Promise<unknown>>();
  private ids = 0;

  constructor(engine: Engine, options: RemoteOptions) {
    this.engine = engine;
    this.options = options;
    this.name = options.name;
    this.room = options.inFlight;
  }

  get idle(): boolean {
    return this.programs.pending === 0 && !this.link && this.closing.size === 0;
  }

  check(_callee: Callee, options: MachinesCallOptions | undefined): void {
    checkProgress('machines', options);
    this.tries(options);
  }

  submit(task: Task, call: Call, options: MachinesCallOptions | undefined): Job {
    const jobs = this.programs.admit(task);
    const job = new Job(++this.ids, call, this.tries(options), options?.onProgress);
    if (task.loop._replays) return job; // a journal answers it
    try {
      this.data.set(job, this.dataOf(job, options));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const error = new TypeError(`an argument of ${job} cannot be sent to a machine: ${why}`, { cause });
      job.settle('error', unsendableArgument(call, 'machine') ?? error); // the first one says where it is
      return job;
    }
    this.programs.add(jobs, job);
    job.onEnd(() => this.data.delete(job));
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
    const sent = this.ways.get(job);
    if (sent && this.open) this.open.cancel(sent);
    else this.drop(job);
  }

  close(): void {
    if (this.state === 'open') this.state = 'closing';
    this.look();
  }

  terminate(): void {
    this.state = 'closed';
    for (const job of this.programs.jobs) {
      job.cancelling ??= { reason: `${this.name} was terminated` };
      this.drop(job);
    }
    this.look();
  }

  until(what: string, condition: () => boolean): Effect<void> {
    return this.looks.until(`${this.name}.${what}`, condition);
  }

  leave(): Effect<void> {
    this.hangUp();
    return this.until('idle', () => this.closing.size === 0);
  }

  abandon(): void {
    for (const job of this.programs.jobs) this.drop(job);
    this.hangUp();
  }

  // ---- the owner of the link

  over({ job }: Sent): void {
    this.ways.delete(job);
    this.dispatch();
    this.look();
  }

  again({ job }: Sent, isFree: boolean): boolean {
    if (!isFree && job.retries-- <= 0) return false;
    this.ways.delete(job);
    this.queue._park(job);
    this.dispatch();
    return true;
  }

  // ----

  /** It is over here and now, whatever the machine does. */
  private drop(job: Job): void {
    job._place?._withdraw(job);
    const sent = this.ways.get(job);
    if (sent) this.open?.drop(sent);
    this.ways.delete(job);
    job.settle('cancelled');
    this.look();
  }

  private dispatch(): void {
    while (this.queue._first && this.ways.size < this.room) {
      const job = this.queue._shift() as Job;
      this.ways.set(job, undefined);
      this.connected().then(
        (link) => this.send(link, job),
        (error: unknown) => this.fail(job, error),
      );
    }
  }

  private send(link: Link, job: Job): void {
    const data = this.data.get(job);
    if (!data || !this.ways.has(job)) return; // cancelled meanwhile
    const id = this.keys.get(job) ?? `${this.options.caller}-${job.id}-${job.retries}`;
    const sent = new Sent(id, job, { ...data, retries: job.retries }, performance.now());
    this.ways.set(job, sent);
    link.send(sent);
  }

  private fail(job: Job, error: unknown): void {
    if (!this.ways.delete(job)) return;
    job.settle('error', error);
    this.dispatch();
    this.look();
  }

  private dataOf(job: Job, options: MachinesCallOptions | undefined): CallData {
    const { root, caller, orphans, lease, keep } = this.options;
    // A text: a function that gives the key has been called already.
    const own = options?.key as string | undefined;
    if (own !== undefined) this.keys.set(job, keyOf(root, job.call, own));
    return {
      treadle: 1,
      module: pathBelow(root, job.call),
      export: job.call.export,
      args: encode(job.call.args),
      caller,
      shared: own !== undefined,
      orphans,
      lease,
      keep: Math.ceil(keep),
      retries: job.retries,
      deaths: 0,
      progress: job.onProgress !== undefined,
    };
  }

  private tries(options: MachinesCallOptions | undefined): number {
    // Without an end: JSON has no number for that.
    return Math.min(count('machines', 'retries', options?.retries ?? this.options.retries, 0), Number.MAX_SAFE_INTEGER);
  }

  private connected(): Promise<Link> {
    if (this.link) return this.link;
    this.opening = new AbortController();
    const opening: Promise<Link> = Link.open(this.engine, this.options, this, this.opening.signal);
    this.link = opening;
    opening.then(
      (link) => {
        if (this.link === opening) this.open = link;
      },
      () => {
        if (this.link === opening) this.link = undefined; // the next call tries again
        this.look();
      },
    );
    return opening;
  }

  private hangUp(): void {
    const { link } = this;
    if (!link) return;
    if (!this.open) this.opening?.abort();
    this.link = this.open = undefined;
    const gone = (): void => {
      this.closing.delete(closing);
      this.looks.look();
    };
    const closing: Promise<unknown> = link.then((open) => open.close()).then(gone, gone);
    this.closing.add(closing);
  }

  private look(): void {
    if (this.state === 'closing' && this.programs.pending === 0) this.state = 'closed';
    if (this.state === 'closed') this.hangUp();
    this.looks.look();
  }
}
