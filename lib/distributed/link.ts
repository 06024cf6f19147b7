// The link: a caller's side of the queue. One reader of events wakes all calls by their ids; what events miss (a
// restart of the server, a stream that was cut) is found by looking at each call from time to time. The invariants:
//   - a call is in `sent` until it is settled, and is settled exactly once;
//   - a call of which nothing was heard is looked at every second, and so no lost event is the end of it;
//   - what was read is removed from the server: results do not pile up there.
// Relies on connection, engine, messages, names, sent, lookout, leftovers, sharers.

import { CancelledError } from '../words/errors.ts';
import { WorkerDiedError } from '../workers/worker-died.ts';
import { connect, cut, inTime, patienceOf, refusal } from './connection.ts';
import type { ServerOptions } from './connection.ts';
import type { Engine, Queue, QueueEventsProducer, Redis } from './engine.ts';
import { decode } from './envelope.ts';
import { MachinesError } from './errors.ts';
import { readOutcome } from './messages.ts';
import type { Ending } from './messages.ts';
import { callerKey, controlOf, PREFIX } from './names.ts';
import { Leftovers } from './leftovers.ts';
import { Listener } from './listener.ts';
import { Lookout, POLL } from './lookout.ts';
import type { Looked } from './lookout.ts';
import { Pulse } from './pulse.ts';
import type { Sent } from './sent.ts';
import { Sharers } from './sharers.ts';

export interface LinkOptions extends ServerOptions {
  /** The queue: `treadle@1.4.2`. */
  readonly queue: string;
  /** This program, among all callers. */
  readonly caller: string;
  readonly lease: number;
  readonly keep: number;
}

/** What the link tells the carrier. */
export interface Owner {
  /** A call is over. */
  over(sent: Sent): void;
  /** The server has lost a call. True: it was sent again. `isFree`: it had not run, so no retry is used up. */
  again(sent: Sent, isFree: boolean): boolean;
}

/** How many milliseconds the server has to take the goodbye. */
const GOODBYE = 1_000;

const now = (): number => performance.now();
const ignore = (): void => {};

export class Link implements Looked {
  private readonly options: LinkOptions;
  private readonly owner: Owner;
  private readonly redis: Redis;
  private readonly queue: Queue;
  private readonly producer: QueueEventsProducer;
  private readonly sharers: Sharers;
  private readonly leftovers: Leftovers;
  private readonly pulse: Pulse;
  private readonly lookout: Lookout;
  private readonly listener: Listener;
  readonly sent = new Map<string, Sent>();
  private readonly timers: NodeJS.Timeout[] = [];
  private closed = false;

  /**
   * Connects. Rejects with a `MachinesError` when that cannot be done in time, and with what `signal` says when it is
   * aborted.
   */
  static open(engine: Engine, options: LinkOptions, owner: Owner, signal: AbortSignal): Promise<Link> {
    return connect(engine, options, signal).then((redis) => {
      const link = new Link(engine, options, owner, redis);
      const begun = link.listener.listen().then(() => link.beat());
      return inTime(begun, options, signal).then(
        () => link,
        (error: unknown) => link.close().then(() => Promise.reject(refusal(error, options.url) as Error)),
      );
    });
  }

  private constructor(engine: Engine, options: LinkOptions, owner: Owner, redis: Redis) {
    this.options = options;
    this.owner = owner;
    this.redis = redis;
    const settings = { connection: redis, prefix: PREFIX };
    this.queue = new engine.Queue(options.queue, settings);
    this.producer = new engine.QueueEventsProducer(controlOf(options.queue), settings);
    for (const part of [this.queue, this.producer]) part.on('error', ignore); // a connection that comes back
    this.listener = new Listener(engine, redis, options.queue, {
      completed: ({ jobId, returnvalue }) => this.ended(jobId, returnvalue),
      failed: ({ jobId }) => this.told(jobId),
      removed: ({ jobId }) => this.removed(jobId),
      progress: ({ jobId, data }) => this.progressed(jobId, data),
    });
    this.sharers = new Sharers(redis, this.queue, options.queue);
    this.leftovers = new Leftovers(redis, this.queue, options.queue, this.sharers);
    this.pulse = new Pulse(redis, Math.ceil(patienceOf(options) / POLL));
    const lookout = (this.lookout = new Lookout(redis, this.pulse, this.queue, options, this));
    redis.on('ready', () => {
      this.beat().catch(ignore);
      lookout.look(0); // what has happened while it was away
    });
    this.timers.push(setInterval(() => lookout.look(), POLL));
    this.timers.push(setInterval(() => void this.beat().catch(ignore), Math.max(options.lease / 10, 50)));
  }

