// A made-up map on three hosts, of which one is killed and one is cut off: what the pictures of the demo are tried with.
import type { Story } from '../../../../demos/programs/machines/account.ts';
import type { Run } from '../../../../demos/programs/machines/diary.ts';

export interface MadeUp {
  readonly items: number;
  /** How many calls run at once on each host. */
  readonly lanes: number;
  readonly killedAt: number;
  readonly cutAt: number;
  /** How long it takes until a lost call is given to another host. */
  readonly lease: number;
}

/** Each call goes to the host that is free first. */
export function madeUp({ items, lanes, killedAt, cutAt, lease }: MadeUp): Story {
  const hosts = ['host 1', 'host 2', 'host 3'];
  const gone = new Map([
    ['host 2', killedAt],
    ['host 3', cutAt],
  ]);
  const slots = hosts.flatMap((host) => Array.from({ length: lanes }, () => ({ host, free: 0 })));
  const waiting = Array.from({ length: items }, (_, item) => ({ item, from: 0 }));
  const runs: Run[] = [];
  while (waiting.length > 0) {
    slots.sort((a, b) => a.free - b.free);
    const slot = slots[0]!;
    // What is tried again comes first, once the lease is over.
    const due = waiting.findIndex(({ from }) => from > 0 && from <= slot.free);
    const [{ item, from: earliest }] = waiting.splice(Math.max(due, 0), 1) as [{ item: number; from: number }];
    const from = Math.max(slot.free, earliest);
    const until = from + 60 + ((item * 7_919) % 121);
    const lost = gone.get(slot.host) ?? Infinity;
    if (from >= lost) {
      slot.free = Infinity;
      waiting.unshift({ item, from: earliest });
    } else if (until > lost) {
      const killed = slot.host === 'host 2';
      runs.push({ item, host: slot.host, from, until: killed ? lost : until, end: killed ? 'cut short' : 'done' });
      slot.free = Infinity;
      waiting.push({ item, from: lost + lease });
    } else {
      runs.push({ item, host: slot.host, from, until, end: 'done' });
      slot.free = until;
    }
  }
  runs.sort((a, b) => a.from - b.from);
  return {
    hosts,
    runs,
    blows: [
      { host: 'host 2', kind: 'killed', at: killedAt },
      { host: 'host 3', kind: 'cut off', at: cutAt },
    ],
    end: Math.max(...runs.filter(({ end, host }) => end === 'done' && host === 'host 1').map(({ until }) => until)),
  };
}
