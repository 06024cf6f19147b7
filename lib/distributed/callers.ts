// Which callers are alive, as a host sees it: each renews a key on the server, which lasts for half of its lease. A
// caller whose key was missing for the other half is gone. One look would not do: after a restart of the server, keys
// have expired that nobody could renew, and a host may be connected again before the callers are. A call starts only
// while its caller is there, or comes back within two seconds. A caller is gone, too, when the server could not be
// asked for a lease: this machine may be cut off. Time is the monotonic clock's: the system's may jump. Relies on
// engine, names.

import type { Redis } from './engine.ts';
import type { CallData } from './messages.ts';
import { callerKey, sharersKey } from './names.ts';

/** A call whose caller may go. */
export interface Watched {
  readonly id: string;
  readonly data: CallData;
  /** Cancels it. */
  abandon(why: string): void;
}

/** What waits for a call: one caller, or all that share it. */
interface Party {
  readonly calls: Set<Watched>;
  readonly data: CallData;
  readonly id: string;
  /** The shortest of its calls. */
  lease: number;
  /** Since when its key was missing. */
  missingSince: number | undefined;
  /** When the server was last asked. */
  heard: number;
  /** Are told whether it is there. */
  readonly asked: ((there: boolean) => void)[];
}

/** A call that waits for its caller takes the place of another one: not for longer than this. */
const START = 2_000;
/** At most this many milliseconds lie between two looks. */
const MOST = 10_000;

export class Callers {
  private readonly redis: Redis;
  private readonly queue: string;
  private readonly parties = new Map<string, Party>();
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(redis: Redis, queue: string) {
    this.redis = redis;
    this.queue = queue;
  }

  /** Watches over a call. Is its caller there? */
  watch(call: Watched): boolean | Promise<boolean> {
    if (call.data.orphans === 'finish') return true;
    const name = nameOf(call);
    const known = this.parties.get(name);
    if (known) {
      known.calls.add(call);
      known.lease = Math.min(known.lease, call.data.lease);
      return known.asked.length === 0 && known.missingSince === undefined ? true : decision(known);
    }
    const { id, data } = call;
    const calls = new Set([call]);
    const heard = performance.now();
    const party: Party = { calls, data, id, lease: data.lease, missingSince: undefined, heard, asked: [] };
    this.parties.set(name, party);
    const decided = decision(party);
    this.plan();
    this.ask(party);
    return decided;
  }

  /** The call is over. */
  forget(call: Watched): void {
    const name = nameOf(call);
    const party = this.parties.get(name);
    // One that has no calls now is kept until the next look: callers call again.
    party?.calls.delete(call);
  }

  close(): void {
    clearTimeout(this.timer);
    for (const party of this.parties.values()) tell(party, true); // they end for another reason
    this.parties.clear();
  }

  /** As often as the shortest lease wants it. */
  private plan(): void {
    if (this.timer || this.parties.size === 0) return;
    const soonest = ({ lease, asked }: Party) => Math.min(lease / 8, asked.length > 0 ? START / 4 : MOST);
    const next = Math.min(...[...this.parties.values()].map(soonest));
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.look();
        this.plan();
      },
      Math.max(next, 50),
    );
  }

  private look(): void {
    for (const [name, party] of [...this.parties]) {
      if (party.calls.size === 0) {
        this.parties.delete(name);
        continue;
      }
      const { lease } = party;
      if (performance.now() - party.heard > lease)
        abandon(party, `this machine has not reached the server for ${lease} ms`);
      this.ask(party);
    }
  }

  private ask(party: Party): void {
    this.isThere(party).then(
      (there) => {
        const now = (party.heard = performance.now());
        party.missingSince = there ? undefined : (party.missingSince ?? now);
        const missing = now - (party.missingSince ?? now);
        if (there) tell(party, true);
        else if (missing >= party.lease / 2) abandon(party, `nothing was heard of its caller for ${party.lease} ms`);
        else if (missing >= START) tell(party, false);
      },
      () => {},
    );
  }

  private isThere({ id, data }: Party): Promise<boolean> {
    const keyFor = (caller: string): string => callerKey(this.queue, caller);
    if (!data.shared) return this.redis.exists(keyFor(data.caller)).then((count) => count > 0);
    return this.redis
      .smembers(sharersKey(this.queue, id))
      .then((callers) => (callers.length === 0 ? 0 : this.redis.exists(...callers.map(keyFor))))
      .then((count) => count > 0);
  }
}

const nameOf = ({ id, data }: Watched): string => (data.shared ? `job ${id}` : data.caller);

const decision = (party: Party): Promise<boolean> => new Promise((resolve) => party.asked.push(resolve));

function tell(party: Party, there: boolean): void {
  for (const resolve of party.asked.splice(0)) resolve(there);
}

function abandon(party: Party, why: string): void {
  for (const call of [...party.calls]) call.abandon(why);
  tell(party, false);
}
