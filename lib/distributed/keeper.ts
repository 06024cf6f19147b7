// What has come of calls, and nobody has read: the server removes it when its time is over, by its own clock. BullMQ
// would do that by the clocks of the hosts, when another call ends: a host whose clock had jumped took away what others
// were about to read, and what came last stayed for ever. Relies on engine, names.

import type { Queue, QueuedJob, QueueWorker, Redis } from './engine.ts';
import { jobKey } from './names.ts';

/** Most results are read, and so removed, before this is over, and cost nothing. */
const PAUSE = 1_000;
/** For jobs that do not say how long. */
const HOUR = 3_600_000;

/**
 * Jobs that are over, and not running once more under the same id, get an end. Then those of the oldest that had one
 * leave the lists: a few more than have come.
 */
const KEEP = `
for i = 2, #ARGV, 2 do
  local job = ARGV[1] .. ARGV[i]
  if redis.call('HEXISTS', job, 'finishedOn') == 1 then redis.call('PEXPIRE', job, ARGV[i + 1]) end
end
for list = 1, 2 do
  for _, id in ipairs(redis.call('ZRANGE', KEYS[list], 0, #ARGV)) do
    if redis.call('EXISTS', ARGV[1] .. id) == 0 then redis.call('ZREM', KEYS[list], id) end
  end
end`;

export class Keeper {
  private readonly redis: Redis;
  private readonly beginning: string;
  private readonly lists: readonly [completed: string, failed: string];
  private times = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(redis: Redis, { toKey }: Pick<Queue, 'toKey'>, worker: QueueWorker, queue: string) {
    this.redis = redis;
    this.beginning = jobKey(queue, '');
    this.lists = [toKey('completed'), toKey('failed')];
    worker.on('completed', (job: QueuedJob) => this.add(job));
    worker.on('failed', (job: QueuedJob | undefined) => job && this.add(job));
  }

  /** A job is over. */
  private add({ id, data }: QueuedJob): void {
    const keep = (data as { readonly keep?: unknown } | null)?.keep;
    this.times.set(String(id), Number.isSafeInteger(keep) ? (keep as number) : HOUR);
    this.timer ??= setTimeout(() => void this.flush().catch(() => {}), PAUSE);
  }

  flush(): Promise<unknown> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { times, lists } = this;
    if (times.size === 0) return Promise.resolve();
    this.times = new Map();
    return this.redis.eval(KEEP, lists.length, ...lists, this.beginning, ...[...times].flat());
  }
}