  // ---- the way there

  send(sent: Sent): void {
    const { id, data } = sent;
    this.sent.set(id, sent);
    const options = { jobId: id, removeOnComplete: false, removeOnFail: false } as const; // see `Keeper`
    const add = () =>
      this.queue.add(data.export, data, options).then(() => {
        sent.isThere = true;
        // One that another caller has sent before may be over already.
        if (data.shared) this.lookout.lookAt(sent);
      });
    (data.shared ? this.sharers.join(sent, this.sharing).then(add) : add()).catch((error: unknown) =>
      this.settle(sent, { end: 'error', value: refusal(error, this.options.url) }),
    );
  }

  /** Asks the machine that runs it to end it, or takes it out of the queue. Repeated until it is over. */
  cancel(sent: Sent): void {
    if (this.sent.get(sent.id) !== sent) return;
    const { id, job, data } = sent;
    const end = (spoilt: boolean): void => this.settle(sent, { end: 'cancelled', why: '' }, spoilt);
    const ask = (): void => {
      const { reason } = job.cancelling ?? {};
      const why = reason === undefined ? '' : String(reason).slice(0, 1_000);
      this.producer.publishEvent({ eventName: 'cancel', jobId: id, reason: why }).catch(ignore);
      this.leftovers.dequeue(sent).then((taken) => (taken > 0 ? end(true) : undefined), ignore);
    };
    if (!data.shared) ask();
    // The others have a use for what has come of it, if it is just over.
    else this.sharers.withdraw(sent).then((left) => (left > 0 ? end(false) : ask()), ignore);
  }

  // ---- the way back

  private ended(id: unknown, returnvalue: unknown): void {
    const sent = this.sent.get(id as string);
    if (!sent) return; // another caller's
    if (sent.data.shared) return this.told(id);
    const ending = readOutcome(returnvalue, `${sent.job}`, undefined);
    if (ending.end === 'stored') this.told(id);
    else this.settle(sent, ending);
  }

  /**
   * An event says that it is over. Where calls share a key, that may be late news of an earlier run under the same id:
   * what has come of this one is asked of the server, once it is there.
   */
  private told(id: unknown): void {
    const sent = this.sent.get(id as string);
    if (sent && (sent.isThere || !sent.data.shared)) this.fetch(id, true);
  }

  private progressed(id: unknown, data: unknown): void {
    const sent = this.sent.get(id as string);
    if (!sent) return;
    sent.heard = now();
    try {
      sent.job.heard(decode(data));
    } catch {
      // Progress that cannot be read is none.
    }
  }

  private removed(id: unknown): void {
    const sent = this.sent.get(id as string);
    if (sent && !sent.data.shared) this.vanished(sent, 'somebody has removed it from the queue');
    else if (sent) this.lookout.lookAt(sent);
  }

  /** Gets the job itself: what has come of it is an error, or is large, or its event was not heard. */
  fetch(id: unknown, isTold = false): void {
    const sent = this.sent.get(id as string);
    if (!sent || (sent.looking && !isTold)) return;
    sent.looking = true;
    this.queue
      .getJob(sent.id)
      .then(
        (job) => {
          if (!job) return this.vanished(sent, 'what has come of it is not on the server any more');
          if (job.finishedOn === undefined) return; // it runs once more, under the id of one that was not kept
          const { outcome } = (job.data ?? {}) as { outcome?: unknown };
          const where = job.processedBy === undefined ? undefined : `machine ${job.processedBy}`;
          if (job.failedReason !== undefined && outcome === undefined) {
            const value = new MachinesError('lost', `${sent.job} was given up by the queue: ${job.failedReason}`);
            this.settle(sent, { end: 'error', value });
            return;
          }
          const returned = readOutcome(job.returnvalue ?? outcome, `${sent.job}`, where);
          this.settle(sent, returned.end === 'stored' ? readOutcome(outcome, `${sent.job}`, where) : returned);
        },
        (error: unknown) => {
          if (error instanceof SyntaxError) this.settle(sent, readOutcome(undefined, `${sent.job}`, undefined));
        },
      )
      .finally(() => (sent.looking = false));
  }

