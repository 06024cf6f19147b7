// A job: one call of an exported function, on its way to a worker and back. It stands in the same kind of
// list as waiting tasks do, so that leaving the queue from the middle, as cancellation does, costs the same as
// from the head. And it is itself the place where its caller waits.
//
// 10,000 calls that are made at once are 10,000 jobs, and the collector copies each of them twice. So a job makes
// nothing that most calls do not need: `suspendUntil` for the caller, and an array for those who listen, were 700 bytes
// more, and a fifth of the program's time for a call. (What its caller needs, and when, is in caller.ts.) Relies on the
// kernel, protocol, rest-of-chunk.

import { reportError } from '#host';
import type { Settled } from '../combinators/all.ts';
import { Effect, OUTSIDE, SUSPENDED } from '../kernel/effect.ts';
import { CancelledError } from '../words/errors.ts';
import { brief, oneLine, show } from '../words/show.ts';
import type { List, Place, Waiter } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import type { CallOptions } from './pool-options.ts';
import type { Call, Chunk, RunOrder } from './protocol.ts';
import { RestOfChunk } from './rest-of-chunk.ts';
import { wasNeverSent } from './unsendable.ts';

type End = 'value' | 'error' | 'cancelled';

type Listener = (job: Job) => void;

/** Where a job stands while it is not over. */
export interface Register {
  forget(job: Job): void;
}

/** The items of one map that ends with its first failure. When one has failed, no other is begun. */
export interface Batch {
  hasFailed: boolean;
}

export class Job implements Waiter, Place {
  /** @internal */ _previous: Waiter | undefined = undefined;
  /** @internal */ _next: Waiter | undefined = undefined;
  /** @internal The queue it stands in. */
  _place: List | undefined = undefined;
  readonly id: number;
  readonly call: Call;
  /** Who hears of its progress. */
  readonly onProgress: ((value: unknown) => void) | undefined;
  /** How often it may still be tried again when its worker dies. */
  retries: number;
  /** Its cancellation was asked for, and why. */
  cancelling: { readonly reason: unknown } | undefined = undefined;
  end: End | undefined = undefined;
  readonly batch: Batch | undefined;
  /** The jobs of its program that are not over. */
  siblings: Set<Job> | undefined = undefined;
  /** What is told first that it is over. (A listener would need an array.) */
  register: Register | undefined = undefined;
  /** Its number among the calls of its worker, from 1 on. */
  number = 0;
  /** It was sent, and what was transferred with it is not here any more: it cannot be sent again. */
  isSpent = false;
  /** How often it was sent to a worker that it has not reached. */
  misses = 0;
  /** What its worker had begun of it when it died. */
  begun: Call | undefined = undefined;
  /** Of a chunk whose worker has died. */
  private rest: RestOfChunk | undefined = undefined;
  /** The result or the error. */
  private value: unknown = undefined;
  /** The task that waits for its end, and whether only for that. */
  private caller: Task | undefined = undefined;
  private callerClosesIt = false;
  private listeners: Listener[] | undefined = undefined;

  constructor(id: number, call: Call, retries: number, onProgress?: CallOptions['onProgress'], batch?: Batch) {
    this.id = id;
    this.call = call;
    this.retries = retries;
    this.batch = batch;
    this.onProgress = onProgress && ((value) => onProgress(value, call.args));
  }

  /** What became of it; only the first time counts. Those who listen are told in the order in which they came. */
  settle(end: End, value?: unknown): void {
    if (this.end) return; // the answer to a call of a pool that was terminated meanwhile
    this.end = end;
    this.value = value;
    if (end === 'error' && this.batch) this.batch.hasFailed = true;
    this.register?.forget(this);
    const { listeners } = this;
    this.listeners = undefined;
    if (listeners) for (const listener of listeners) listener(this);
    this.wakeCaller();
  }

  /** What is sent of it: all, unless it is a chunk whose worker has died. */
  get message(): Call {
    return this.rest?.message ?? this.call;
  }

