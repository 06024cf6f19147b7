// A task that waits for a result of imap, and what it is given. Relies on the kernel.

import type { Settled } from '../combinators/all.ts';
import type { List, Waiter } from '../kernel/waiting.ts';
import type { Job } from './job.ts';

/** What has come of an item. */
export type Over = Pick<Job, 'result'>;

/** A task that waits for a result. It may leave from the middle of the line. */
export class Taker implements Waiter {
  /** @internal */ _previous: Waiter | undefined = undefined;
  /** @internal */ _next: Waiter | undefined = undefined;
  /** @internal */ _place: List | undefined = undefined;
  taken: Over | undefined = undefined;
  private readonly resume: (value: never) => void;
  private readonly fail: (error: unknown) => void;

  constructor(resume: (value: never) => void, fail: (error: unknown) => void) {
    this.resume = resume;
    this.fail = fail;
  }

  take(over: Over): void {
    this.taken = over;
    try {
      this.resume(over.result() as never);
    } catch (error) {
      this.fail(error);
    }
  }

  /** @internal */ _wake(): void {}
  /** @internal */ _run(): void {}
}

export const overOf = (one: Settled<unknown>): Over =>
  one.status === 'fulfilled' ? { result: () => one.value } : failure(one.reason);

export const failure = (error: unknown): Over => ({
  result() {
    throw error;
  },
});