  /** `spoilt`: the callers that share the call cannot use what has come of it, either. */
  settle(sent: Sent, ending: Ending, spoilt = ending.end === 'cancelled'): void {
    if (this.sent.get(sent.id) !== sent) return;
    this.sent.delete(sent.id);
    const { job } = sent;
    this.leftovers.add(sent, spoilt);
    // A worker that dies while a cancelled call cleans up is no error: the call was to end. Several such errors would
    // hide one that matters.
    const hasDied = ending.end === 'error' && ending.value instanceof WorkerDiedError;
    if (job.cancelling && (ending.end === 'cancelled' || hasDied)) job.settle('cancelled');
    else if (ending.end === 'value' || ending.end === 'error') job.settle(ending.end, ending.value);
    // By its machine, which has not heard of this program for too long; or by others, before this caller joined them.
    else if (ending.end === 'cancelled' && this.owner.again(sent, sent.data.shared)) return;
    else
      job.settle(
        'error',
        new CancelledError(`${job} was cancelled by its machine: ${(ending as { why: string }).why}`),
      );
    this.owner.over(sent);
  }

  vanished(sent: Sent, why: string): void {
    const lost = (): Error => new MachinesError('lost', `${sent.job} is lost: ${why}`);
    if (!sent.data.shared) this.tryAgain(sent, false, lost);
    // Other callers may have cancelled it, and removed their run, before this one joined. But a server that does not
    // know this caller, either, has lost its data, and the call may have run.
    else this.sharers.has(sent).then((isSharer) => this.tryAgain(sent, isSharer, lost), ignore);
  }

  giveUp(sent: Sent, error: Error): void {
    this.queue.remove(sent.id).catch(ignore);
    this.tryAgain(sent, false, () => error);
  }

  private tryAgain(sent: Sent, isFree: boolean, error: () => Error): void {
    if (this.sent.get(sent.id) !== sent) return;
    if (sent.job.cancelling) this.settle(sent, { end: 'cancelled', why: '' });
    else {
      this.sent.delete(sent.id);
      if (this.owner.again(sent, isFree)) return;
      sent.job.settle('error', error());
      this.owner.over(sent);
    }
  }

  failAll(error: () => Error): void {
    for (const sent of [...this.sent.values()]) {
      this.queue.remove(sent.id).catch(ignore);
      this.settle(sent, sent.job.cancelling ? { end: 'cancelled', why: '' } : { end: 'error', value: error() });
    }
  }

  // ---- being there

  /**
   * A sign that this program is alive. A host waits for the other half of the lease before it believes that there is
   * none.
   */
  private beat(): Promise<unknown> {
    const { queue, caller, lease } = this.options;
    // A call may take longer than a result is kept.
    for (const sent of this.sent.values())
      if (sent.data.shared && !sent.job.cancelling) this.sharers.stay(sent, this.sharing).catch(ignore);
    return this.redis.set(callerKey(queue, caller), '1', 'PX', Math.ceil(lease / 2));
  }

  /** How many milliseconds a caller counts as a sharer without another word. */
  private get sharing(): number {
    return Math.max(this.options.keep, this.options.lease);
  }

  /** Forgets a call, which is settled by somebody else. Its machine is told, and nobody waits for that. */
  drop(sent: Sent): void {
    this.cancel(sent);
    this.sent.delete(sent.id);
  }

  /** Says goodbye, and is gone within a moment, whatever the server does. */
  close(): Promise<void> {
    if (this.closed) return Promise.resolve();
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    const { queue, caller } = this.options;
    const isThere = this.redis.status === 'ready' && this.pulse.silentSince === undefined;
    const goodbye =
      isThere ?
        Promise.allSettled([this.leftovers.flush(), this.redis.del(callerKey(queue, caller))])
      : Promise.resolve();
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, GOODBYE)));
    return Promise.race([goodbye, patience]).then(() => {
      clearTimeout(timer);
      for (const part of [this.queue, this.producer, this.listener]) part.close().catch(ignore);
      cut(this.redis);
    });
  }
}