  /** The order to run it: at once, or, if it is given ahead, when the one before it is over. */
  order(ahead: boolean): RunOrder {
    return { treadle: 'run', id: this.id, call: this.message, progress: this.onProgress !== undefined, ahead };
  }

  /** What has become of the items of its message. True when that was not all of them, and the others are to be sent. */
  goesOnAfter(outcomes: readonly Settled<unknown>[]): boolean {
    if (this.rest?.goesOnAfter(outcomes)) return true;
    this.settle('value', this.rest ? this.rest.outcomes : outcomes);
    return false;
  }

  /** Its worker has died, of which the function gives the error. True when it may be tried again. */
  goesOnWithoutBegun(error: () => unknown): boolean {
    if (!this.call.each) return this.retries-- > 0;
    this.misses = 0;
    this.rest ??= new RestOfChunk(this.call as Chunk, this.retries);
    return this.rest.goesOnWithout((this.begun as Call).args.length, error);
  }

  /** It ends with this error, except for those of its items of which something else is known. */
  fail(error: unknown): void {
    if (this.rest) this.settle('value', this.rest.fail(error));
    else this.settle('error', error);
  }

  /** It has come so far, says its code. */
  heard(progress: unknown): void {
    if (this.end) return;
    try {
      this.onProgress?.(progress);
    } catch (error) {
      reportError(error, `onProgress of ${this.call}`);
    }
  }

  /** Calls back when it is over. */
  onEnd(listener: Listener): void {
    if (this.end) listener(this);
    else if (this.listeners) this.listeners.push(listener);
    else this.listeners = [listener];
  }

  /** Takes that back. */
  offEnd(listener: Listener): void {
    this.listeners = this.listeners?.filter((one) => one !== listener);
  }

  /** Its result; throws its error, or a `CancelledError`. */
  result(): unknown {
    if (this.end === 'value') return this.value;
    if (this.end === 'error') throw this.value;
    const reason = this.cancelling?.reason;
    const why = typeof reason === 'string' ? oneLine(reason) : show(reason);
    throw new CancelledError(`${this.call} was cancelled${reason === undefined ? '' : `: ${why}`}`, reason);
  }

  /** What has become of another job that stands for this one. */
  endAs(other: Job): void {
    if (other.cancelling) this.cancelling ??= other.cancelling;
    if (other.end) this.settle(other.end, other.value);
  }

  /** Nothing of it has begun, because its arguments could not be sent. */
  get wasNeverSent(): boolean {
    return this.end === 'error' && wasNeverSent(this.value);
  }

  /** Waits until it is over; for `cancel`, only an error of its clean-up is thrown. */
  over(closing = false): Effect<unknown> {
    return new Effect('job', this, closing ? waitForCleanUp : waitForResult, OUTSIDE);
  }

  /** @internal */ _wait(task: Task, closing: boolean): unknown {
    this.callerClosesIt = closing;
    if (this.end) return this.answer();
    this.caller = task;
    task._place = this;
    task.loop._outside++;
    return SUSPENDED;
  }

  private answer(): unknown {
    return this.callerClosesIt && this.end === 'cancelled' ? undefined : this.result();
  }

  private wakeCaller(): void {
    const task = this.releaseCaller();
    if (!task) return;
    let answer: unknown;
    try {
      answer = this.answer();
    } catch (error) {
      return task._wakeThrowing(error);
    }
    task._wake(answer);
  }

  private releaseCaller(): Task | undefined {
    const task = this.caller;
    this.caller = undefined;
    if (task) task.loop._outside--;
    return task;
  }

  /** @internal Its caller was cancelled, and waits for it no more. */
  _withdraw(): void {
    this.releaseCaller();
  }

  toString(): string {
    return `${this.call}`;
  }

  [brief](): string {
    return `${this}`;
  }

  /** @internal What a list asks of those who stand in it; nobody wakes or runs a job. */
  _wake(): void {}
  /** @internal */ _run(): void {}
}

// Both are made once, and not for each job.
const waitForResult = (task: Task, job: Job): unknown => job._wait(task, false);
const waitForCleanUp = (task: Task, job: Job): unknown => job._wait(task, true);
