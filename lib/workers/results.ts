// imap: results as they come. An iterable of effects, so that `for` and `forEach` can consume it and leaving
// it early is noticed. It stays a little ahead of its consumer, and no more: items may be endless.
// Relies on the kernel, effects/suspend, sync/deque, carrier, job.

import { performSuspend } from '../effects/suspend.ts';
import { Effect } from '../kernel/effect.ts';
import { QueueClosedError } from '../words/errors.ts';
import { List } from '../kernel/waiting.ts';
import type { Waiter } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import { Deque } from '../sync/deque.ts';
import type { Carrier } from './carrier.ts';
import type { Job } from './job.ts';
import type { CallOptions } from './pool-options.ts';
import type { Call } from './protocol.ts';

/** What has come of an item. */
type Over = Pick<Job, 'result'>;

/** A task that waits for a result. It may leave from the middle of the line. */
class Taker implements Waiter {
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

const failure = (error: unknown): Over => ({
  result() {
    throw error;
  },
});

export class Results<T> implements IterableIterator<Effect<T>> {
  private readonly carrier: Carrier;
  private readonly items: Iterator<unknown>;
  private readonly call: (item: unknown) => Call;
  private readonly options: CallOptions | undefined;
  private readonly effect = new Effect<T>('imap.next', undefined, (task: Task) => this.take(task));
  /** The first one that has asked: it says for which program this works. */
  private task: Task | undefined = undefined;
  /** How many effects were given out, and how many items were pulled: there is a result for each. */
  private given = 0;
  private count = 0;
  private exhausted = false;
  private readonly pulled = new Deque<Call>();
  private readonly running = new Set<Job>();
  private readonly over = new Deque<Over>();
  private readonly takers = new List();
  private waiting = 0;

  /** @internal */
  constructor(
    carrier: Carrier,
    items: Iterable<unknown>,
    call: (item: unknown) => Call,
    options: CallOptions | undefined,
  ) {
    this.carrier = carrier;
    this.items = items[Symbol.iterator]();
    this.call = call;
    this.options = options;
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** An effect that gives the next result, of whichever item it is, or throws its error. */
  next(): IteratorResult<Effect<T>, undefined> {
    if (this.given === this.count && !this.pull()) return { done: true, value: undefined };
    this.given++;
    return { done: false, value: this.effect };
  }

  /**
   * No more results: what has not started is cancelled, what runs is asked to end. The end of the program waits for
   * that.
   */
  return(): IteratorResult<Effect<T>, undefined> {
    if (!this.exhausted) this.items.return?.();
    this.stop();
    for (const job of [...this.running]) this.carrier.cancel(job, 'no longer needed');
    return { done: true, value: undefined };
  }

  private stop(): void {
    this.exhausted = true;
    this.given = this.count;
    while (this.pulled.size > 0) this.pulled.shift();
  }

  private pull(): boolean {
    if (this.exhausted) return false;
    const { done, value } = this.items.next();
    if (done) this.exhausted = true;
    else {
      this.count++;
      this.pulled.push(this.call(value));
    }
    return !done;
  }

  /** An iterable that throws before anybody has asked for that item: then it does so at its turn. */
  private pullAhead(): boolean {
    try {
      return this.pull();
    } catch (error) {
      this.exhausted = true;
      this.count++;
      this.over.push(failure(error));
      return false;
    }
  }

  /** Hands as many items to the pool as it can run, but lets results that nobody has taken not pile up. */
  private fill(): void {
    const { room } = this.carrier;
    while (this.running.size < room && this.over.size < room && (this.pulled.size > 0 || this.pullAhead())) {
      const job = this.carrier.submit(this.task as Task, this.pulled.shift(), this.options);
      if (job.end)
        this.over.push(job); // it could not even be sent
      else {
        this.running.add(job);
        job.onEnd(() => this.ended(job));
      }
    }
  }

  private ended(job: Job): void {
    this.running.delete(job);
    this.deliver(job);
    if (job.end === 'cancelled') this.stop(); // the pool was terminated, or the program is over
    do {
      try {
        this.fill();
        break;
      } catch (error) {
        this.deliver(failure(error)); // the pool takes no more calls: so much for this item
      }
    } while (this.waiting > 0);
    while (this.over.size > 0 && this.waiting > 0) this.deliver(this.over.shift());
    while (this.noneFor(this.waiting - 1)) this.leave(this.takers._last as Taker).take(failure(this.closed()));
  }

  /** To the one who has waited longest, or kept for the next one who asks. */
  private deliver(over: Over, again = false): void {
    if (this.waiting > 0) this.leave(this.takers._first as Taker).take(over);
    else if (again) this.over.unshift(over);
    else this.over.push(over);
  }

  private leave(taker: Taker): Taker {
    this.waiting--;
    this.takers._withdraw(taker);
    return taker;
  }

  /** Will there be none for one more, behind so many who wait? */
  private noneFor(waiting: number): boolean {
    return waiting >= 0 && this.exhausted && this.pulled.size === 0 && this.running.size <= waiting;
  }

  private closed(): QueueClosedError {
    return new QueueClosedError('imap has no more results: each was taken');
  }

  private take(task: Task): unknown {
    this.task ??= task;
    this.fill();
    if (this.over.size > 0) {
      const over = this.over.shift();
      this.fill(); // there is room for one more
      return over.result();
    }
    if (this.noneFor(this.waiting)) throw this.closed();
    return performSuspend(task, [
      (resume: (value: never) => void, fail: (error: unknown) => void) => {
        const taker = new Taker(resume, fail);
        this.takers._park(taker);
        this.waiting++;
        return () => {
          if (taker.taken)
            this.deliver(taker.taken, true); // cancelled before its turn: to the next one
          else this.leave(taker);
        };
      },
    ]);
  }
}
