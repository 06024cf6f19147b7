// A job: one call of an exported function, on its way to a worker and back. It stands in the same kind of
// list as waiting tasks do, so that leaving the queue from the middle, as cancellation does, costs the same as
// from the head. Relies on the kernel, protocol.

import { reportError } from '#host';
import { Effect, OUTSIDE } from '../kernel/effect.ts';
import { suspendUntil } from '../kernel/suspension.ts';
import type { Start } from '../kernel/suspension.ts';
import { CancelledError } from '../words/errors.ts';
import { oneLine, show } from '../words/show.ts';
import type { List, Waiter } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import type { CallOptions } from './pool-options.ts';
import type { Call } from './protocol.ts';
import { wasNeverSent } from './unsendable.ts';

type End = 'value' | 'error' | 'cancelled';

export class Job implements Waiter {
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
  /** The how manieth call of its worker it is. */
  number = 0;
  /** It was sent, and what was transferred with it is not here any more: it cannot be sent again. */
  isSpent = false;
  /** How often it was sent to a worker that it has not reached. */
  misses = 0;
  /** The result or the error. */
  private value: unknown = undefined;
  /** An array, because there are two or three: a Set for each job takes half a microsecond more. */
  private listeners: (() => void)[] = [];

  constructor(id: number, call: Call, retries: number, onProgress?: CallOptions['onProgress']) {
    this.id = id;
    this.call = call;
    this.retries = retries;
    this.onProgress = onProgress && ((value) => onProgress(value, call.args));
  }

  /** What became of it; only the first time counts. Those who listen are told in the order in which they came. */
  settle(end: End, value?: unknown): void {
    if (this.end) return; // the answer to a call of a pool that was terminated meanwhile
    this.end = end;
    this.value = value;
    const { listeners } = this;
    this.listeners = [];
    for (const listener of listeners) listener();
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

  /** Calls back when it is over. The function that it gives takes that back. */
  onEnd(listener: () => void): () => void {
    if (this.end) listener();
    else this.listeners.push(listener);
    return () => {
      this.listeners = this.listeners.filter((one) => one !== listener);
    };
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
    const answer = () => (closing && this.end === 'cancelled' ? undefined : this.result());
    const wait: Start<unknown> = (resume, fail) =>
      this.onEnd(() => {
        try {
          resume(answer());
        } catch (error) {
          fail(error);
        }
      });
    return new Effect('job', this.call, (task: Task) => (this.end ? answer() : suspendUntil(task, wait)), OUTSIDE);
  }

  toString(): string {
    return `${this.call}`;
  }

  /** @internal What a list asks of those who stand in it; nobody wakes or runs a job. */
  _wake(): void {}
  /** @internal */ _run(): void {}
}
