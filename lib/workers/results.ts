// imap: results as they come, or in order. An iterable of effects, so that `for` and `forEach` can consume it and
// leaving it early is noticed. It stays a little ahead of its consumer, and no more: items may be endless.
//
// To leave the loop is to call return(), which cannot wait for the workers. So a daemon of the consumer does: its
// *keeper*. A task is over, and a time limit is, when its daemons are.
// Relies on the kernel, effects, sync, carrier, job, in-order, protocol, taker.

import type { Settled } from '../combinators/all.ts';
import { startChildIn } from '../effects/spawn.ts';
import { performSuspend } from '../effects/suspend.ts';
import type { Coroutine } from '../kernel/awaitable.ts';
import { Effect } from '../kernel/effect.ts';
import { CancelScope } from '../kernel/cancel-scope.ts';
import { CANCELLING } from '../kernel/modes.ts';
import { innermostScope } from '../kernel/scope.ts';
import type { Scope } from '../kernel/scope.ts';
import { QueueClosedError } from '../words/errors.ts';
import { List } from '../kernel/waiting.ts';
import type { Task } from '../kernel/task.ts';
import { Deque } from '../sync/deque.ts';
import { Event } from '../sync/event.ts';
import type { Carrier } from './carrier.ts';
import { InOrder } from './in-order.ts';
import type { Job } from './job.ts';
import type { ImapOptions } from './pool-options.ts';
import { Call, Chunk } from './protocol.ts';
import type { Callee } from './protocol.ts';
import { failure, overOf, Taker } from './taker.ts';
import type { Over } from './taker.ts';

/** An item on its way, and what to call when it is over. */
interface Item {
  readonly value: unknown;
  readonly settle: (over: Over) => void;
}

export class Results<T> implements IterableIterator<Effect<T>> {
  private readonly carrier: Carrier;
  private readonly items: Iterator<unknown>;
  private readonly callee: Callee;
  private readonly options: ImapOptions | undefined;
  /** How many items travel together. */
  private readonly size: number;
  private readonly effect = new Effect<T>('imap.next', undefined, (task: Task) => this.take(task));
  /** The first one that has asked: it says for which program this works. */
  private task: Task | undefined = undefined;
  /** How many effects were given out, and how many items were pulled: there is a result for each. */
  private given = 0;
  private count = 0;
  private exhausted = false;
  private readonly pulled = new Deque<unknown>();
  private readonly running = new Set<Job>();
  /** How many items are on their way: their results have not been handed over or kept. */
  private underway = 0;
  /** Results that nobody has taken yet. */
  private readonly over = new Deque<Over>();
  private readonly order: InOrder<Over> | undefined;
  private readonly takers = new List();
  private waiting = 0;
  private left = false;
  /** No item is left, and no job runs: the keepers may go. */
  private readonly finished = new Event({ name: 'the end of imap' });

