// The carrier in front of the other one, with a server or without. It takes only modules below the root, and calls that
// share a key share one run: within one process, they are given to the other carrier once. Relies on the kernel, job,
// carrier, registry.

import { createHash } from 'node:crypto';
import type { Effect } from '../kernel/effect.ts';
import type { Task } from '../kernel/task.ts';
import { mustBe } from '../words/messages.ts';
import type { Carrier } from '../workers/carrier.ts';
import { Job } from '../workers/job.ts';
import type { Call, Callee } from '../workers/protocol.ts';
import type { MachinesCallOptions } from './machines-options.ts';
import { pathBelow } from './registry.ts';

/** The key that the caller gives to a call; `undefined` without one. A function that gives it is called once. */
function ownKey(call: Call, { key }: MachinesCallOptions): string | undefined {
  const own: unknown = typeof key === 'function' ? key(...(call.args as never[])) : key;
  if (key === undefined || (typeof own === 'string' && own !== '')) return own as string | undefined;
  throw new TypeError(mustBe('machines', 'a text as key', own));
}

/** The key, with the function that is called: one text for all programs. */
export function keyOf(root: URL, call: Call, own: string): string {
  const digest = createHash('sha256').update(JSON.stringify([pathBelow(root, call), call.export, own]));
  return `key-${digest.digest('base64url')}`;
}

/** One run, and the calls that share it. */
interface Shared {
  readonly job: Job;
  readonly calls: Set<Job>;
}

export class Keyed implements Carrier {
  private readonly carrier: Carrier;
  private readonly root: URL;
  private readonly runs = new Map<string, Shared>();
  /** The run of a call. */
  private readonly sharedBy = new Map<Job, Shared>();

  constructor(carrier: Carrier, root: URL) {
    this.carrier = carrier;
    this.root = root;
  }

  get name(): string {
    return this.carrier.name;
  }

  get room(): number {
    return this.carrier.room;
  }

  get state(): Carrier['state'] {
    return this.carrier.state;
  }

  get idle(): boolean {
    return this.carrier.idle;
  }

  check(callee: Callee, options: MachinesCallOptions | undefined): void {
    pathBelow(this.root, callee);
    const key: unknown = options?.key;
    if (key !== undefined && typeof key !== 'function' && (typeof key !== 'string' || key === ''))
      throw new TypeError(mustBe('machines', 'a text, or a function that gives one, as key', key));
    this.carrier.check(callee, options);
  }

  submit(task: Task, call: Call, options: MachinesCallOptions | undefined): Job {
    const own = ownKey(call, options ?? {});
    if (own === undefined) return this.carrier.submit(task, call, options);
    const key = keyOf(this.root, call, own);
    options = { ...options, key: own };
    let shared = this.runs.get(key);
    // One that is being cancelled is nothing to wait for; and one that is closed says so.
    if (!shared || shared.job.end || shared.job.cancelling || this.state !== 'open')
      shared = this.begin(task, call, options, key);
    else this.carrier.adopt(task, shared.job);
    return this.join(shared, call, options);
  }

  adopt(task: Task, job: Job): void {
    this.carrier.adopt(task, job);
  }

  private begin(task: Task, call: Call, options: MachinesCallOptions | undefined, key: string): Shared {
    const calls = new Set<Job>();
    const onProgress = (value: unknown): void => {
      for (const each of calls) each.heard(value);
    };
    const job = this.carrier.submit(task, call, { ...options, onProgress });
    const shared: Shared = { job, calls };
    this.runs.set(key, shared);
    job.onEnd(() => {
      if (this.runs.get(key) === shared) this.runs.delete(key);
    });
    return shared;
  }

  private join(shared: Shared, call: Call, options: MachinesCallOptions | undefined): Job {
    const { job, calls } = shared;
    const own = new Job(job.id, call, 0, options?.onProgress);
    calls.add(own);
    this.sharedBy.set(own, shared);
    const over = () => {
      calls.delete(own);
      this.sharedBy.delete(own);
      own.endAs(job);
    };
    job.onEnd(over);
    own.onEnd(() => {
      job.offEnd(over);
      calls.delete(own);
      this.sharedBy.delete(own);
    });
    return own;
  }

  cancel(job: Job, reason?: unknown): void {
    const shared = this.sharedBy.get(job);
    if (!shared) this.carrier.cancel(job, reason);
    else if (!job.end && !job.cancelling) {
      job.cancelling = { reason };
      const isWanted = [...shared.calls].some((each) => !each.cancelling);
      if (isWanted) job.settle('cancelled');
      else this.carrier.cancel(shared.job, reason);
    }
  }

  close(): void {
    this.carrier.close();
  }

  terminate(): void {
    this.carrier.terminate();
  }

  until(what: string, condition: () => boolean): Effect<void> {
    return this.carrier.until(what, condition);
  }
}
