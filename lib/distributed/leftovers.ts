// What is left on the server of calls that are over: their jobs, with arguments and results. They are removed when
// their results were read, many at once, or when the last of those who share a job has read it. Relies on engine,
// names, sharers.

import type { Queue, Redis } from './engine.ts';
import { jobKey } from './names.ts';
import type { Sent } from './sent.ts';
import type { Sharers } from './sharers.ts';

/** So many are removed at once. */
const MANY = 200;

export class Leftovers {
  private readonly redis: Redis;
  private readonly queue: string;
  private readonly completed: string;
  private readonly failed: string;
  private readonly sharers: Sharers;
  private ids: string[] = [];

  constructor(redis: Redis, { toKey }: Pick<Queue, 'toKey'>, queue: string, sharers: Sharers) {
    this.redis = redis;
    this.sharers = sharers;
    this.queue = queue;
    this.completed = toKey('completed');
    this.failed = toKey('failed');
  }

  /** `spoilt`: those who share it cannot use what has come of it, either. */
  add(sent: Sent, spoilt = false): void {
    if (sent.data.shared) this.sharers.leave(sent, spoilt).catch(() => {});
    else if (this.ids.push(sent.id) === 1) setImmediate(() => void this.flush().catch(() => {}));
    else if (this.ids.length >= MANY) void this.flush().catch(() => {});
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
