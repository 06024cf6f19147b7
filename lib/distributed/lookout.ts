// The lookout: what events miss. From time to time it looks at each call of which nothing was heard: a server that was
// restarted, a stream that was cut, a machine that has vanished, nobody who serves. So nothing waits in silence.
// Relies on connection, engine, names, pulse, sent.

import { WorkerDiedError } from '../workers/worker-died.ts';
import { addressOf, refusal } from './connection.ts';
import type { Queue, Redis } from './engine.ts';
import { MachinesError } from './errors.ts';
import type { LinkOptions } from './link.ts';
import type { Ending } from './messages.ts';
import { lockKey, servedOf } from './names.ts';
import type { Pulse } from './pulse.ts';
import type { Sent } from './sent.ts';

/** What the lookout finds, it tells the link. */
export interface Looked {
  readonly sent: ReadonlyMap<string, Sent>;
  cancel(sent: Sent): void;
  /** It is over: its outcome lies on the server. */
  fetch(id: unknown): void;
  settle(sent: Sent, ending: Ending): void;
  /** The server has no trace of it. */
  vanished(sent: Sent, why: string): void;
  /** It is taken out of the queue, and tried again if it may be. */
  giveUp(sent: Sent, error: Error): void;
  failAll(error: () => Error): void;
}

/** How many milliseconds lie between two looks. */
export const POLL = 500;
/** A call of which nothing was heard for this many milliseconds is looked at. */
const QUIET = 1_000;
/**
 * A call that no machine holds is given up after this many milliseconds, if there are machines. Any of them takes it up
 * within twice its own `lease`, which this side does not know. So this is the last resort.
 */
const ABANDONED = 120_000;

const now = (): number => performance.now();
const ignore = (): void => {};

export class Lookout {
  private readonly redis: Redis;
  private readonly queue: Queue;
  private readonly options: LinkOptions;
  private readonly link: Looked;
  private readonly pulse: Pulse;
  /** How many milliseconds the server may be away. */
  private readonly patience: number;
  /** Since when nobody serves. */
  private unservedSince: number | undefined = undefined;

  constructor(redis: Redis, pulse: Pulse, queue: Queue, options: LinkOptions, link: Looked) {
    this.redis = redis;
    this.pulse = pulse;
    this.queue = queue;
    this.options = options;
    this.link = link;
    this.patience = Math.max(options.lease, options.connectTimeout);
  }

  /** Looks at each call of which nothing was heard for `quiet` milliseconds, and whether a machine is there at all. */
  look(quiet = QUIET): void {
    if (this.link.sent.size === 0) {
      this.unservedSince = undefined;
      return;
    }
    this.pulse.tick();
    const { silentSince } = this.pulse;
    if (silentSince !== undefined) return this.endure(now() - silentSince);
    let longest = 0;
    for (const sent of [...this.link.sent.values()]) {
      const silence = now() - sent.heard;
      longest = Math.max(longest, silence);
      if (silence < quiet) continue;
      sent.heard = now() - silence; // looked at again next time
      if (sent.job.cancelling) this.link.cancel(sent);
      this.lookAt(sent);
    }
    if (longest >= POLL) this.lookForHosts();
  }

  /**
   * The server has been away for `silence` milliseconds. What is cancelled does not wait as long as the others: no
   * machine can be told, and each ends it by itself when it has not heard of this program for its lease.
   */
  private endure(silence: number): void {
    const { connectTimeout } = this.options;
    if (silence > this.patience) return this.link.failAll(this.connectionLost());
    if (silence <= connectTimeout) return;
    for (const sent of [...this.link.sent.values()])
      if (sent.job.cancelling) this.link.settle(sent, { end: 'cancelled', why: '' });
  }

  /** Looks at one call now. */
  lookAt(sent: Sent): void {
    if (sent.looking) return;
    sent.looking = true;
    this.queue
      .getJobState(sent.id)
      .then((state) => {
        sent.looking = false;
        if (this.link.sent.get(sent.id) !== sent) return;
        if (state !== 'unknown') sent.missing = 0;
        if (state === 'completed' || state === 'failed') this.link.fetch(sent.id);
        else if (state === 'unknown') {
          // Once may be the moment before it arrives.
          if (++sent.missing > 1) this.link.vanished(sent, 'the server has no trace of it (was it restarted?)');
        } else if (state === 'active') this.lookForLock(sent);
        else sent.unlockedSince = undefined;
      })
      .catch(() => (sent.looking = false));
  }

  /** A machine that has vanished cannot end what it ran: that counts as over when nobody has taken it up. */
  private lookForLock(sent: Sent): void {
    this.redis.exists(lockKey(this.options.queue, sent.id)).then((locked) => {
      if (locked > 0) sent.unlockedSince = undefined;
      else sent.unlockedSince ??= now();
      if (sent.unlockedSince === undefined) return;
      const unlocked = now() - sent.unlockedSince;
      if (sent.job.cancelling && unlocked > QUIET) this.link.settle(sent, { end: 'cancelled', why: '' });
      else if (unlocked > ABANDONED) {
        const cause = new Error(`nothing was heard of it, and no other machine has taken its call`);
        this.link.giveUp(sent, new WorkerDiedError('a machine', { cause }, [`${sent.job}`]));
      }
    }, ignore);
  }

  private lookForHosts(): void {
    this.queue.getWorkersCount().then(
      (count) => {
        if (count > 0 || this.link.sent.size === 0) this.unservedSince = undefined;
        else {
          this.unservedSince ??= now() - POLL;
          if (now() - this.unservedSince >= this.options.connectTimeout - POLL) this.nobodyServes();
        }
      },
      (error: unknown) => {
        const refused = refusal(error, this.options.url);
        if (refused instanceof MachinesError) this.link.failAll(() => refused);
      },
    );
  }

  private nobodyServes(): void {
    const { queue, url } = this.options;
    const fail = (others: readonly string[]): void => {
      const there = others.length > 0 ? ` (served there: ${others.join(', ')})` : '';
      const what =
        `nobody serves ${queue} at ${addressOf(url)}${there}: on another machine, or here in another process, run ` +
        `main(serve({ url, root, version, modules })) of treadle/distributed with this name and version`;
      this.link.failAll(() => new MachinesError('nobody-serves', what));
    };
    this.redis.call('CLIENT', 'LIST').then(
      (list) => fail(servedOf(String(list))),
      () => fail([]),
    );
  }

  private connectionLost(): () => MachinesError {
    const address = addressOf(this.options.url);
    const what = `the connection to the Redis server at ${address} was lost for ${this.patience} ms`;
    return () => new MachinesError('no-server', what);
  }
}
