// What is left on the server of calls that are over: their jobs, with arguments and results. They are removed when
// their results were read, many at once; a job that is shared, when the last of its callers has read its result.
// Relies on engine, names, sharers.

import type { Queue, Redis } from './engine.ts';
import { jobKey } from './names.ts';
import type { Sent } from './sent.ts';
import type { Sharers } from './sharers.ts';

/**
 * Takes a job out of those that wait, and no other one. (BullMQ's own `remove` also takes one that is just over: what
 * its clean-up has thrown was lost then.)
 */
const DEQUEUE = `
local taken = redis.call('LREM', KEYS[1], 1, ARGV[1]) + redis.call('LREM', KEYS[2], 1, ARGV[1])
if taken > 0 then redis.call('DEL', KEYS[3]) end
return taken`;

/** At this many they are removed, also in the middle of a turn. */
const MANY = 200;

export class Leftovers {
  private readonly redis: Redis;
  private readonly queue: string;
  private readonly completed: string;
  private readonly failed: string;
  private readonly sharers: Sharers;
  private readonly waiting: readonly [wait: string, paused: string];
  private ids: string[] = [];

  constructor(redis: Redis, { toKey }: Pick<Queue, 'toKey'>, queue: string, sharers: Sharers) {
    this.redis = redis;
    this.sharers = sharers;
    this.queue = queue;
    this.completed = toKey('completed');
    this.failed = toKey('failed');
    this.waiting = [toKey('wait'), toKey('paused')];
  }

  /** `spoilt`: other callers that share it cannot use what has come of it, either. */
  add(sent: Sent, spoilt = false): void {
    if (sent.data.shared) this.sharers.leave(sent, spoilt).catch(() => {});
    else if (this.ids.push(sent.id) === 1) setImmediate(() => void this.flush().catch(() => {}));
    else if (this.ids.length >= MANY) void this.flush().catch(() => {});
  }

  /** Takes a job out of the queue. More than 0: no machine had taken it yet, and none will. */
  dequeue({ id }: Sent): Promise<number> {
    return this.redis.eval(DEQUEUE, 3, ...this.waiting, jobKey(this.queue, id), id) as Promise<number>;
  }

  flush(): Promise<unknown> {
    const { ids } = this;
    if (ids.length === 0) return Promise.resolve();
    this.ids = [];
    return Promise.all([
      this.redis.call('ZREM', this.completed, ...ids),
      this.redis.call('ZREM', this.failed, ...ids),
      this.redis.call('UNLINK', ...ids.map((id) => jobKey(this.queue, id))),
    ]);
  }
}