  /** @internal */
  constructor(
    carrier: Carrier,
    callee: Callee,
    items: Iterable<unknown>,
    options: ImapOptions | undefined,
    size: number,
  ) {
    this.carrier = carrier;
    this.items = items[Symbol.iterator]();
    this.callee = callee;
    this.options = options;
    this.size = size;
    this.order = options?.ordered ? new InOrder((over) => this.deliver(over)) : undefined;
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
   * No more results: what has not started is cancelled, what runs is asked to end. The end of the task that took from
   * it waits for that.
   */
  return(): IteratorResult<Effect<T>, undefined> {
    if (!this.exhausted) this.items.return?.();
    this.left = true;
    this.stop();
    for (const job of [...this.running]) this.carrier.cancel(job, 'no longer needed');
    this.lookForEnd();
    return { done: true, value: undefined };
  }

  private stop(): void {
    this.exhausted = true;
    this.given = this.count;
    while (this.pulled.size > 0) this.pulled.shift();
  }

  private lookForEnd(): void {
    if (this.exhausted && this.pulled.size === 0 && this.running.size === 0) this.finished.set();
  }

  private pull(): boolean {
    if (this.exhausted) return false;
    const { done, value } = this.items.next();
    if (done) {
      this.exhausted = true;
      this.lookForEnd();
    } else {
      this.count++;
      this.pulled.push(value);
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
      this.enter()(failure(error));
      return false;
    }
  }

  /** Hands as many items to the pool as it can run, but lets results that nobody has taken not pile up. */
  private fill(): void {
    const { room } = this.carrier;
    const kept = () => this.over.size + (this.order?.held ?? 0);
    while (this.running.size < room && kept() < room * this.size) {
      const items: Item[] = [];
      while (items.length < this.size && (this.pulled.size > 0 || this.pullAhead()))
        items.push({ value: this.pulled.shift(), settle: this.enter() });
      if (items.length === 0) return;
      this.submit(items);
    }
  }

  private submit(items: readonly Item[]): void {
    const values = items.map(({ value }) => value);
    const call =
      values.length === 1 ?
        new Call('imap', this.callee.module, this.callee.export, values)
      : new Chunk(this.callee, values, 'whatever becomes of them');
    try {
      const job = this.carrier.submit(this.task as Task, call, this.options);
      if (job.end) return this.settle(items, job); // it could not even be sent
      this.running.add(job);
      job.onEnd(() => this.ended(job, items));
    } catch (error) {
      for (const { settle } of items) settle(failure(error)); // the pool takes no more calls: so much for these items
    }
  }

  /** An item goes on its way. Gives the function to be called with what has come of it. */
  private enter(): (over: Over) => void {
    this.underway++;
    return this.order ? this.order.enter() : (over) => this.deliver(over);
  }

  private settle(items: readonly Item[], job: Job): void {
    // One item of a chunk could not be sent. Which one it was shows when each is sent alone.
    if (job.wasNeverSent && items.length > 1) return items.forEach((item) => this.submit([item]));
    const outcomes = job.end === 'value' && job.call.each ? (job.result() as Settled<unknown>[]) : undefined;
    items.forEach(({ settle }, i) => settle(outcomes ? overOf(outcomes[i] as Settled<unknown>) : job));
  }

  private ended(job: Job, items: readonly Item[]): void {
    this.running.delete(job);
    this.settle(items, job);
    if (job.end === 'cancelled') this.stop(); // the pool was terminated, or the program is over
    this.fill();
    while (this.noneFor(this.waiting - 1)) this.leave(this.takers._last as Taker).take(failure(this.closed()));
    this.lookForEnd();
  }

  /** To the one who has waited longest, or kept for the next one who asks. */
  private deliver(over: Over): void {
    this.underway--;
    if (this.waiting > 0) this.leave(this.takers._first as Taker).take(over);
    else this.over.push(over);
  }

  private leave(taker: Taker): Taker {
    this.waiting--;
    this.takers._withdraw(taker);
    return taker;
  }

  /** Will there be none for one more, behind so many who wait? */
  private noneFor(waiting: number): boolean {
    return waiting >= 0 && this.exhausted && this.pulled.size === 0 && this.underway <= waiting;
  }

  private closed(): QueueClosedError {
    return new QueueClosedError('imap has no more results: each was taken');
  }

  private take(task: Task): unknown {
    this.enterProgram(task);
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
          if (taker.taken) this.giveBack(taker.taken);
          else this.leave(taker);
        };
      },
    ]);
  }

  /** Its taker was cancelled before its turn: it goes to the next one. */
  private giveBack(over: Over): void {
    if (this.waiting > 0) this.leave(this.takers._first as Taker).take(over);
    else this.over.unshift(over);
  }

  // ---- the end of the consumer

  private enterProgram(task: Task): void {
    if (this.task) return;
    this.task = task;
    // The consumer is this task, which may have asked under a time limit that ends before the loop does; or this is a
    // child of forEach, whose scope is within that of the consumer.
    this.keepIn(task._owner.outer);
    for (let scope: Scope | undefined = innermostScope(task); scope; scope = scope.outer) this.keepIn(scope);
  }

  private keepIn(scope: Scope | undefined): void {
    if (scope && !scope.refuses(true)) startChildIn(scope, this.keep(scope), { name: 'imap', daemon: true });
  }

  /** It is cancelled at the end of the consumer, which usually has left the loop by then. */
  private *keep(scope: Scope): Coroutine<void> {
    try {
      yield this.finished.wait();
    } finally {
      if (!this.left && wasCancelled(scope) && this.isForNobody) this.return();
      if (this.left) yield this.carrier.until('imap', () => this.running.size === 0);
    }
  }

  /**
   * All results were promised, and the task that waited for them has gone: forEach does not leave what has come to its
   * end.
   */
  private get isForNobody(): boolean {
    return this.exhausted && this.given === this.count && this.waiting === 0;
  }
}

/** Its task was, or its time limit has expired. */
function wasCancelled(scope: Scope): boolean {
  const { task } = scope;
  return (task && (task._flags & CANCELLING) !== 0) || (scope instanceof CancelScope && scope.error !== undefined);
}
