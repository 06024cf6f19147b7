// What is left on the server of calls that are over: their jobs, with arguments and results. They are removed when
// their results were read, many at once, or when the last of those who share a job has read it. Relies on engine,
// names.

import type { Queue, Redis } from './engine.ts';
import { jobKey, sharersKey } from './names.ts';
import type { Sent } from './sent.ts';

/**
 * In one step of the server: leaves the sharers, and removes the job if it is over and nobody is left, or if nobody may
 * have what has come of it.
 */
const LEAVE = `
redis.call('SREM', KEYS[1], ARGV[2])
local left = redis.call('SCARD', KEYS[1])
if (left == 0 or ARGV[3] == '1')
  and (redis.call('ZREM', KEYS[3], ARGV[1]) + redis.call('ZREM', KEYS[4], ARGV[1])) > 0 then
  redis.call('DEL', KEYS[2])
end
return left`;

/** So many are removed at once. */
const MANY = 200;

export class Leftovers {
  private readonly redis: Redis;
  private readonly queue: string;
  private readonly completed: string;
  private readonly failed: string;
  private ids: string[] = [];

  constructor(redis: Redis, { toKey }: Pick<Queue, 'toKey'>, queue: string) {
    this.redis = redis;
    this.queue = queue;
    this.completed = toKey('completed');
    this.failed = toKey('failed');
  }

  add(sent: Sent, spoilt = false): void {
    if (sent.data.shared) this.leave(sent, spoilt).catch(() => {});
    else if (this.ids.push(sent.id) === 1) setImmediate(() => void this.flush().catch(() => {}));
    else if (this.ids.length >= MANY) void this.flush().catch(() => {});
  }

  /** Gives how many callers are left that share the job. `spoilt`: they cannot use what has come of it, either. */
  leave({ id, data }: Sent, spoilt = false): Promise<number> {
    const keys = [sharersKey(this.queue, id), jobKey(this.queue, id), this.completed, this.failed];
    return this.redis.eval(LEAVE, keys.length, ...keys, id, data.caller, spoilt ? 1 : 0) as Promise<number>;
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
